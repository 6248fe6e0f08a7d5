"""Stable ids: an asset keeps the asset_id under which any of its identifiers was seen before.

Keep out: which records are one asset (matching.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import REGISTRY
from discovery_pipeline.domain.inventory.identities.hashing import asset_ids
from discovery_pipeline.domain.inventory.identities.wishes import NO_WISHES, Wishes
from discovery_pipeline.domain.inventory.params import InventoryParams

# What it is worth that a text of this kind is known from before.
_WORTH = {
    "uuid": 8.0, "source_id": 6.0, "serial": 6.0, "application": 6.0, "hypervisor": 5.0, "cluster": 5.0, "mac": 4.0,
    "fqdn": 4.0, "tag": 3.0, "name": 2.0, "ip": 1.5, "row": 2.0,
}  # fmt: skip
# Both have one and they differ: the successor under an old name gets an id of its own.
_DIFFERENT = {"uuid": -6.0, "serial": -4.0}
# An address on another network card says nothing.
_MOVING = "mac"
# Addresses and places in a file move on; they name an asset only when it has nothing else.
LAST_RESORT = ("ip", "row")
_ADDRESS = "ip"
_HELD_ADDRESS = r"^(?:\w+/)?ip:"
_MOST_TEXTS = 24
# What has more addresses of its own than this is a network device or a cluster, and known by other things.
_MOST_ADDRESSES = 4

# Texts "kind:value" that say who an asset is, each once per asset. rank: the strongest 0.
Texts = pl.DataFrame
TEXTS = {"asset": pl.UInt32(), "rank": pl.Int8(), "kind": pl.Enum(list(_WORTH)), "text": pl.String()}


@dataclass(frozen=True)
class Identity:
    """asset_id: per asset number. registry: rows that are new or have changed, as REGISTRY.

    merged: asset_id, into: known ids that no asset has any more because what they were known by is part of another.
    """

    asset_id: pl.Series
    registry: pl.DataFrame
    merged: pl.DataFrame


NOBODY = pl.Series("asset_id", [], dtype=pl.String())


def assign_ids(
    texts: Texts,
    registry: pl.DataFrame,
    tenant: str,
    params: InventoryParams,
    wished: Wishes = NO_WISHES,
    present: pl.Series = NOBODY,
) -> Identity:
    """Known ids by shared identifiers, new ids from the strongest identifier.

    texts: at least one per asset. A text that several assets have identifies none of them; assets with no other keep
    apart by their ordinal, in the order of their numbers. wished: goes before what is recognised. present: known ids
    that were there a delivery ago; only of those an address may be the same machine's still, under another name.
    """
    marked = texts.with_columns(pl.col("text").is_in(_shared(texts).implode()).alias("shared"))
    own = marked.filter(~pl.col("shared"))
    candidates = wished.granted(_recognised(own, registry, present, params), registry)
    known = _one_to_one(candidates)
    first = _strongest(marked).join(known, on="asset", how="left", maintain_order="left")
    ids = _named(first, registry, tenant)
    asset_id = ids["asset_id"]
    return Identity(asset_id, _changed_rows(ids, own, registry), _merged(candidates, asset_id))


def kind_of(text: pl.Expr) -> pl.Expr:
    """ "database/name:x" is of the kind "name"."""
    return text.str.extract(r"^(?:\w+/)?(\w+):", 1)


def _shared(texts: Texts) -> pl.Series:
    """The texts that several assets have."""
    # By their hashes first, at a third of the price: what stands once is of one asset.
    again = texts.filter(pl.col("text").hash().is_duplicated())
    return again.filter(pl.col("asset").n_unique().over("text") > 1)["text"].unique()


def _strongest(marked: pl.DataFrame) -> pl.DataFrame:
    """Per asset its first identifier: one of its own if it has any, the strongest kind, the least text."""
    last_resort, shared = pl.col("kind").is_in(LAST_RESORT).cast(pl.Int32), pl.col("shared").cast(pl.Int32)
    weakness = last_resort * 512 + shared * 256 + pl.col("rank")
    best = marked.filter(weakness == weakness.min().over("asset"))
    return best.sort("asset", "text").unique("asset", keep="first", maintain_order=True)


def _recognised(own: pl.DataFrame, registry: pl.DataFrame, present: pl.Series, params: InventoryParams) -> pl.DataFrame:
    """Columns asset, asset_id, score: which known ids each asset may have."""
    seen = _remembered(registry, present)
    agreeing = (
        own.select("asset", "text", "kind")
        .join(seen.select("known", "text"), on="text")
        .unique(["asset", "known", "kind"])
        .with_columns(pl.col("kind").cast(pl.String()).replace_strict(_WORTH, return_dtype=pl.Float64()).alias("worth"))
        .group_by("asset", "known")
        .agg(
            pl.col("worth").sum().alias("score"),
            *((pl.col("kind") == kind).any().alias(kind) for kind in (*_DIFFERENT, _MOVING, _ADDRESS)),
        )
    )
    for kind, penalty in _DIFFERENT.items():
        differ = _both_have(kind, own, seen) & ~pl.col(kind)
        agreeing = agreeing.with_columns(pl.col("score") + pl.when(differ).then(penalty).otherwise(0.0))
    taken_over = pl.col(_ADDRESS) & _both_have(_MOVING, own, seen) & ~pl.col(_MOVING)
    agreeing = agreeing.with_columns(pl.col("score") - pl.when(taken_over).then(_WORTH[_ADDRESS]).otherwise(0.0))
    accepted = agreeing.filter(pl.col("score") >= params.registry_accept)
    return accepted.select("asset", registry["asset_id"].gather(accepted["known"]).alias("asset_id"), "score")


def _both_have(kind: str, own: pl.DataFrame, seen: pl.DataFrame) -> pl.Expr:
    here, there = (frame.filter(pl.col("kind") == kind) for frame in (own, seen))
    return pl.col("asset").is_in(here["asset"].implode()) & pl.col("known").is_in(there["known"].implode())


def _remembered(registry: pl.DataFrame, present: pl.Series) -> pl.DataFrame:
    """Columns known (position in the registry), text, kind; addresses only of what is present."""
    is_present = pl.col("asset_id").is_in(present.implode()).alias("present")
    texts = registry.select(is_present, pl.col("identifiers").alias("text")).with_row_index("known")
    seen = texts.explode("text", empty_as_null=False, keep_nulls=False)
    kinds = seen.with_columns(kind_of(pl.col("text")).cast(TEXTS["kind"]).alias("kind"))
    return kinds.filter((pl.col("kind") != _ADDRESS) | pl.col("present")).drop("present")


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


def _merged(candidates: pl.DataFrame, asset_id: pl.Series) -> pl.DataFrame:
    """asset_id, into: of the ids that nobody took, each with the asset that it fits best."""
    lost = candidates.filter(~pl.col("asset_id").is_in(asset_id.implode()))
    best = lost.sort(["asset_id", "score", "asset"], descending=[False, True, False])
    each = best.unique("asset_id", keep="first", maintain_order=True)
    return each.select("asset_id", asset_id.gather(each["asset"]).alias("into"))


def _named(first: pl.DataFrame, registry: pl.DataFrame, tenant: str) -> pl.DataFrame:
    """By asset: identifier and ordinal, and the asset_id of assets that are new. first: with `asset_id` where known.

    Those that share their identifier count from 0 in every run, so the same export gives the same ids again; others
    count on from what the registry holds under the identifier.
    """
    is_new = pl.col("asset_id").is_null()
    known = (
        first.filter(~is_new)
        .drop("text")
        .join(
            registry.select("asset_id", pl.col("identifier").alias("text"), "ordinal"),
            on="asset_id",
            maintain_order="left",
        )
    )
    new = _numbered(first.filter(is_new), known, registry)
    new = new.with_columns(asset_ids(tenant, new["text"], new["ordinal"]))
    rows = pl.concat(
        [known.with_columns(new=pl.lit(value=False)), new.with_columns(new=pl.lit(value=True))], how="diagonal"
    )
    return rows.rename({"text": "identifier"}).sort("asset")


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
    """REGISTRY rows of assets that have texts the registry lacks; new assets have at least their identifier.

    Of addresses the registry holds those that the asset has now.
    """
    held = (
        registry.select("asset_id", pl.col("identifiers").alias("text"))
        .join(ids.select("asset", "asset_id", "identifier"), on="asset_id")
        .explode("text", empty_as_null=False, keep_nulls=False)
    )
    # Of a new asset the identifier is among the lasting texts, unless it is none of those.
    weak = ids.filter("new", pl.col("shared") | pl.col("kind").is_in(LAST_RESORT))
    weak = weak.select("asset", pl.col("identifier").alias("text"))
    addresses = _addresses(own)
    texts = pl.concat([_lasting(own), addresses.join(weak, on=["asset", "text"], how="anti"), weak])
    added = texts.join(held, on=["asset", "text"], how="anti")
    may_go = pl.col("text").str.contains(_HELD_ADDRESS) & (pl.col("text") != pl.col("identifier"))
    dropped = held.filter(may_go).join(addresses, on=["asset", "text"], how="anti")
    changed = pl.concat([added["asset"], dropped["asset"]]).unique().to_frame()
    kept = held.join(changed, on="asset", how="semi").join(dropped, on=["asset", "text"], how="anti")
    every = pl.concat([added, kept.select("asset", "text")])
    # Sorting once costs half of sorting every asset's own list.
    listed = every.sort("asset", "text").group_by("asset", maintain_order=True).agg(pl.col("text").alias("identifiers"))
    rows = ids.join(listed, on="asset", maintain_order="left")
    return rows.select(pl.col(name).cast(dtype) for name, dtype in REGISTRY.items())


def _addresses(own: pl.DataFrame) -> pl.DataFrame:
    """asset, text: the addresses by which an asset may be found again in the next delivery."""
    found = own.filter(pl.col("kind") == _ADDRESS)
    return found.filter(pl.len().over("asset") <= _MOST_ADDRESSES).select("asset", "text")


def _lasting(own: pl.DataFrame) -> pl.DataFrame:
    """asset, text: the texts worth remembering, the strongest where there are too many."""
    lasting = own.filter(~pl.col("kind").is_in(LAST_RESORT))
    crowded = lasting.filter(pl.len().over("asset") > _MOST_TEXTS)
    place = pl.struct("rank", "text").rank("ordinal").over("asset")
    others = lasting.join(crowded, on="asset", how="anti") if len(crowded) else lasting
    return pl.concat([others, crowded.filter(place <= _MOST_TEXTS)]).select("asset", "text")
