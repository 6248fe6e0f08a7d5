"""A page of a list of records, found where the frames are: only what is shown is ever read into memory."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Found:
    """rows: one page of what matches. total: how many do."""

    rows: pl.DataFrame
    total: int


@dataclass(frozen=True)
class SourceRow:
    """A row of a table, counted from 0 after the header. line: of the file, None where it has no lines."""

    file: str
    table: str
    row: int
    line: int | None

    def __str__(self) -> str:
        where = f"line {self.line:,}" if self.line is not None else f"row {self.row:,}"
        return f"{self.file} › {self.table} › {where}"


def page_of(wanted: pl.LazyFrame, first: int, count: int) -> Found:
    """Rows `first` to `first + count` of a frame in its order, and how many it has."""
    rows, total = pl.collect_all([wanted.slice(first, count), wanted.select(pl.len())])
    return Found(rows, int(total.item()))


def named(inventory: pl.LazyFrame, asset_ids: pl.Series) -> pl.LazyFrame:
    """`named_assets` of these alone: an inventory may be a thousand times as large as a page."""
    return named_assets(inventory.filter(pl.col("asset_id").is_in(asset_ids.unique().implode())))


def containing(text: str, *columns: str) -> pl.Expr:
    """Whether every word stands somewhere in these columns, whatever its case."""
    said = pl.concat_str([pl.col(column).cast(pl.String) for column in columns], separator=" ", ignore_nulls=True)
    found = [said.str.to_lowercase().str.contains(word, literal=True) for word in text.lower().split()]
    return pl.all_horizontal(found) if found else pl.lit(value=True)


def named_assets(inventory: pl.LazyFrame) -> pl.LazyFrame:
    """asset_id, name and classified_type of every asset, as people call it (asset_search.display_name)."""
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    name = pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id")
    return inventory.select("asset_id", name.alias("name"), "classified_type")
