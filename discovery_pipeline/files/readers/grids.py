"""Grids of strings, from worksheets, HTML tables or nested lists, made into tables: header, rows, blank rows left out.

Keep out: how a grid is read from its format.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from discovery_pipeline.files.readers.headers import SAMPLE_ROWS, Header, SampleRow, find_header
from discovery_pipeline.files.readers.tables import (
    FindingFields,
    ReadTable,
    finding_at,
    no_table,
    rejected_frame,
)

_LINE = "line"


def table_from_grid(
    file: str,
    table: str,
    format_: str,
    grid: pl.DataFrame,
    facts: dict[str, Any] | None = None,
    notes: tuple[FindingFields, ...] = (),
) -> ReadTable:
    """The table of a grid: String columns of any names, one row per physical row, and perhaps `line` (Int64).

    An empty grid gives findings and no table.
    """
    cells = grid.drop(_LINE, strict=False)
    lines = grid[_LINE] if _LINE in grid.columns else pl.Series(_LINE, [None] * grid.height, dtype=pl.Int64)
    is_filled = pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(value=False)
    filled = cells.select(is_filled.alias("filled"))["filled"] if cells.width else pl.Series("filled", [], pl.Boolean)
    numbers = filled.arg_true()
    if not len(numbers):
        note = finding_at(file, table, "info", "empty_table", "it has no filled cell", "")
        return no_table(file, table, format_, note, *notes)
    header = _header(cells, numbers)
    kept = numbers[header.start :]
    frame = _frame(cells[kept], lines[kept])
    columns = _columns(header, frame)
    frame = frame.select("row", "line", *(f"c{i}" for i in range(columns)))
    titles = [";".join(c for c in cells.row(int(numbers[t])) if c) for t in header.titles]
    found = {"header_row": None if header.first is None else int(numbers[header.first]) + 1, "title_rows": titles}
    findings = (*notes, *_findings(file, table, header, frame.height))
    names = header.names[:columns]
    return ReadTable(
        file, table, names, frame, rejected_frame([]), findings, format_, frame.height, {**(facts or {}), **found}
    )


def _header(cells: pl.DataFrame, numbers: pl.Series) -> Header:
    """The header among the first rows that are not blank; a jump in `numbers` is a blank row."""
    first = numbers[: 2 * SAMPLE_ROWS]
    gaps = [False, *(b - a > 1 for a, b in pairwise(first))]
    return find_header([SampleRow(row, gap) for row, gap in zip(cells[first].rows(), gaps, strict=True)])


def _frame(cells: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    named = cells.rename({name: f"c{i}" for i, name in enumerate(cells.columns)})
    blank_to_null = pl.when(pl.all() != "").then(pl.all())
    return named.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), lines.alias("line"), blank_to_null.name.keep()
    )


def _columns(header: Header, frame: pl.DataFrame) -> int:
    """How many columns have a name or a value, those before them included."""
    named = [i for i, name in enumerate(header.names) if name.strip()]
    valued = [i for i in range(frame.width - 2) if frame[f"c{i}"].null_count() < frame.height]
    return max([0, *named, *valued]) + 1


def _findings(file: str, table: str, header: Header, rows: int) -> list[FindingFields]:
    if not rows:
        return [finding_at(file, table, "warning", "no_rows", "a header and no rows", "export it again")]
    if header.first is None:
        detail = "the first row holds values, not names: the columns have no names"
        return [finding_at(file, table, "warning", "no_header", detail, "add a header row and ingest again")]
    return []
