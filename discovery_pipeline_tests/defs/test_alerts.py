"""A failed run becomes one document for the webhook: what, where, advice, the run's address, and no cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from discovery_pipeline.defs import alerts, failures
from discovery_pipeline.defs.alerts import failed_runs
from discovery_pipeline.defs.failure_reason import FailureReason, failure_reason
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.domain.errors import DiscoveryError, Unreachable
from discovery_pipeline.services import webhook as sending
from discovery_pipeline.services.inventory import second_look
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.defs.test_stops import FLOWS, SERVERS
from discovery_pipeline_tests.defs.ticking import give
from discovery_pipeline_tests.webhooks import webhook


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        yield opened


def failed_run(settings: Settings) -> str:
    """Run the tenant; the id of its run, which failed."""
    try:
        return run_tenant(settings, "acme", None, lambda _: None).run_id
    except (DiscoveryError, ZeroDivisionError):
        with open_instance(settings) as instance:
            return instance.get_runs(limit=1)[0].run_id


def react(settings: Settings, run_id: str, monkeypatch: pytest.MonkeyPatch, url: str | None) -> object:
    """What the sensor does about the run, with this address set."""
    environment = {
        "DISCOVERY_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url or "",
        "DAGSTER_DATABASE_URL": settings.dagster_url or "",
        "DISCOVERY_WEBHOOK_URL": url or "",
        "DISCOVERY_DAGSTER_API": "http://dagster.example:3000",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with open_instance(settings) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        event = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records[0]
        context = dg.build_run_status_sensor_context(
            sensor_name="failed_runs",
            dagster_event=event.event_log_entry.dagster_event,  # type: ignore[arg-type]  # an event, as selected
            dagster_instance=instance,
            dagster_run=run,
        )
        return failed_runs(context.for_run_failure())


def test_an_asset_that_stopped_is_reported_in_its_own_words(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = failed_run(workspace.settings)
    with webhook(500, 200) as server:
        monkeypatch.setattr(alerts, "post", lambda url, document: sending.post(url, document, (0.0,)))
        assert react(workspace.settings, run_id, monkeypatch, server.url) is None
    address = f"http://dagster.example:3000/runs/{run_id}"
    advice = "discovery ingest acme PATH"
    expected = {
        "text": f"acme: discovery failed at raw_export: no file counts ({advice}) {address}",
        "event": "run_failed",
        "tenant": "acme",
        "job": "discovery",
        "run_id": run_id,
        "asset": "raw_export",
        "message": "no file counts",
        "where": "acme",
        "advice": advice,
        "run_url": address,
    }
    assert server.received == [expected, expected]


def test_without_an_address_nobody_is_told_and_the_tick_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = react(workspace.settings, failed_run(workspace.settings), monkeypatch, None)
    assert isinstance(said, dg.SkipReason)
    assert "DISCOVERY_WEBHOOK_URL is not set" in (said.skip_message or "")


def test_what_cannot_be_delivered_fails_the_tick(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = failed_run(workspace.settings)
    with webhook(410) as server, pytest.raises(DiscoveryError, match="HTTP 410"):
        react(workspace.settings, run_id, monkeypatch, server.url)


def test_a_blocking_check_is_named_with_its_advice(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path, FLOWS, "flows.csv")
    reason = reason_of(workspace.settings)
    assert reason.asset == "export_findings"
    assert reason.message == "blocking check failed: inventory_present"
    assert "ingest an inventory export" in reason.advice


def test_a_store_that_stayed_down_is_named(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, "acme", tmp_path, SERVERS)
    monkeypatch.setattr(failures, "SECONDS_BETWEEN", 0)

    def down(*_: object) -> None:
        raise Unreachable("connection refused", where="db:5432")

    monkeypatch.setattr(second_look, "load_registry", down)
    reason = reason_of(workspace.settings)
    assert (reason.asset, reason.message) == ("inventory", "db:5432: connection refused")


def test_a_defect_of_ours_shows_no_cell(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(workspace, "acme", tmp_path, SERVERS)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a cell of the tenant")

    monkeypatch.setattr(second_look, "reconcile", broken)
    reason = reason_of(workspace.settings)
    assert reason.message.startswith("unexpected ZeroDivisionError")
    assert "a cell" not in str(reason)


def reason_of(settings: Settings) -> FailureReason:
    run_id = failed_run(settings)
    with open_instance(settings) as instance:
        return failure_reason(instance, run_id)


def test_a_run_ended_from_outside_says_so(workspace: Workspace) -> None:
    with open_instance(workspace.settings) as instance:
        run = instance.add_run(dg.DagsterRun(job_name="discovery", status=dg.DagsterRunStatus.STARTED))
        instance.report_run_failed(run, "The process of this run ended without a word.")
        reason = failure_reason(instance, run.run_id)
    assert (reason.asset, reason.message) == (None, "The process of this run ended without a word.")
