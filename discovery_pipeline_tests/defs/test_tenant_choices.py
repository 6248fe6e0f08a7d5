"""A tenant's own order of sources and its plan: what is due when they change, what a run over it makes anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.due_runs import corrections_due
from discovery_pipeline.services.inventory.explain import explain
from discovery_pipeline.services.reference_data import LIFECYCLE, refresh, text_in_force
from discovery_pipeline.services.tenant_settings import set_tenant_setting
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant

FILES = {
    "cmdb": "Name,Serial Number,Operating System,RAM (GB)\ndb1,CZ3333333,AIX 7.1,64\n",
    "sccm": "Hostname,Serial Number,OS Name,Last Seen\ndb1,CZ3333333,AIX 7.2,2026-05-01\n",
}


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        for name, text in FILES.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
            ingest(opened.settings, opened.database, "acme", [tmp_path / f"{name}.csv"])
        run(opened)
        yield opened


def run(workspace: Workspace, *, only_corrections: bool = False) -> tuple[str, ...]:
    """The assets that a run made."""
    summary = run_tenant(workspace.settings, "acme", None, lambda _: None, only_corrections=only_corrections)
    assert summary.status == "done"
    return tuple(record.asset for record in summary.phases)


def system(workspace: Workspace) -> tuple[str, str | None]:
    """The system that db1 is said to run, and the rule."""
    told = explain(workspace.frames.open("acme"), "db1", "os_name").fields[0]
    return told.value, told.rule


def test_what_a_tenant_prefers_makes_the_inventory_due_and_wins(workspace: Workspace) -> None:
    assert system(workspace) == ("AIX 7.2", "source_precedence")
    assert corrections_due(workspace, "acme") is None
    keys = set()
    for wanted, expected in (
        ("os_name=cmdb>agent", ("AIX 7.1", "tenant_precedence")),
        ("default", ("AIX 7.2", "source_precedence")),
    ):
        set_tenant_setting(workspace.database, "acme", "precedence", wanted)
        due = corrections_due(workspace, "acme")
        assert due is not None
        assert (due.first, due.start) == ("inventory", "apply")
        keys.add(due.run_key)
        assert run(workspace, only_corrections=True)[0] == "inventory"
        assert system(workspace) == expected
        assert corrections_due(workspace, "acme") is None
    assert len(keys) == 2


def test_another_plan_makes_the_analysis_due_and_nothing_before_it(workspace: Workspace) -> None:
    set_tenant_setting(workspace.database, "acme", "plan", "{waves: {capacity: 7}}")
    due = corrections_due(workspace, "acme")
    assert due is not None
    assert (due.first, due.start) == ("analysis", "apply")
    assert run(workspace, only_corrections=True) == ("analysis", "discovery_report")
    assert corrections_due(workspace, "acme") is None


def test_newer_support_dates_make_the_analysis_due(workspace: Workspace) -> None:
    location = workspace.settings.frames_location
    newer = text_in_force(location, LIFECYCLE).replace("\nas_of: 20", "\nas_of: 21", 1)
    refresh(location, LIFECYCLE, newer, "newer.yaml", "2026-11-23T00:00:00Z")
    due = corrections_due(workspace, "acme")
    assert due is not None
    assert (due.first, due.start) == ("analysis", "apply")
    assert run(workspace, only_corrections=True) == ("analysis", "discovery_report")
    assert corrections_due(workspace, "acme") is None


def test_every_claim_tells_what_it_counts(workspace: Workspace) -> None:
    told = explain(workspace.frames.open("acme"), "db1", "os_name").fields[0]
    standings = [claim.standing for claim in told.claims if claim.standing]
    assert [(each.kind, each.seen) for each in standings] == [("agent", datetime(2026, 5, 1)), ("cmdb", None)]
    assert standings[0].trust > standings[1].trust
    assert told.why == "its source is trusted most for this field"
