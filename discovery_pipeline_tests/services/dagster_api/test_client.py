"""Dagster's API against a real webserver of a fresh home, and against servers that are down, slow or not Dagster."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from discovery_pipeline.defs.instance import ensure_partition, open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.domain.errors import PermanentError, Unreachable, UsageError
from discovery_pipeline.services.dagster_api import client as dagster_api
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.services.dagster_api.names import PAUSED_TAG, RESUMES_TAG
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.services.conftest import free_port


@pytest.mark.parametrize("job", ["discovery", "apply_corrections"])
def test_launch_is_queued_for_the_tenant_alone(api: DagsterApi, home: Settings, job: str) -> None:
    run_id = api.launch("acme", job, launched_by="ada")
    run = api.run(run_id)
    assert (run.tenant, run.job, run.status, run.launched_by) == ("acme", job, "queued", "ada")
    assert run.started is None
    assert not run.is_over
    with open_instance(home) as instance:
        recorded = instance.get_run_by_id(run_id)
        assert recorded is not None
        assert recorded.tags["dagster/partition"] == "acme"
        assert instance.has_dynamic_partition("tenants", "acme")


def test_corrections_begin_at_the_column_mapping(api: DagsterApi) -> None:
    steps = api.run(api.launch("acme", "apply_corrections")).steps
    assert [step.asset for step in steps][:2] == ["column_mapping", "canonical_records"]
    assert {step.status for step in steps} == {"waiting"}
    assert [step.phase for step in api.run(api.launch("acme")).steps][:2] == ["validation", "validation"]


def test_phases_are_asked_for_again_while_dagster_loads_its_code(
    api: DagsterApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = api.launch("acme", "apply_corrections")
    monkeypatch.setattr(api, "_assets", {})
    with monkeypatch.context() as loading:
        loading.setattr(dagster_api, "assets_by_step", lambda _: {})
        assert api.run(run_id).steps[0].phase is None
    assert api.run(run_id).steps[0].phase == "mapping"


def test_runs_are_listed_per_tenant_newest_first(api: DagsterApi) -> None:
    first, second = api.launch("other"), api.launch("other", "apply_corrections")
    foreign = api.launch("acme")
    assert [run.run_id for run in api.runs("other")] == [second, first]
    assert [run.run_id for run in api.runs(limit=2)] == [foreign, second]
    assert api.runs("nobody") == []


def test_failed_run_says_what_where_and_what_to_do(api: DagsterApi, home: Settings) -> None:
    summary = run_tenant(home, "acme", None, lambda _: None)
    run = api.run(summary.run_id)
    assert (run.status, run.launched_by) == ("failed", "command line")
    assert run.steps[0].status == "failed"
    assert run.seconds == pytest.approx((run.ended - run.started).total_seconds())  # type: ignore[operator]
    assert run.failure is not None
    assert run.failure.message == "no file counts"
    assert run.failure.where.startswith("raw_export")
    assert "discovery ingest acme" in run.failure.advice


@pytest.mark.parametrize(
    ("tags", "launched_by"),
    [
        pytest.param({"dagster/schedule_name": "nightly"}, "schedule nightly", id="schedule"),
        pytest.param({"dagster/sensor_name": "landing"}, "sensor landing", id="sensor"),
        pytest.param({}, "Dagster's UI", id="by hand"),
    ],
)
def test_who_launched_a_run(api: DagsterApi, home: Settings, tags: dict[str, str], launched_by: str) -> None:
    with open_instance(home) as instance:
        ensure_partition(instance, "acme")
        run = instance.create_run_for_job(nothing, tags={"dagster/partition": "acme", **tags})
    assert api.run(run.run_id).launched_by == launched_by


@dg.job
def nothing() -> None:
    """A job without steps."""


def test_unknown_run_and_job_are_refused(api: DagsterApi) -> None:
    with pytest.raises(UsageError, match=r"11111111-.*there is no such run"):
        api.run("11111111-1111-1111-1111-111111111111")
    with pytest.raises(PermanentError, match="no job nonsense"):
        api.launch("acme", "nonsense")


def test_a_run_is_cancelled_and_one_that_is_over_cannot_be(api: DagsterApi) -> None:
    run_id = api.launch("acme")
    api.cancel(run_id)
    assert api.run(run_id).status == "cancelled"
    with pytest.raises(PermanentError, match="was not cancelled"):
        api.cancel(run_id)
    with pytest.raises(PermanentError, match="was not cancelled"):
        api.cancel("11111111-1111-1111-1111-111111111111")


def test_a_run_of_some_assets_says_what_it_resumes(api: DagsterApi) -> None:
    run = api.run(api.launch("acme", assets=["dependencies", "analysis"], tags={RESUMES_TAG: "run-1"}))
    assert run.resumes == "run-1"
    assert [found.run_id for found in api.runs("acme", resumes="run-1")] == [run.run_id]
    assert api.runs("other", resumes="run-1") == []
    assert [step.asset for step in run.steps] == ["dependencies", "analysis"]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (dg.DagsterRunStatus.CANCELING, "pausing"),
        (dg.DagsterRunStatus.CANCELED, "paused"),
        (dg.DagsterRunStatus.FAILURE, "failed"),
    ],
    ids=["pausing", "paused", "failed all the same"],
)
def test_a_paused_run_is_told_from_a_cancelled_one(
    api: DagsterApi, home: Settings, status: dg.DagsterRunStatus, told: str
) -> None:
    with open_instance(home) as instance:
        ensure_partition(instance, "acme")
        tags = {"dagster/partition": "acme", PAUSED_TAG: "mapping"}
        run = api.run(instance.create_run_for_job(nothing, tags=tags, status=status).run_id)
    assert (run.status, run.paused_before, run.is_over) == (told, "mapping", told != "pausing")


def test_what_graphql_refuses_is_an_error(api: DagsterApi) -> None:
    with pytest.raises(PermanentError, match="nonsense"):
        api.query("{ nonsense }")


@pytest.fixture
def answering() -> Iterator[Any]:
    """A server that answers every request with the status and body given."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: str, wait_s: float = 0.0) -> DagsterApi:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(wait_s)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return DagsterApi(f"http://127.0.0.1:{server.server_port}")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        pytest.param(503, "busy", Unreachable, "HTTP 503", id="overloaded"),
        pytest.param(404, "<html>", PermanentError, "no Dagster webserver", id="some other site"),
        pytest.param(200, "[1]", PermanentError, "no Dagster webserver", id="JSON of something else"),
        pytest.param(
            400, json.dumps({"errors": [{"message": "Cannot query"}]}), PermanentError, "Cannot query", id="old"
        ),
        pytest.param(
            200,
            json.dumps({"data": {"runsOrError": {"__typename": "PythonError", "message": "storage is down\nat x"}}}),
            PermanentError,
            "no list of runs: storage is down \\(",
            id="error of Dagster's own",
        ),
    ],
)
def test_wrong_answers_become_clear_errors(
    answering: Any, status: int, body: str, error: type[Exception], words: str
) -> None:
    api = answering(status, body)
    with pytest.raises(error, match=words):
        api.runs()
    assert not api.is_up()
    api.close()


def test_nobody_listening_is_unreachable_with_the_command_that_helps() -> None:
    api = DagsterApi(f"http://127.0.0.1:{free_port()}")
    assert not api.is_up()
    with pytest.raises(Unreachable, match="discovery up"):
        api.runs()
    api.close()


def test_silence_is_unreachable_in_time(answering: Any) -> None:
    api = answering(200, "{}", wait_s=1.0)
    with pytest.raises(Unreachable, match="in time"):
        api.query("{ version }", timeout_s=0.1)
    api.close()


def test_the_environments_proxy_is_not_asked_for_this_machine(answering: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    api = answering(200, json.dumps({"data": {"version": "1"}}))
    assert api.is_up()
    api.close()


@pytest.mark.parametrize(
    ("ui", "link"),
    [("", "http://inside:3000/runs/1"), ("https://dagster.example/", "https://dagster.example/runs/1")],
    ids=["one address", "an address of its own for people"],
)
def test_links_lead_where_people_reach_dagster(ui: str, link: str) -> None:
    assert DagsterApi("http://inside:3000", ui).run_url("1") == link


def test_importing_the_client_imports_no_dagster() -> None:
    code = "import sys, discovery_pipeline.services.dagster_api.client; print({'dagster', 'httpx'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    assert said.strip() == "set()"
