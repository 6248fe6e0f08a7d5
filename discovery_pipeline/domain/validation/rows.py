"""Rows that are no records: blank rows, the header repeated, totals and remarks at the end. Reads every row, lazily."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import SET_ASIDE, RawTable
from discovery_pipeline.domain.validation.footers import footers

# Comparing every cell with its header on ten thousand columns would cost more than it tells.
_COMPARED_HEADERS = 40
_REPEATED = 0.8


def rows_that_are_no_records(table: RawTable) -> pl.DataFrame:
    """SET_ASIDE of a table, each row once, all with disposition dropped."""
    columns = [f"c{i}" for i in range(len(table.info.headers))]
    if not columns:
        return _reasons(table.frame.select("row", "line").collect(), table, "blank_row", "a table without columns")
    found = [
        _reasons(_blank(table, columns), table, "blank_row", "no cell holds anything"),
        _reasons(_repeated_header(table, columns), table, "repeated_header", "the header once more"),
        _shaped(footers(table.frame, columns), table),
    ]
    return pl.concat(found).unique("row", keep="first", maintain_order=True).sort("row")


def _reasons(rows: pl.DataFrame, table: RawTable, reason: str, detail: str) -> pl.DataFrame:
    return _shaped(rows.with_columns(reason=pl.lit(reason), detail=pl.lit(detail)), table)


def _shaped(rows: pl.DataFrame, table: RawTable) -> pl.DataFrame:
    placed = rows.with_columns(table_no=pl.lit(table.info.table_no), disposition=pl.lit("dropped"))
    return placed.select(pl.col(name).cast(dtype) for name, dtype in SET_ASIDE.items())


def _blank(table: RawTable, columns: list[str]) -> pl.DataFrame:
    """One text per row: a condition per column takes polars time that grows with their number squared."""
    blank = pl.concat_str(columns, ignore_nulls=True).str.strip_chars() == ""
    return table.frame.filter(blank).select("row", "line").collect(engine="streaming")


def _repeated_header(table: RawTable, columns: list[str]) -> pl.DataFrame:
    named = [(c, h.strip()) for c, h in zip(columns, table.info.headers, strict=True) if h.strip()][:_COMPARED_HEADERS]
    if len(named) < 2:
        return table.frame.select("row", "line").head(0).collect()
    same = pl.sum_horizontal((pl.col(c).str.strip_chars() == h).fill_null(False).cast(pl.Int32) for c, h in named)
    return table.frame.filter(same >= max(2, _REPEATED * len(named))).select("row", "line").collect(engine="streaming")
