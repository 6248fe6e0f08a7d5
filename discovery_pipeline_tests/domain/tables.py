"""Raw tables written by hand, for tests of what reads tables: headers and columns of cells, None or "" for empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, TableInfo


def raw_table(
    columns: Mapping[str, Sequence[str | None]] | Sequence[tuple[str, Sequence[str | None]]],
    table_no: int = 0,
    name: str = "t",
) -> RawTable:
    """A table of these columns; a sequence of pairs where headers repeat."""
    pairs = list(columns.items()) if isinstance(columns, Mapping) else list(columns)
    rows = len(pairs[0][1]) if pairs else 0
    cells = {f"c{i}": pl.Series([v or None for v in values], dtype=pl.String) for i, (_, values) in enumerate(pairs)}
    frame = pl.DataFrame(
        {"row": pl.int_range(rows, eager=True), "line": pl.int_range(2, rows + 2, eager=True), **cells},
        schema_overrides={"row": pl.Int64, "line": pl.Int64},
    )
    info = TableInfo(table_no, "source", f"{name}.csv", name, tuple(header for header, _ in pairs), rows)
    return RawTable(info, frame.lazy())
