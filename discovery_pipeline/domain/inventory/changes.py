"""What has changed since the inventory this one is compared with, and the assets that are no longer there.

Keep out: how the inventory came about (reconcile.py), what changes add up to (change_counts.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import CHANGES, INVENTORY, FrameSchema, empty
from discovery_pipeline.domain.schema import clean_schema

_COMPARED = (*clean_schema("asset"), "classified_type")
# Ids that are gone because their asset is part of another one: what became of what.
MERGED: FrameSchema = {"asset_id": pl.String(), "into": pl.String()}
_IDENTITY = "asset_id"


@dataclass(frozen=True)
class Before:
    """What was there before this inventory, each None where nothing was.

    delivery: the assets of the last run over other files, asset_id and vanished; what it lacks is new. missing:
    INVENTORY of the assets that have vanished unless this run finds them: the last run over other files for the first
    reading of these files, the vanished ones of that first reading for every further one. So another mapping or another
    rule never makes an asset vanish, and what one of them changed leaves no trace when it is taken back.
    same_files: asset_id and vanished of the readings of these files that this one goes on from.
    """

    delivery: pl.DataFrame | None = None
    missing: pl.LazyFrame | None = None
    same_files: pl.DataFrame | None = None

    @property
    def present(self) -> pl.Series:
        """The ids of the assets that the last delivery or an earlier reading of this one held."""
        held = [frame for frame in (self.delivery, self.same_files) if frame is not None]
        if not held:
            return pl.Series("asset_id", [], dtype=pl.String())
        return pl.concat(held).filter(~pl.col("vanished"))["asset_id"].unique(maintain_order=True)


NOTHING_BEFORE = Before()


def first_run(asset_id: pl.Series, delivery: pl.DataFrame | None) -> pl.Series:
    """Whether each asset was unknown to the delivery before; all are where there was none."""
    known = delivery["asset_id"].implode() if delivery is not None else pl.Series([[]], dtype=pl.List(pl.String()))
    return (~asset_id.is_in(known)).alias("first_run")


def vanished(asset_id: pl.Series, missing: pl.LazyFrame | None, merged: Collection[str] = ()) -> pl.DataFrame:
    """INVENTORY rows of what is missing that are not among the assets, with their last known values.

    merged: ids of assets that a person made one with another; they are not gone.
    """
    if missing is None:
        return empty(INVENTORY)
    gone = missing.filter(~pl.col("asset_id").is_in(asset_id.implode()) & ~pl.col("asset_id").is_in(list(merged)))
    return (
        gone.select(list(INVENTORY))
        .with_columns(
            pl.lit(value=True).alias("vanished"),
            pl.lit(value=False).alias("first_run"),
            pl.lit(0, pl.Int64()).alias("record_count"),
        )
        .collect()
    )


def find_changes(
    inventory: pl.DataFrame, baseline: pl.DataFrame | None, merged: pl.DataFrame | None = None
) -> pl.DataFrame:
    """CHANGES from the baseline to this inventory; without a baseline every asset is added.

    An asset that another reading of the same files no longer makes is told as vanished too, though no row keeps it.
    merged: MERGED; one that vanished into another asset is told with `asset_id`, its own as old, the other's as new.
    """
    now = inventory.filter(~pl.col("vanished")).select("asset_id")
    if baseline is None:
        return _events(now, "added")
    before = baseline.select("asset_id", "vanished")
    was_here = before.filter(~pl.col("vanished")).select("asset_id")
    was_gone = before.filter("vanished").select("asset_id")
    events = [
        _events(now.join(before, on="asset_id", how="anti"), "added"),
        _part_of(_events(was_here.join(now, on="asset_id", how="anti"), "vanished"), merged),
        _events(was_gone.join(now, on="asset_id", how="semi"), "returned"),
        _changed_values(inventory.join(now, on="asset_id", how="semi"), baseline),
    ]
    return pl.concat(events).sort("asset_id", "change", "field", nulls_last=False)


def _events(assets: pl.DataFrame, change: str) -> pl.DataFrame:
    none = pl.lit(None, pl.String())
    return assets.select(
        "asset_id", pl.lit(change).alias("change"), none.alias("field"), none.alias("old"), none.alias("new")
    ).sort("asset_id")


def _part_of(gone: pl.DataFrame, merged: pl.DataFrame | None) -> pl.DataFrame:
    if merged is None:
        return gone
    named = pl.col("into").is_not_null()
    return gone.join(merged, on="asset_id", how="left", maintain_order="left").select(
        "asset_id",
        "change",
        pl.when(named).then(pl.lit(_IDENTITY)).alias("field"),
        pl.when(named).then("asset_id").alias("old"),
        pl.col("into").alias("new"),
    )


def _changed_values(inventory: pl.DataFrame, baseline: pl.DataFrame) -> pl.DataFrame:
    """One row per asset in both and field whose text differs."""
    pair = inventory.select("asset_id", *_COMPARED).join(
        baseline.select("asset_id", *_COMPARED), on="asset_id", suffix="@old"
    )
    # Texts are made of the fields that differ somewhere alone: most runs change a few of all these.
    differs = pair.select(pl.col(field).ne_missing(pl.col(f"{field}@old")).any() for field in _COMPARED).row(0)
    changed = [field for field, differing in zip(_COMPARED, differs, strict=True) if differing]
    return pl.concat([empty(CHANGES), *(_changed_field(pair, field) for field in changed)])


def _changed_field(pair: pl.DataFrame, field: str) -> pl.DataFrame:
    listed = isinstance(pair.schema[field], pl.List)
    new, old = (_text(pl.col(name), listed=listed) for name in (field, f"{field}@old"))
    texts = pair.lazy().select(
        "asset_id", pl.lit("changed").alias("change"), pl.lit(field).alias("field"), old.alias("old"), new.alias("new")
    )
    return texts.filter(pl.col("old").ne_missing(pl.col("new"))).select(list(CHANGES)).collect()


def _text(value: pl.Expr, *, listed: bool) -> pl.Expr:
    """The value as text; lists sorted and joined with ";"."""
    if listed:
        return pl.when(value.list.len() > 0).then(value.list.sort().list.join(";"))
    return value.cast(pl.String())
