"""Canonical tables for the tests of cleansing: a few columns of invented cells, cleaned in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing import CleanOutcome, CleanParams, clean
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding, TableInfo, TableKind, Transform
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.schema import RecordKind


@dataclass(frozen=True)
class Column:
    field: str
    cells: Sequence[str | None]
    header: str = "Header"
    unit: str | None = None
    transform: Transform | None = None


def canonical(*columns: Column, record: RecordKind = "asset") -> CanonicalTable:
    names: list[str] = []
    for column in columns:
        taken = sum(name.split("#")[0] == column.field for name in names)
        names.append(f"{column.field}#{taken + 1}" if taken else column.field)
    bindings = tuple(
        ColumnBinding(name, c.field, position, c.header, c.unit, c.transform, 1.0, "accepted")
        for position, (name, c) in enumerate(zip(names, columns, strict=True))
    )
    rows = len(columns[0].cells)
    frame = pl.DataFrame(
        {"row": range(rows), "line": range(2, rows + 2), **{n: c.cells for n, c in zip(names, columns, strict=True)}},
        schema={"row": pl.Int64, "line": pl.Int64, **dict.fromkeys(names, pl.String)},
    )
    info = TableInfo(7, "src", "export.csv", "export", tuple(c.header for c in columns), rows)
    return CanonicalTable(info, TableKind(7, record, "asset", None, 1.0), frame.lazy(), bindings)


def outcome(
    *columns: Column, record: RecordKind = "asset", params: CleanParams | None = None, rules: Rules | None = None
) -> CleanOutcome:
    """The outcome for these columns; rows get an identity of their own, so that none is set aside."""
    rows = len(columns[0].cells)
    if any(column.field == "source_id" for column in columns):
        ends: tuple[Column, ...] = ()
    elif record == "asset":
        ends = (Column("source_id", [f"id-{i}" for i in range(rows)], "Id"),)
    else:
        ends = (Column("source_host", ["a"] * rows, "From"), Column("destination_host", ["b"] * rows, "To"))
    return clean(canonical(*columns, *ends, record=record), rules or Rules(), params or CleanParams())


def cleaned(field: str, cells: Sequence[str | None], record: RecordKind = "asset", **column: Any) -> list[Any]:
    """The clean values of one column."""
    return values(outcome(Column(field, cells, **column), record=record), field)


def cleaned_one(field: str, cell: str, record: RecordKind = "asset", **column: Any) -> Any:
    return cleaned(field, [cell], record, **column)[0]


def values(result: CleanOutcome, field: str) -> list[Any]:
    return result.table.frame.collect().get_column(field).to_list()


def rules(result: CleanOutcome, field: str) -> dict[str, int]:
    counts = result.rule_counts.filter(pl.col("field") == field)
    return dict(zip(counts.get_column("rule").to_list(), counts.get_column("cells").to_list(), strict=True))


def codes(result: CleanOutcome) -> list[str]:
    return sorted(result.findings.get_column("code").to_list())
