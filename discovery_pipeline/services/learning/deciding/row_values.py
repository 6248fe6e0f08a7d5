"""Decisions about a cell of one row, checked against the tables as a run read them, and put into the words of the log.

Keep out: how a run finds the row again (domain/cleansing/row_corrections).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.cleansing.row_corrections import cell_spellings, says_something
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import CanonicalTable
from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.learning.deciding.decisions import RowValueDecision, ValueDecision
from discovery_pipeline.services.learning.deciding.drafts import Draft, problem
from discovery_pipeline.services.learning.deciding.tables import no_table, tables_named
from discovery_pipeline.services.learning.deciding.values import Readings, readings, value_of
from discovery_pipeline.services.mapping.decisions import Problem
from discovery_pipeline.services.raw_rows import raw_cells
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline.services.workspace import Workspace


@dataclass(frozen=True)
class _Named:
    """The table that a decision names, and what it says, as it would be said of a spelling."""

    decision: RowValueDecision
    table: CanonicalTable
    said: ValueDecision


def draft_row_values(workspace: Workspace, tenant: str, decisions: Sequence[RowValueDecision]) -> list[Draft | Problem]:
    """What each decision comes to, in their order. Raises UsageError before a run has read any rows."""
    run = run_frames(workspace.frames.open(tenant))
    if not run.has("canonical_records"):
        raise UsageError("no run has read any rows yet", where=tenant, advice=f"discovery run {tenant}")
    named = [_named(decision, run) for decision in decisions]
    known = readings([item.said for item in named if isinstance(item, _Named)])
    return [item if isinstance(item, Problem) else _draft(item, known) for item in named]


def _named(decision: RowValueDecision, run: RunFrames) -> _Named | Problem:
    tables = tables_named(decision, run.tables())
    if len(tables) != 1:
        return no_table(decision, tables)
    info = tables[0]
    bindings = run.bindings(info.table_no)
    kind = run.kinds()[info.table_no]
    if decision.field not in {binding.field for binding in bindings}:
        what = f"no column of {decision.table} is {decision.field}"
        return problem(decision, "no_such_column", what, "map a column to it first, or name another field")
    if decision.seen is not None and raw_cells(run, info, decision.row) != decision.seen:
        what = f"row {decision.row} of {decision.table} says something else now: a newer delivery was read meanwhile"
        return problem(decision, "row_changed", what, "look at the row again")
    table = CanonicalTable(info, kind, run.scan("canonical_records", part_name(info.table_no)), bindings)
    said = ValueDecision(decision.field, "", decision.value, kind.record, info.source, line=decision.line)
    return _Named(decision, table, said)


def _draft(named: _Named, known: Readings) -> Draft | Problem:
    decision, table = named.decision, named.table
    read = value_of(named.said, known)
    if isinstance(read, Problem):
        return read
    cells = _cells(table, decision.row)
    if cells is None:
        what = f"{decision.table} has no row {decision.row} that was read"
        return problem(
            decision, "unknown_row", what, "rows after the header count from 0; discovery explain names them"
        )
    anchor = _anchor(table, decision, cells)
    if anchor is None:
        what = f"other rows of {decision.table} say the same as row {decision.row}, and no identifier tells them apart"
        return problem(decision, "rows_alike", what, "let the source name them; a spelling is corrected in every row")
    target = {
        "record": table.kind.record, "field": decision.field, "source": table.info.source, "cells": anchor,
    }  # fmt: skip
    raw = _raw(table, decision)
    place = {"file": decision.file, "table": decision.table, "row": decision.row, "raw": raw}
    return Draft(decision, target, {"value": read.value}, {"value": raw}, {**place, "record": table.kind.record})


def _cells(table: CanonicalTable, row: int) -> dict[str, str] | None:
    """How every cell of a row is spelt, by field; None where there is no such row."""
    spelt = cell_spellings(table, {binding.field for binding in table.bindings})
    rows = table.frame.filter(pl.col("row") == row).select(**spelt).collect()
    return next(rows.iter_rows(named=True), None)


def _anchor(table: CanonicalTable, decision: RowValueDecision, cells: dict[str, str]) -> dict[str, str] | None:
    """What tells the row from the others of its table: its identifiers where they do, else every cell; and the cell
    itself, so that what a later delivery mended is left alone. None where others hold the same and none is named: they
    may be anything, while rows of one name are one thing told twice."""
    schema = fields(table.kind.record)
    identity = {name for group in NEEDED[table.kind.record] for name in group}
    named = {name for name, text in cells.items() if name in identity and says_something(schema[name], text)}
    least = {name: text for name, text in cells.items() if name == decision.field or name in named}
    if len(least) > 1 and _rows_like(table, least) == 1:
        return least
    return cells if named or _rows_like(table, cells) == 1 else None


def _rows_like(table: CanonicalTable, cells: dict[str, str]) -> int:
    spelt = cell_spellings(table, cells.keys())
    same = [expression == cells[name] for name, expression in spelt.items()]
    return int(table.frame.filter(*same).select(pl.len()).collect().item())


def _raw(table: CanonicalTable, decision: RowValueDecision) -> str | None:
    """The cell as the file has it; of several columns the first that is filled."""
    columns = [binding.column for binding in table.bindings if binding.field == decision.field]
    row = table.frame.filter(pl.col("row") == decision.row).select(pl.coalesce(columns)).collect()
    raw: str | None = row.item()
    return raw
