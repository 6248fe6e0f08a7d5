"""What ends a run early, what is kept then, and what starts again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from discovery_pipeline.cli.progress import steps
from discovery_pipeline.definitions import defs
from discovery_pipeline.defs import failures
from discovery_pipeline.defs.instance import open_instance, remove_tenant_from_dagster
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.domain.errors import OutdatedInput, Unreachable
from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.inventory import second_look
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant

SERVERS = (
    "Name,IP Address,Operating System,RAM (GB)\nweb1,10.0.0.1,Red Hat Enterprise Linux 8,8\ndb1,10.0.0.2,AIX 7.2,64\n"
)
FLOWS = "src_ip,src_port,dst_ip,dst_port,protocol,action\n10.0.0.1,40001,10.0.0.2,1521,tcp,ALLOW\n"


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        yield opened


def give(workspace: Workspace, folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    ingest(workspace.settings, workspace.database, "acme", [folder])


def test_blocking_check_stops_the_tenant_and_says_what_to_do(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path / "in", flows=FLOWS)
    summary = run_tenant(workspace.settings, "acme", None, lambda _: None)
    assert summary.status == "stopped"
    assert summary.stopped is not None
    assert "inventory_present" in summary.stopped.message
    assert "ingest an inventory export" in summary.stopped.advice
    frames = workspace.frames.open("acme")
    assert frames.has("raw_export")
    assert not frames.has("export_findings")  # its own blocking check failed: not published


def test_nothing_ingested_is_a_stop_with_advice(workspace: Workspace) -> None:
    summary = run_tenant(workspace.settings, "acme", None, lambda _: None)
    assert summary.stopped is not None
    assert "discovery ingest acme" in summary.stopped.advice


def test_transient_errors_are_retried_until_they_pass(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS)
    monkeypatch.setattr(failures, "SECONDS_BETWEEN", 0)
    load, calls = second_look.load_registry, []

    def unreachable_twice(*arguments: object) -> object:
        calls.append(1)
        if len(calls) < 3:
            raise Unreachable("the database went away")
        return load(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(second_look, "load_registry", unreachable_twice)
    summary = run_tenant(workspace.settings, "acme", None, lambda _: None)
    assert summary.status == "done"
    assert len(calls) == 3


def test_a_run_goes_on_from_the_step_that_failed(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS, flows=FLOWS)
    with monkeypatch.context() as broken:
        broken.setattr(second_look, "reconcile", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_tenant(workspace.settings, "acme", None, lambda _: None)
    rest = dg.AssetSelection.assets("inventory").downstream()
    assert _materialise(workspace.settings, monkeypatch, rest).success
    assert workspace.frames.open("acme").has("discovery_report")


def test_an_asset_refuses_an_input_made_from_older_files(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS)
    run_tenant(workspace.settings, "acme", None, lambda _: None)
    _materialise(workspace.settings, monkeypatch, dg.AssetSelection.assets("raw_export"))
    result = _materialise(workspace.settings, monkeypatch, dg.AssetSelection.assets("analysis"))
    assert not result.success
    failure = result.failure_data_for_node("analysis")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert failure.user_failure_data.metadata["error"].value == OutdatedInput.__name__


def test_corrections_are_not_applied_before_anything_is_mapped(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS)
    with pytest.raises(MissingFrame, match="no run has mapped its columns yet") as caught:
        run_tenant(workspace.settings, "acme", None, lambda _: None, only_corrections=True)
    assert caught.value.advice == "discovery run acme"


def test_corrections_are_not_applied_to_evidence_of_other_files(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS)
    run_tenant(workspace.settings, "acme", None, lambda _: None)
    _materialise(workspace.settings, monkeypatch, dg.AssetSelection.assets("raw_export"))
    with pytest.raises(OutdatedInput, match="mapping_proposals"):
        run_tenant(workspace.settings, "acme", None, lambda _: None, only_corrections=True)


def test_a_run_of_corrections_begins_at_the_choice_of_fields(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS)
    run_tenant(workspace.settings, "acme", None, lambda _: None)
    before = workspace.frames.open("acme").version("mapping_proposals")
    summary = run_tenant(workspace.settings, "acme", None, lambda _: None, only_corrections=True)
    assert summary.status == "done"
    ran = [record.asset for record in summary.phases]
    assert sorted(ran) == sorted(steps(None, only_corrections=True))
    assert ran[0] == "column_mapping"
    assert workspace.frames.open("acme").version("mapping_proposals") == before


def _materialise(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, selection: dg.AssetSelection
) -> dg.ExecuteInProcessResult:
    """As Dagster's UI does it: the resource opens the stores that the environment names."""
    monkeypatch.setenv("DISCOVERY_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DAGSTER_DATABASE_URL", settings.dagster_url or "")
    with open_instance(settings) as instance:
        return defs.resolve_job_def("discovery").execute_in_process(
            partition_key="acme",
            instance=instance,
            asset_selection=sorted(selection.resolve(defs.resolve_asset_graph())),
            raise_on_error=False,
        )


def test_only_unreadable_files_are_named_with_the_reason(workspace: Workspace, tmp_path: Path) -> None:
    picture = tmp_path / "in" / "scan.csv"
    picture.parent.mkdir()
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    ingest(workspace.settings, workspace.database, "acme", [picture])
    summary = run_tenant(workspace.settings, "acme", None, lambda _: None)
    assert summary.stopped is not None
    assert "scan.csv" in summary.stopped.message
    assert summary.findings == {"error": 1}


def test_a_removed_tenant_leaves_nothing_in_dagster(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, tmp_path / "in", servers=SERVERS)
    run_tenant(workspace.settings, "acme", "validation", lambda _: None)
    remove_tenant_from_dagster(workspace.settings, "acme")
    with open_instance(workspace.settings) as instance, psycopg.connect(workspace.settings.dagster_url or "") as direct:
        assert instance.get_runs() == []
        assert not instance.has_dynamic_partition("tenants", "acme")
        for table in ("event_logs", "asset_check_executions"):
            assert direct.execute(f"SELECT count(*) FROM {table} WHERE partition = 'acme'").fetchone() == (0,)
