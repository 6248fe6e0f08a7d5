"""What stands between the records of a table and is none: blank and ruled lines, subtotals, page breaks.

Keep out: what stands below the last record (footers) and headers that come again (headings).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.validation.phrases import ANY_TOTAL, CELL, PAGE_BREAK, SURE_TOTAL
from discovery_pipeline.domain.vocabulary.shapes import folded

_NUMBER = r"^[-+]?\d[\d.,' ]*\s*(?:%|[kmgtp]i?b|[kmg]hz|€|\$|eur|usd)?$"
_ADDRESS = r"^\d{1,3}(?:\.\d{1,3}){3}$"
# In a narrower table a row that fills one cell may be a record.
_NARROWEST = 3
_SAID = pl.col("said")


def rows_between(frame: pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    """row, line, reason (blank_row, ruled_line, subtotal, page_break) and detail of such rows.

    A subtotal says so in one cell, in words that name nothing else, and holds nothing but numbers beside it. A page
    break fills one cell of a table of some width. Every row is looked at, as one text: a condition per column takes
    polars time that grows with their number squared.
    """
    said = pl.concat_str(columns, separator=CELL, ignore_nulls=True).alias("said")
    is_bare, is_break = ~_SAID.str.contains(r"[\p{L}\p{N}]"), _SAID.str.strip_chars().str.contains(PAGE_BREAK)
    breaks = is_break & (len(columns) >= _NARROWEST)
    found = (
        frame.select("row", "line", said)
        .filter(is_bare | breaks | _SAID.str.contains(ANY_TOTAL))
        .with_columns(bare=is_bare, page_break=breaks)
        .collect(engine="streaming")
    )
    is_blank = _SAID.str.replace_all(CELL, "", literal=True).str.strip_chars() == ""
    sums = found.filter(~pl.col("bare")).join(_subtotals(found), on="row", how="semi")
    return pl.concat(
        [
            _named(found.filter("bare", is_blank), "blank_row", pl.lit("no cell holds anything")),
            _named(found.filter("bare", ~is_blank), "ruled_line", pl.lit("no cell holds a letter or a digit")),
            _named(sums, "subtotal", _SAID.str.replace_all(CELL, " | ", literal=True)),
            _named(found.filter("page_break"), "page_break", _SAID),
        ]
    )


def _named(rows: pl.DataFrame, reason: str, detail: pl.Expr) -> pl.DataFrame:
    return rows.select("row", "line", pl.lit(reason).alias("reason"), detail.str.slice(0, 80).alias("detail"))


def _subtotals(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows (row) that say a sum in one cell and only numbers in the others; some number is told."""
    cells = rows.select("row", _SAID.str.split(CELL).alias("cell")).explode("cell", empty_as_null=True)
    cell = folded(pl.col("cell").str.strip_chars())
    told = cells.filter(pl.col("cell").str.strip_chars() != "").select(
        "row",
        cell.str.contains(SURE_TOTAL).alias("sum"),
        (cell.str.contains(_NUMBER) & ~cell.str.contains(_ADDRESS)).alias("number"),
        cell.str.contains(r"\d$").alias("ends in a number"),
    )
    sums, others = pl.col("sum").sum(), (pl.col("sum") | pl.col("number")).all()
    tells = pl.col("number").any() | (pl.col("sum") & pl.col("ends in a number")).any()
    return told.group_by("row").agg(keep=(sums == 1) & others & tells).filter("keep").select("row")
