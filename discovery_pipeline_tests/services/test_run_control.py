"""Which assets a start, a resumption and a second try make, and what is refused in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from discovery_pipeline.domain.errors import OutdatedInput, UsageError
from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.services import run_control
from discovery_pipeline.services.dagster_api.client import DagsterApi, RunDetail, Status, Step, StepStatus
from discovery_pipeline.services.dagster_api.names import RESUMES_TAG
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.run_holds import hold_of
from discovery_pipeline_tests.defs.ticking import give, paused, publish, ran_to_the_end

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Launches:
    """Takes the place of Dagster's API: keeps what it was asked to start and to end."""

    def __init__(self) -> None:
        self.assets: tuple[str, ...] = ()
        self.tags: dict[str, str] = {}
        self.started: list[tuple[str, str, str]] = []
        self.ended: list[str] = []

    def launch(
        self, tenant: str, job: str, by: str, assets: Collection[str] = (), tags: Mapping[str, str] | None = None
    ) -> str:
        self.started.append((tenant, job, by))
        self.assets, self.tags = tuple(assets), dict(tags or {})
        return "new"

    def cancel(self, run_id: str) -> None:
        self.ended.append(run_id)


@pytest.fixture
def launches() -> Launches:
    return Launches()


@pytest.fixture
def api(launches: Launches) -> DagsterApi:
    return cast(DagsterApi, launches)


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    """acme's last run went to its end; fresh has files alone."""
    with open_workspace(settings) as opened:
        for tenant in ("acme", "fresh"):
            give(opened, tenant, tmp_path)
        ran_to_the_end(opened, "acme")
        yield opened


def run(status: Status, **steps: StepStatus) -> RunDetail:
    made = tuple(Step(asset, None, state, None, None) for asset, state in steps.items())
    return RunDetail("run-1", "acme", "discovery", status, NOW, NOW, None, "ada", steps=made)


def test_a_run_begins_at_each_phase_whose_input_is_there(
    workspace: Workspace, api: DagsterApi, launches: Launches
) -> None:
    frames = workspace.frames.open("acme")
    assert run_control.startable_phases(frames) == list(PHASES)
    assert run_control.startable_phases(workspace.frames.open("fresh")) == ["validation"]
    assert run_control.start(api, frames, "inventory", "ada") == "new"
    assert launches.assets == ASSETS[ASSETS.index("inventory") :]
    run_control.start(api, frames, "validation", "ada")
    assert launches.assets == ()
    with pytest.raises(OutdatedInput, match="is not there"):
        run_control.start(api, workspace.frames.open("fresh"), "mapping", "ada")


def test_files_read_anew_bar_the_later_phases(workspace: Workspace, api: DagsterApi) -> None:
    publish(workspace, "acme", "raw_export", fingerprint="other")
    frames = workspace.frames.open("acme")
    assert run_control.startable_phases(frames) == ["validation"]
    with pytest.raises(OutdatedInput, match="of different runs"):
        run_control.start(api, frames, "analysis", "ada")


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param({"raw_export": "done", "inventory": "failed", "analysis": "skipped"}, ("inventory", "analysis"),
                     id="failed in the middle"),
        pytest.param({"inventory": "failed", "inventory_changes": "skipped", "dependencies": "done"},
                     ("inventory", "inventory_changes", "dependencies"), id="what was made of it before is made anew"),
        pytest.param({"analysis": "done"}, (), id="nothing"),
        pytest.param({"some_op": "failed"}, (), id="no asset"),
    ],
)  # fmt: skip
def test_what_a_run_left(steps: dict[str, StepStatus], left: tuple[str, ...]) -> None:
    assert run_control.left_of(run("failed", **steps)) == left


def test_what_a_run_left_is_run_again(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    frames = workspace.frames.open("acme")
    run_control.run_again(api, frames, run("failed", inventory="done", dependencies="failed"), "ada")
    assert (launches.started, launches.assets) == ([("acme", "discovery", "ada")], ("dependencies",))
    with pytest.raises(UsageError, match="nothing is left"):
        run_control.run_again(api, frames, run("cancelled", analysis="done"), "ada")


def test_a_paused_run_is_resumed_under_its_name(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    run_id = paused(workspace, "acme")
    assert run_control.resume(api, workspace.database, "acme", run_id, "bo") == "new"
    assert (launches.assets, launches.tags) == (ASSETS[2:], {RESUMES_TAG: run_id})
    assert run_control.paused_run(workspace.database, "acme").run_id == run_id  # until the new run has begun
    with pytest.raises(UsageError, match="run other is not paused"):
        run_control.resume(api, workspace.database, "acme", "other", "bo")


def test_cancelling_ends_a_run_and_gives_a_paused_one_up(
    workspace: Workspace, api: DagsterApi, launches: Launches
) -> None:
    run_control.cancel(api, workspace.database, run("running"))
    assert launches.ended == ["run-1"]
    paused(workspace, "acme")
    run_control.cancel(api, workspace.database, run("paused"))
    assert launches.ended == ["run-1"]
    with pytest.raises(UsageError, match="no run is paused"):
        run_control.paused_run(workspace.database, "acme")
    with pytest.raises(UsageError, match="is done already"):
        run_control.cancel(api, workspace.database, run("done"))


def test_pausing_and_going_on(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="is failed already"):
        run_control.pause(workspace.database, run("failed"), "ada")
    with pytest.raises(UsageError, match="not going to pause"):
        run_control.go_on(workspace.database, run("running"))
    run_control.pause(workspace.database, run("running"), "ada")
    run_control.go_on(workspace.database, run("running"))
    hold = hold_of(workspace.database, "acme", "run-1")
    assert hold is not None
    assert hold.state == "dropped"
