"""Rows that repeat an earlier row of their table cell for cell.

They are kept: each stays in the lineage of its asset, marked as a duplicate. Keep out: rows that only say the same.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable


def exact_repeats(table: RawTable, set_aside: Collection[int]) -> pl.DataFrame:
    """row, line of the rows that are the same in every cell as one before them. set_aside: rows that don't count."""
    cells = [pl.col(f"c{i}").fill_null("") for i in range(len(table.info.headers))]
    if not cells:
        return pl.DataFrame(schema={"row": pl.Int64, "line": pl.Int64})
    content = pl.concat_str(cells, separator="\x1f").hash().alias("content")
    rows = table.frame.select("row", "line", content).collect(engine="streaming")
    again = rows.filter(pl.col("content").is_duplicated() & ~pl.col("row").is_in(list(set_aside)))
    return again.sort("row").filter(~pl.col("content").is_first_distinct()).select("row", "line")
