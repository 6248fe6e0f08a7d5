"""What is known of a table, looked up by its number. Keep out: its rows (records.py)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from discovery_pipeline.domain.handoffs import TableInfo, TableKind

Tables = Mapping[int, tuple[TableInfo, TableKind]]
Infos = Mapping[int, TableInfo]


def text_of_table(texts: Mapping[int, str | None], column: str = "table_no") -> pl.Expr:
    """The text that belongs to the table whose number stands in the column."""
    number = pl.col(column)
    # Without tables there are no rows; polars' replace_strict would still return the numbers' type then.
    return number.replace_strict(dict(texts), return_dtype=pl.String()) if texts else number.cast(pl.String)
