"""Stable ids: an asset keeps the asset_id under which any of its identifiers was seen before.

Keep out: which records are one asset (matching.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import REGISTRY
from discovery_pipeline.domain.inventory.hashing import asset_ids
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.wishes import NO_WISHES, Wishes

# Texts "kind:value" that say who an asset is, columns asset (UInt32), rank (the strongest 0), text.
Texts = pl.DataFrame
TEXTS = {"asset": pl.UInt32(), "rank": pl.Int8(), "text": pl.String()}

# What it is worth that a text of this kind is known from before.
_WORTH = {
    "uuid": 8.0, "source_id": 6.0, "serial": 6.0, "application": 6.0, "hypervisor": 5.0, "cluster": 5.0, "mac": 4.0,
    "fqdn": 4.0, "tag": 3.0, "name": 2.0, "ip": 1.5, "row": 2.0,
}  # fmt: skip
# Both have one and they differ: the successor under an old name gets an id of its own.
_DIFFERENT = {"uuid": -6.0, "serial": -4.0}
# Addresses and places in a file move on; they name an asset only when it has nothing else.
LAST_RESORT = ("ip", "row")
_MOST_TEXTS = 24


@dataclass(frozen=True)
class Identity:
    """asset_id: per asset number. registry: rows that are new or have changed, as REGISTRY."""

    asset_id: pl.Series
    registry: pl.DataFrame


def assign_ids(
    texts: Texts, registry: pl.DataFrame, tenant: str, params: InventoryParams, wished: Wishes = NO_WISHES
) -> Identity:
    """Known ids by shared identifiers, new ids from the strongest identifier.

    texts: at least one per asset. A text that several assets have identifies none of them; assets with no other keep
    apart by their ordinal, in the order of their numbers. wished: goes before what is recognised.
    """
    shared = pl.col("asset").n_unique().over("text") > 1
    marked = texts.with_columns(shared.alias("shared"), _kind(pl.col("text")).alias("kind"))
    own = marked.filter(~pl.col("shared"))
    known = _one_to_one(wished.granted(_recognised(own, registry, params), registry))
    first = _strongest(marked)
    ids = _named(first.join(known, on="asset", how="left", maintain_order="left"), registry, tenant)
    return Identity(ids.sort("asset")["asset_id"], _changed_rows(ids, own, registry))


def _kind(text: pl.Expr) -> pl.Expr:
    """ "database/name:x" is of the kind "name"."""
    return text.str.extract(r"^(?:\w+/)?(\w+):", 1)


def _strongest(marked: pl.DataFrame) -> pl.DataFrame:
    """Per asset its first identifier: one of its own if it has any, the strongest kind, the least text."""
    ordered = marked.sort("asset", pl.col("kind").is_in(LAST_RESORT), "shared", "rank", "text")
    return ordered.group_by("asset", maintain_order=True).first().select("asset", "text", "shared")


def _recognised(own: pl.DataFrame, registry: pl.DataFrame, params: InventoryParams) -> pl.DataFrame:
    """Columns asset, asset_id, score: which known ids each asset may have."""
    seen = (
        registry.lazy()
        .select("asset_id", pl.col("identifiers").alias("text"))
        .explode("text", empty_as_null=False, keep_nulls=False)
    )
    seen = seen.with_columns(_kind(pl.col("text")).alias("kind"))
    agreeing = (
        own.lazy()
        .join(seen.select("asset_id", "text"), on="text")
        .group_by("asset", "asset_id")
        .agg(
            pl.col("kind").unique().replace_strict(_WORTH, return_dtype=pl.Float64()).sum().alias("score"),
            pl.col("kind").unique().alias("kinds"),
        )
    )
    scored = agreeing
    for kind, penalty in _DIFFERENT.items():
        scored = _less_where_different(scored, own.lazy(), seen, kind, penalty)
    return scored.filter(pl.col("score") >= params.registry_accept).select("asset", "asset_id", "score").collect()


def _less_where_different(
    scored: pl.LazyFrame, own: pl.LazyFrame, seen: pl.LazyFrame, kind: str, penalty: float
) -> pl.LazyFrame:
    here = own.filter(pl.col("kind") == kind).select("asset").unique().with_columns(here=pl.lit(value=True))
    there = seen.filter(pl.col("kind") == kind).select("asset_id").unique().with_columns(there=pl.lit(value=True))
    differ = pl.col("here") & pl.col("there") & ~pl.col("kinds").list.contains(kind)
    return (
        scored.join(here, on="asset", how="left")
        .join(there, on="asset_id", how="left")
        .with_columns(pl.col("score") + pl.when(differ.fill_null(value=False)).then(penalty).otherwise(0.0))
        .drop("here", "there")
    )


def _one_to_one(candidates: pl.DataFrame) -> pl.DataFrame:
    """The best candidate first; whoever loses an id may still take its next best."""
    taken = []
    left = candidates.sort(["score", "asset_id", "asset"], descending=[True, False, False])
    while len(left):
        best = left.filter(pl.col("asset").is_first_distinct() & pl.col("asset_id").is_first_distinct())
        taken.append(best.select("asset", "asset_id"))
        left = left.join(best, on="asset", how="anti", maintain_order="left").join(
            best, on="asset_id", how="anti", maintain_order="left"
        )
    return pl.concat(taken) if taken else candidates.select("asset", "asset_id")


def _named(first: pl.DataFrame, registry: pl.DataFrame, tenant: str) -> pl.DataFrame:
    """Adds identifier and ordinal, and the asset_id of assets that are new.

    Those that share their identifier count from 0 in every run, so the same export gives the same ids again; others
    count on from what the registry holds under the identifier.
    """
    known = (
        first.filter(pl.col("asset_id").is_not_null())
        .drop("text")
        .join(
            registry.select("asset_id", pl.col("identifier").alias("text"), "ordinal"),
            on="asset_id",
            maintain_order="left",
        )
    )
    new = _numbered(first.filter(pl.col("asset_id").is_null()), known, registry)
    new = new.with_columns(asset_ids(tenant, new["text"], new["ordinal"]))
    columns = ["asset", "asset_id", "text", "ordinal"]
    return pl.concat([known.select(columns), new.select(columns)]).rename({"text": "identifier"})


def _numbered(new: pl.DataFrame, known: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """The new assets with their ordinals: of a shared identifier those that no recognised asset of this run has."""
    used = registry.group_by("identifier").agg(pl.col("ordinal").max().alias("used"))
    placed = new.with_columns(pl.int_range(pl.len()).over("text").alias("place"))
    found = placed.join(used, left_on="text", right_on="identifier", how="left", maintain_order="left")
    found = found.join(_free(placed.filter("shared"), known), on=["text", "place"], how="left", maintain_order="left")
    return found.with_columns(pl.coalesce("free", pl.col("used").fill_null(-1) + 1 + pl.col("place")).alias("ordinal"))


def _free(shared: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """text, place, free: per shared identifier as many ordinals as it has new assets, the least first."""
    taken = known.group_by("text").agg(pl.col("ordinal").alias("taken"))
    sizes = shared.group_by("text").agg(pl.len().cast(pl.Int64).alias("size")).join(taken, on="text", how="left")
    held = pl.col("taken").fill_null([])
    free = pl.int_ranges(0, pl.col("size") + held.list.len()).list.set_difference(held).list.sort()
    exploded = sizes.select("text", free.alias("free")).explode("free", empty_as_null=False, keep_nulls=False)
    return exploded.with_columns(pl.int_range(pl.len()).over("text").alias("place"))


def _changed_rows(ids: pl.DataFrame, own: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """REGISTRY rows of assets that have texts the registry lacks; new assets have at least their identifier."""
    held = (
        registry.lazy()
        .select("asset_id", pl.col("identifiers").alias("text"))
        .explode("text", empty_as_null=False, keep_nulls=False)
    )
    named = ids.lazy().select("asset_id", pl.col("identifier").alias("text"))
    lasting = _lasting(own.lazy()).join(ids.lazy().select("asset", "asset_id"), on="asset").select("asset_id", "text")
    added = pl.concat([lasting, named]).join(held, on=["asset_id", "text"], how="anti").unique()
    changed = added.select("asset_id").unique()
    every = pl.concat([added, held.join(changed, on="asset_id", how="semi")])
    identifiers = every.group_by("asset_id").agg(pl.col("text").sort().alias("identifiers"))
    rows = identifiers.join(ids.lazy(), on="asset_id").sort("asset_id")
    return rows.select(pl.col(name).cast(dtype) for name, dtype in REGISTRY.items()).collect()


def _lasting(own: pl.LazyFrame) -> pl.LazyFrame:
    """The texts worth remembering, the strongest where there are too many."""
    lasting = own.filter(~pl.col("kind").is_in(LAST_RESORT))
    place = pl.struct("rank", "text").rank("ordinal").over("asset")
    crowded = pl.len().over("asset") > _MOST_TEXTS
    return lasting.filter(~crowded | (place <= _MOST_TEXTS))
