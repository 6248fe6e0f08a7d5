"""A what-if run tells what the real run then does, and touches nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.services.learning.deciding.decide import prepare
from discovery_pipeline.services.learning.deciding.decisions import (
    AnyDecision,
    EdgeDecision,
    MergeDecision,
    RowValueDecision,
    StrategyDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.learning.preview.at_once import AtOnce, at_once
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.learning.preview.scratch_run import ScratchRun, scratch_run
from discovery_pipeline.services.learning.preview.what_if import WhatIf, compared, what_if
from discovery_pipeline.services.mapping.corrections import Decision
from discovery_pipeline.services.mapping.review import review_columns
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import forget, record, undo
from discovery_pipeline.store.tables import Base
from discovery_pipeline_tests.defs.conftest import TENANT

CMDB = "cmdb_ci_server_2025-06-30.csv"


@pytest.fixture(scope="module")
def workspace(home: Settings, run: RunSummary) -> Iterator[Workspace]:
    assert run.status == "done"
    with open_workspace(home) as opened:
        yield opened


@dataclass(frozen=True)
class Foreseen:
    """named, told: what was said before; made: the frames that were foreseen."""

    named: AtOnce
    told: WhatIf
    made: ScratchRun


def column(workspace: Workspace, header: str, field: str | None, file: str = CMDB) -> Decision:
    found = next(c for c in review_columns(workspace, TENANT) if (c.file, c.header) == (file, header))
    return Decision(found.file, found.table, found.position, found.header, field, source=found.source)


def decisions(workspace: Workspace, kind: str) -> list[AnyDecision]:
    inventory = workspace.frames.open(TENANT).scan("inventory", "inventory").collect()
    servers = inventory.filter(pl.col("classified_type") == "virtual_machine").sort("asset_id")["asset_id"]
    return {
        "mapping": [column(workspace, "Managed by", "technical_owner")],
        "value": [ValueDecision(field="environment", raw="Production", value="test")],
        "row": [RowValueDecision(CMDB, Path(CMDB).stem, 3, "environment", "test")],
        "merge": [MergeDecision(servers[0], servers[1])],
        "type": [TypeDecision(servers[0], "physical_server")],
        "edge": [EdgeDecision(servers[0], servers[2], holds=True)],
        "strategy": [StrategyDecision(servers[0], "retire")],
    }[kind]  # type: ignore[return-value]


def proposed(workspace: Workspace, decided: list[AnyDecision]) -> Proposed:
    prepared = prepare(workspace, TENANT, decided, "ann")
    return Proposed(prepared.corrections, prepared.tables)


def foresee(workspace: Workspace, proposal: Proposed) -> Foreseen:
    made = scratch_run(workspace, TENANT, proposal)
    return Foreseen(at_once(workspace, TENANT, proposal), compared(made, 0), made)


def run_again(home: Settings) -> None:
    assert run_tenant(home, TENANT, None, lambda _: None, only_corrections=True).status == "done"


def different(workspace: Workspace, made: ScratchRun) -> list[tuple[str, str]]:
    """The foreseen parts that a run published otherwise."""
    frames = workspace.frames.open(TENANT)
    return [part for part, frame in made.parts.items() if not frame.equals(frames.scan(*part).collect())]


def stored(workspace: Workspace, home: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Every file of the frames and every row of the tables, as hashes and texts."""
    files = [path for path in (home / "frames").rglob("*") if path.is_file()]
    hashes = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    with workspace.database.tenant_session(TENANT) as session:
        rows = {
            name: sorted(str(tuple(row)) for row in session.execute(table.select()))
            for name, table in Base.metadata.tables.items()
        }
    return hashes, rows


@pytest.mark.parametrize("kind", ["mapping", "value", "row", "merge", "type", "edge", "strategy"])
def test_a_run_makes_what_was_foreseen_and_so_does_its_undoing(home: Settings, workspace: Workspace, kind: str) -> None:
    proposal = proposed(workspace, decisions(workspace, kind))
    ahead = foresee(workspace, proposal)
    recorded = record(workspace.database, TENANT, proposal.decided, proposal.tables)
    run_again(home)
    assert different(workspace, ahead.made) == []
    assert ahead.named.columns or ahead.named.things
    assert not ahead.told.is_nothing

    back = foresee(workspace, Proposed(undone=frozenset(c.number for c in recorded)))
    undo(workspace.database, TENANT, [c.number for c in recorded], "ann")
    run_again(home)
    assert different(workspace, back.made) == []
    for there, here in (("assets_added", "assets_vanished"), ("edges_added", "edges_removed")):
        assert ahead.told.groups[there].count == back.told.groups[here].count
    assert ahead.told.assets_changed.by == back.told.assets_changed.by


def test_a_dispute_is_foreseen_with_its_finding(home: Settings, workspace: Workspace) -> None:
    proposal = proposed(workspace, decisions(workspace, "mapping"))
    (first,) = record(workspace.database, TENANT, proposal.decided, proposal.tables)
    run_again(home)
    otherwise = replace(column(workspace, "Managed by", None), overrules=first.number)
    prepared = prepare(workspace, TENANT, [otherwise], "bob")
    ahead = foresee(workspace, Proposed(prepared.corrections, prepared.tables))
    (second,) = record(workspace.database, TENANT, prepared.corrections, prepared.tables)
    run_again(home)
    assert different(workspace, ahead.made) == []
    assert ahead.told.findings_new.by is not None
    assert ahead.told.findings_new.by["analysts_disagree"] == 1
    forget(workspace.database, TENANT, [first.number, second.number], "ann")
    run_again(home)


def test_forgetting_is_foreseen_too(home: Settings, workspace: Workspace) -> None:
    proposal = proposed(workspace, decisions(workspace, "mapping"))
    recorded = record(workspace.database, TENANT, proposal.decided, proposal.tables)
    run_again(home)
    ahead = foresee(workspace, Proposed(forgotten=frozenset(c.number for c in recorded)))
    forget(workspace.database, TENANT, [c.number for c in recorded], "ann")
    run_again(home)
    assert different(workspace, ahead.made) == []
    assert [effect.is_known for effect in ahead.named.columns] == [False]


def test_nothing_is_written(home: Settings, workspace: Workspace) -> None:
    proposal = proposed(workspace, [*decisions(workspace, "mapping"), *decisions(workspace, "type")])
    before = stored(workspace, home.home)
    assert before[0]
    assert any(before[1].values())
    foresee(workspace, proposal)
    assert stored(workspace, home.home) == before


def test_what_changes_is_told_by_count_and_sample(workspace: Workspace) -> None:
    told = what_if(workspace, TENANT, proposed(workspace, decisions(workspace, "mapping")))
    assert told.first == "column_mapping"
    assert told.assets_changed.by is not None
    assert {"technical_owner", "business_owner"} <= told.assets_changed.by.keys()
    assert sum(told.assets_changed.by.values()) == told.assets_changed.count
    assert all(len(changes.sample) <= 5 for changes in told.groups.values())
    assert all(len(changes.sample) == min(changes.count, 5) for changes in told.groups.values())
    changed = {(change.before, change.after) for change in told.columns.sample}
    assert ("business_owner", "technical_owner") in changed


def test_a_column_is_told_at_once_with_cells_that_change(workspace: Workspace) -> None:
    taken = column(workspace, "Used for", None)
    (effect,) = at_once(workspace, TENANT, proposed(workspace, [taken])).columns
    assert (effect.before, effect.after, effect.is_known) == ("environment", None, True)
    assert effect.changed == effect.lost > 0
    assert effect.changed_rows == effect.filled
    assert [change.after for change in effect.sample] == [None] * len(effect.sample)
    assert effect.sample[0].rows == max(change.rows for change in effect.sample)
