"""A correction helps its tenant's next files, touches no other tenant, and leaves nothing behind when it is undone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.export import export
from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import StrategyDecision
from discovery_pipeline.services.learning.history import forget, undo
from discovery_pipeline.services.mapping.corrections import Decision
from discovery_pipeline.services.mapping.learned import recall_for
from discovery_pipeline.services.mapping.looked_at import looked_at_so_far
from discovery_pipeline.services.mapping.preview import preview
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant

FIRST = "Name,Zorp,Managed by,Serial\nweb01,alpha,Ann Lee,CZ1\nweb02,beta,Bob Ray,CZ2\ndb01,alpha,Cy Day,CZ3\n"
# Another team's file of the same tool: other machines, another order, one header in other words.
NEXT = "Serial number,Managed by,Zorp,Name\nXY1,Di Fox,gamma,app01\nXY2,Ed Orr,delta,app02\nXY3,Flo Key,gamma,app03\n"
WIDE = (
    "Hostname,IP Address,Operating System,RAM (GB),CPU Count,Serial Number,Owner,Location,Environment,Model,Vendor\n"
    "web01,10.0.0.1,RHEL 8,8,2,CZ1001,Ann Lee,Berlin,Production,ProLiant DL380,HPE\n"
    "web02,10.0.0.2,RHEL 9,16,4,CZ1002,Bob Ray,Berlin,Test,ProLiant DL360,HPE\n"
    "db01,10.0.0.3,AIX 7.2,64,8,CZ1003,Cy Day,Madrid,Production,Power S922,IBM\n"
)
ALWAYS_MADE = {"analysis", "discovery_report"}


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        yield opened


def give(workspace: Workspace, tenant: str, folder: Path, file: str, text: str) -> None:
    add_tenant(workspace.database, tenant)
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(text)
    ingest(workspace.settings, workspace.database, tenant, [folder / file])


def run(workspace: Workspace, tenant: str, *, only_corrections: bool = False) -> list[str]:
    """Run the tenant; returns the steps that Dagster recorded."""
    summary = run_tenant(workspace.settings, tenant, None, lambda _: None, only_corrections=only_corrections)
    assert summary.status == "done"
    with open_instance(workspace.settings) as instance:
        return [stats.step_key for stats in instance.get_run_step_stats(summary.run_id)]


def exported(workspace: Workspace, tenant: str, folder: Path) -> dict[str, str]:
    """A hash of every file that is exported."""
    export(workspace.frames.open(tenant), folder)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def column(workspace: Workspace, tenant: str, file: str, header: str) -> ReviewColumn:
    (found,) = [c for c in review_columns(workspace, tenant) if (c.file, c.header) == (file, header)]
    return found


def teach(workspace: Workspace, file: str, header: str, field: str) -> int:
    seen = column(workspace, "acme", file, header)
    (made,) = decide(workspace, "acme", [Decision(seen.file, seen.table, seen.position, header, field)], "ann")
    return made.number


def test_it_helps_the_next_file_touches_no_other_tenant_and_goes_without_a_trace(
    workspace: Workspace, tmp_path: Path
) -> None:
    for tenant in ("acme", "other"):
        give(workspace, tenant, tmp_path / tenant, "team one.csv", FIRST)
        run(workspace, tenant)
    others = exported(workspace, "other", tmp_path / "other before")
    number = teach(workspace, "team one.csv", "Zorp", "environment")
    give(workspace, "acme", tmp_path / "acme", "team two.csv", NEXT)
    give(workspace, "other", tmp_path / "other", "team two.csv", NEXT)
    run(workspace, "acme")
    run(workspace, "other")

    helped = column(workspace, "acme", "team two.csv", "Zorp")
    assert (helped.field, helped.method) == ("environment", "pattern")
    assert f"correction {number}" in " ".join(helped.why)
    assert column(workspace, "other", "team two.csv", "Zorp").field is None
    unhelped = exported(workspace, "other", tmp_path / "other after")
    assert unhelped != others

    taught = exported(workspace, "acme", tmp_path / "taught")
    undo(workspace, "acme", [number], "ann")
    run(workspace, "acme", only_corrections=True)
    undone = exported(workspace, "acme", tmp_path / "undone")
    assert undone != taught
    assert column(workspace, "acme", "team two.csv", "Zorp").field is None
    forget(workspace, "acme", [number], "ann")
    run(workspace, "acme", only_corrections=True)
    assert exported(workspace, "acme", tmp_path / "forgotten") == undone

    # The tenant that never learned says what acme says now, but for the ids, which are each tenant's own.
    run(workspace, "other")
    assert exported(workspace, "other", tmp_path / "other again") == unhelped
    never, now = (mapping_of(workspace, tenant) for tenant in ("other", "acme"))
    assert never == now


def test_a_preview_is_as_sure_as_the_next_run(workspace: Workspace, tmp_path: Path) -> None:
    """What people corrected and what they left alone beside it counts for files that are only looked at, too."""
    give(workspace, "acme", tmp_path / "acme", "servers.csv", WIDE)
    run_tenant(workspace.settings, "acme", "mapping", lambda _: None)
    accepted = [c for c in review_columns(workspace, "acme") if c.status == "accepted"]
    decide(workspace, "acme", [Decision(c.file, c.table, c.position, c.header, None) for c in accepted[1:]], "ann")
    recall, seen = recall_for(workspace, "acme"), looked_at_so_far(workspace, "acme")
    left_alone = [decision.field for decision in seen.decisions if decision.left_alone]
    assert (left_alone, len(seen.decisions)) == ([accepted[0].field], len(accepted))
    (table,) = preview([tmp_path / "acme"], recall, seen=seen)["files"][0]["tables"]
    run_tenant(workspace.settings, "acme", "mapping", lambda _: None)
    told = sorted((c.position, c.field, c.status) for c in review_columns(workspace, "acme"))
    assert [(c["position"], c["field"], c["status"]) for c in table["columns"]] == told


def mapping_of(workspace: Workspace, tenant: str) -> list[tuple[object, ...]]:
    return [
        (c.file, c.position, c.field, c.confidence, c.status, c.method, c.why)
        for c in review_columns(workspace, tenant)
    ]


def test_what_a_correction_does_not_concern_is_not_made_again(workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path / "acme", "team one.csv", FIRST)
    run(workspace, "acme")
    decide(workspace, "acme", [StrategyDecision("web01", "retire")], "ann")
    assert set(run(workspace, "acme", only_corrections=True)) == ALWAYS_MADE
    teach(workspace, "team one.csv", "Zorp", "environment")
    steps = set(run(workspace, "acme", only_corrections=True))
    assert "column_mapping" in steps
    assert steps.isdisjoint({"raw_export", "export_findings", "mapping_proposals", "model_answers"})
