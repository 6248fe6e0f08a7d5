"""Rows that are no records, each with its reason. Reads every row, lazily.

Keep out: how such a row is recognised (between, headings, footers) and rows whose cells have slipped (slipped).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import SET_ASIDE, RawTable
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.validation.between import rows_between
from discovery_pipeline.domain.validation.footers import footers
from discovery_pipeline.domain.validation.headings import repeated_headers


def rows_that_are_no_records(table: RawTable, record: RecordKind = "asset") -> pl.DataFrame:
    """SET_ASIDE of a table, each row once, all with disposition dropped. record: what its other rows are."""
    columns = [f"c{i}" for i in range(len(table.info.headers))]
    if not columns:
        nothing = {"reason": pl.lit("blank_row"), "detail": pl.lit("a table without columns")}
        return _shaped(table.frame.select("row", "line").collect().with_columns(**nothing), table)
    again = repeated_headers(table.frame, table.info.headers, columns, record)
    between = rows_between(table.frame, columns)
    found = [
        between.filter(pl.col("reason") == "blank_row"),
        again.select("row", "line", pl.lit("repeated_header").alias("reason"), "detail"),
        footers(table.frame, columns),
        between,
    ]
    shaped = [_shaped(rows, table) for rows in found]
    return pl.concat(shaped).unique("row", keep="first", maintain_order=True).sort("row")


def _shaped(rows: pl.DataFrame, table: RawTable) -> pl.DataFrame:
    placed = rows.with_columns(table_no=pl.lit(table.info.table_no), disposition=pl.lit("dropped"))
    return placed.select(pl.col(name).cast(dtype) for name, dtype in SET_ASIDE.items())
