"""Corrections that were run and taken back: what they did is undone to the last byte, whatever ran in between."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from sqlalchemy import delete

from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.services.mapping.corrections import Decision, correct
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.identities import load_registry
from discovery_pipeline.store.tables import CorrectionRow, PatternRow
from discovery_pipeline_tests.defs.conftest import TENANT

ASSETS = ("clean_records", "inventory", "inventory_changes", "dependencies", "analysis")
Frames = dict[str, str]


@contextmanager
def opened(home: Settings) -> Iterator[Workspace]:
    with open_workspace(home) as workspace:
        yield workspace


def published(home: Settings) -> Frames:
    """A hash of every part of the results, and of what is registered."""
    with opened(home) as workspace:
        frames = workspace.frames.open(TENANT)
        parts = {f"{a}/{p}": frames.scan(a, p).collect() for a in ASSETS for p in frames.parts(a)}
        parts["registry"] = load_registry(workspace.database, TENANT)
    return {name: _hash(frame) for name, frame in parts.items()}


def _hash(frame: pl.DataFrame) -> str:
    return hashlib.sha256(f"{frame.schema}\n{frame.write_json()}".encode()).hexdigest()


def columns_of(home: Settings, *fields: str) -> list[ReviewColumn]:
    with opened(home) as workspace:
        return [column for column in review_columns(workspace, TENANT) if column.field in fields]


def unmap(home: Settings, columns: list[ReviewColumn]) -> None:
    """A person says of each of these columns that it is nothing we know."""
    decisions = [Decision(c.file, c.table, c.position, c.header, None, source=c.source) for c in columns]
    with opened(home) as workspace:
        correct(workspace, TENANT, decisions, "ann")


def delete_learned(home: Settings) -> None:
    """As if nothing had ever been corrected."""
    with opened(home) as workspace, workspace.database.tenant_session(TENANT) as session:
        session.execute(delete(PatternRow))
        session.execute(delete(CorrectionRow))


def rerun(home: Settings) -> Frames:
    assert run_tenant(home, TENANT, None, lambda _: None).status == "done"
    return published(home)


def changed(one: Frames, other: Frames) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_corrections_taken_back_restore_every_frame(home: Settings, run: RunSummary) -> None:
    assert run.status == "done"
    never = published(home)
    assert changed(rerun(home), never) == set()
    names, serials = columns_of(home, "hostname", "fqdn", "application_name"), columns_of(home, "serial_number")
    learned = []
    for columns in (names, serials):
        unmap(home, columns)
        learned.append(rerun(home))
        assert changed(rerun(home), learned[-1]) == set()
    assert {"inventory/inventory", "inventory_changes/inventory_changes", "registry"} <= changed(learned[0], never)
    assert "inventory/inventory" in changed(learned[1], learned[0])
    delete_learned(home)
    assert changed(rerun(home), never) == set()
    unmap(home, names)
    assert changed(rerun(home), learned[0]) == set()
