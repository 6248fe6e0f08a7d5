"""Lists of an asset are united over its claims; addresses only as far as they are the asset's own.

Keep out: single values (merge.py).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.inventory.claims import Claims
from discovery_pipeline.domain.inventory.merge import Merged


def unite_field(field: str, claims: Claims) -> Merged:
    """Distinct items of all claims per asset, sorted; rule only_claim, agreed or united."""
    items = (
        claims.frame.lazy()
        .select("asset", "record_no", "table_no", "observed", "stale", pl.col(field).alias("item"))
        .explode("item", empty_as_null=False, keep_nulls=False)
        .drop_nulls("item")
    )
    if field == "ip_address":
        items = _own_addresses(items)
    records = items.group_by("asset", "record_no").agg(pl.col("item").unique().sort())
    united = (
        records.sort("asset", "record_no")
        .group_by("asset", maintain_order=True)
        .agg(
            pl.col("item").explode(empty_as_null=False).unique().sort().alias("items"),
            pl.len().alias("claimants"),
            (pl.col("item").n_unique() == 1).alias("same"),
            pl.col("record_no").first(),
        )
        .collect()
    )
    return _spread(united, claims.assets)


def _spread(united: pl.DataFrame, assets: int) -> Merged:
    """From the assets that have items to all assets."""
    rule = (
        pl.when(pl.col("claimants") == 1)
        .then(pl.lit("only_claim"))
        .when(pl.col("same"))
        .then(pl.lit("agreed"))
        .otherwise(pl.lit("united"))
    )
    origin = pl.when((pl.col("claimants") == 1) | pl.col("same")).then("record_no")
    found = united.select("asset", "items", rule.alias("rule"), origin.alias("origin"))
    numbers = pl.DataFrame({"asset": pl.int_range(assets, dtype=pl.UInt32, eager=True)})
    spread = numbers.join(found, on="asset", how="left", maintain_order="left")
    return Merged(spread["items"], spread["origin"], spread["rule"])


def _own_addresses(items: pl.LazyFrame) -> pl.LazyFrame:
    """Addresses that are the asset's own.

    What a tool saw lately on the machine is its own, and so is what two tables agree in. An address that people only
    wrote down, or that a stale record saw, gives way where a tool sees other addresses of the same version on this
    machine or sees this address on another one.
    """
    live = pl.col("observed") & ~pl.col("stale")
    version = pl.col("item").str.contains(":", literal=True).alias("version")
    judged = items.with_columns(version, live.alias("live")).with_columns(
        pl.col("live").any().over("asset", "version").alias("asset_observed"),
        pl.col("live").any().over("item").alias("item_observed"),
        pl.col("live").any().over("asset", "item").alias("observed_here"),
        (pl.col("table_no").n_unique().over("asset", "item") > 1).alias("agreed"),
    )
    elsewhere = pl.col("item_observed") & ~pl.col("observed_here")
    own = pl.col("live") | pl.col("observed_here") | (~elsewhere & (pl.col("agreed") | ~pl.col("asset_observed")))
    return judged.filter(own)
