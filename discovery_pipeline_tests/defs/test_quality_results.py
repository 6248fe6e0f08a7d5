"""Runs leave what their checks found: a first one a beginning, a second a history, one that stops what stopped it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.quality.overview import history_of, quality_overview
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.mapping_outcomes import judged_outcomes
from discovery_pipeline.store.tenants import add_tenant

SERVERS = "Name,IP Address,Operating System\nweb1,10.0.0.1,RHEL 8\nweb2,10.0.0.2,Windows Server 2019\n"
FLOWS = "source_ip,destination_ip,destination_port\n10.0.0.1,10.0.0.2,443\n10.0.0.2,10.0.0.1,5432\n"


@pytest.fixture(scope="module")
def run_thrice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """acme was run twice over its servers; flows delivered only connections, so its run stopped."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    files = tmp_path_factory.mktemp("exports")
    with open_workspace(settings) as workspace:
        for tenant, text in (("acme", SERVERS), ("flows", FLOWS)):
            add_tenant(workspace.database, tenant)
            ingest(settings, workspace.database, tenant, [written(files / f"{tenant}.csv", text)])
        for tenant, status in (("acme", "done"), ("acme", "done"), ("flows", "stopped")):
            assert run_tenant(settings, tenant, None, lambda _: None).status == status
        yield workspace
    embedded.stop(settings.home)


def written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def test_every_check_of_a_run_is_kept_with_its_phase(run_thrice: Workspace) -> None:
    found = quality_overview(run_thrice, "acme")
    kept = {state.key for phase in found.phases for state in phase.checks}
    assert kept == {f"{asset}.{check.name}" for asset, checks in suites().items() for check in checks}
    assert all(phase.checks for phase in found.phases)
    assert found.stopped is None


def test_a_second_run_has_a_history(run_thrice: Workspace) -> None:
    found = quality_overview(run_thrice, "acme")
    first, second = found.runs
    assert first.run_id != second.run_id
    conserved = next(state for state in found.phases[3].checks if state.key == "inventory.rows_conserved")
    assert [result.run_id for result in history_of(run_thrice, "acme", conserved)] == [first.run_id, second.run_id]
    assert conserved.result.version == run_thrice.frames.open("acme").version("inventory")


def test_a_run_that_a_check_stopped_tells_which_and_what_it_found(run_thrice: Workspace) -> None:
    found = quality_overview(run_thrice, "flows")
    assert found.stopped is not None
    assert found.stopped.key == "export_findings.inventory_present"
    assert [(rule.column, rule.observed) for rule in found.stopped.result.rules] == [("asset_tables", 0.0)]
    assert [phase.phase for phase in found.phases if phase.checks] == ["validation"]


def test_runs_tell_what_their_mappings_came_to(run_thrice: Workspace) -> None:
    outcomes = [told.outcome for told in judged_outcomes(run_thrice.database, "acme")]
    assert len(outcomes) == 2
    assert all(each.accepted + each.review + each.unmapped == 3 for each in outcomes)
    assert all(each.confidence is not None and 0 < each.confidence <= 1 for each in outcomes)
