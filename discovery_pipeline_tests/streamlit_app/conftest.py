"""A home with one small tenant that was run once, and a Dagster that answers what a test wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config as st_config
from streamlit.components.v2.component_manager import BidiComponentManager

from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.services.dagster_api.activity import NOTHING_YET, Activity
from discovery_pipeline.services.dagster_api.client import Run, RunDetail, RunFailure, Status, Step
from discovery_pipeline.services.dagster_api.names import RESUMES_TAG
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.homes import RunHome, copied, run_and_stopped
from streamlit_app import services, sign_in

TENANT, FRESH = "acme", "fresh"
SERVERS = """\
Name,IP Address,Operating System,RAM (GB),Version0,Remark <b>,Managed by
web1,10.0.0.1,Red Hat Enterprise Linux 8,8,8.6,=cmd(),Ada Byron
web2,10.0.0.2,Windows Server 2019,16,10.0.17763,two,Ada Byron
db1,10.0.0.3,AIX 7.2,64,7.2,three,Bo Diaz
"""


# Streamlit looks for garbage after each run of a page: 0.2 s and more in a process that imported as much as this one.
st_config.set_option("runner.postScriptGC", False)


@pytest.fixture(scope="session", autouse=True)
def no_search_for_components() -> Iterator[None]:
    """Each app of a test would look through all installed packages for components; ours register themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BidiComponentManager, "discover_and_register_components", lambda *_, **__: None)
        yield


@pytest.fixture(autouse=True)
def bound_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the configuration beside the application has it, which a test does not read."""
    monkeypatch.setattr(sign_in, "listens_at", lambda: "127.0.0.1")


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """acme has a finished run; fresh has nothing. To be copied."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    file = tmp_path_factory.mktemp("exports") / "servers.csv"
    file.write_text(SERVERS, encoding="utf-8")
    with open_workspace(settings) as workspace:
        for name in (TENANT, FRESH):
            add_tenant(workspace.database, name)
        ingest(settings, workspace.database, TENANT, [file])
    made = run_and_stopped(settings, TENANT)
    assert made.summary.status == "done"
    return made


@pytest.fixture(scope="module")
def small_home(small_run: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """acme has a finished run; fresh has nothing."""
    with copied(small_run, tmp_path_factory.mktemp("home")) as settings:
        yield settings


@pytest.fixture
def app_home(small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The environment of an app over that home."""
    yield from app_over(small_home.home, monkeypatch)


def app_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The environment of an app over a home; what it opened is closed at the end."""
    for name in (
        "DATABASE_URL",
        "DISCOVERY_OWNER_URL",
        "DAGSTER_DATABASE_URL",
        "DISCOVERY_FRAMES_URL",
        "DISCOVERY_SIGN_IN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISCOVERY_HOME", str(home))
    st.cache_resource.clear()
    st.cache_data.clear()
    workspace = services.workspace
    yield Settings(home=home)
    # An app over another home may have been opened inside: closing opens what the environment names.
    monkeypatch.setenv("DISCOVERY_HOME", str(home))
    workspace().close()
    st.cache_resource.clear()


class FakeDagster:
    """What the pages ask of DagsterApi, answered from memory. down: nothing answers."""

    def __init__(self) -> None:
        self.down = False
        self.launched: list[tuple[str, str, str]] = []
        self.known: list[RunDetail] = []
        self.asked: list[str] = []
        self.assets: tuple[str, ...] = ()
        self.tags: dict[str, str] = {}
        self.cancelled: list[str] = []
        self.happened: dict[str, Activity] = {}

    def add(self, status: Status, tenant: str = TENANT, job: str = "discovery", done: int = 0) -> RunDetail:
        now = datetime.now(UTC)
        steps = tuple(
            Step(f"{phase}_asset", phase, "done" if i < done else "running" if i == done else "waiting", now, None)
            for i, phase in enumerate(PHASES)
        )
        failure = (
            RunFailure("no file counts", "raw_export", "discovery ingest acme PATH") if status == "failed" else None
        )
        run = RunDetail(
            f"run{len(self.known)}", tenant, job, status, now, now, None, "command line", steps=steps, failure=failure
        )
        self.known.insert(0, run)
        return run

    def finish(self, run_id: str, status: Status = "done") -> None:
        self.known = [replace(r, status=status, ended=r.started) if r.run_id == run_id else r for r in self.known]

    def is_up(self) -> bool:
        return not self.down

    def launch(
        self,
        tenant: str,
        job: str = "discovery",
        launched_by: str = "app",
        assets: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
    ) -> str:
        self._answer()
        self.tags = dict(tags or {})
        self.launched.append((tenant, job, launched_by))
        self.assets = tuple(assets)
        run = self.add("running", tenant, job)
        self.known[0] = replace(run, resumes=self.tags.get(RESUMES_TAG, ""))
        return run.run_id

    def runs(self, tenant: str | None = None, limit: int = 25, resumes: str = "") -> list[Run]:
        self._answer()
        found = [run for run in self.known if tenant in (None, run.tenant) and resumes in ("", run.resumes)]
        return [*found[:limit]]

    def run(self, run_id: str) -> RunDetail:
        self._answer()
        self.asked.append(run_id)
        return next(run for run in self.known if run.run_id == run_id)

    def cancel(self, run_id: str) -> None:
        self._answer()
        self.cancelled.append(run_id)
        self.finish(run_id, "cancelled")

    def activity(self, run_id: str, known: Activity = NOTHING_YET) -> Activity:
        self._answer()
        return self.happened.get(run_id, known)

    def run_url(self, run_id: str) -> str:
        return f"http://127.0.0.1:3000/runs/{run_id}"

    def _answer(self) -> None:
        if self.down:
            raise Unreachable("Dagster does not answer", where="http://127.0.0.1:3000", advice="discovery up")


@pytest.fixture
def dagster(monkeypatch: pytest.MonkeyPatch) -> FakeDagster:
    fake = FakeDagster()
    monkeypatch.setattr(services, "dagster", lambda: fake)
    return fake
