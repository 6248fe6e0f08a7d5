"""Prices in the regions that a tenant wants: the base region's times the region's factor, with its spread.

Keep out: which types may be used, and what fits.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.errors import UsageError

# One row per provider wanted. low, high: the spread of the region's prices about their middle, as factors (1 = none).
# save_*: the share that the reservation of the plan's term saves. gib_month: of the priced disk, in the region.
TERMS = {
    "provider": pl.String(), "region": pl.String(), "base": pl.String(), "factor": pl.Float64(), "low": pl.Float64(),
    "high": pl.Float64(), "save_least": pl.Float64(), "save": pl.Float64(), "save_most": pl.Float64(),
    "disk": pl.String(), "gib_month": pl.Float64(), "iops": pl.Int64(), "disk_priced_at": pl.Date(),
}  # fmt: skip


def terms(catalogue: Catalogue, params: SizingParams) -> pl.DataFrame:
    """TERMS of the plan's providers. Raises UsageError for a provider or region that the catalogue doesn't have."""
    rows = []
    for provider in params.providers:
        if provider not in catalogue.offers:
            raise UsageError(
                f"the price catalogue has no {provider}", where="plan, sizing.providers", advice="name others"
            )
        offer = catalogue.offers[provider]
        region = params.regions.get(provider, offer.region)
        if region not in offer.regions:
            raise UsageError(
                f"the price catalogue has no region {region!r} of {provider}",
                where="plan, sizing.regions",
                advice=f"it has {', '.join(sorted(offer.regions))}",
            )
        middle, low, high = offer.regions[region]
        disk = offer.storage
        rows.append(
            (provider, region, offer.region, middle, min(low / middle, 1.0), max(high / middle, 1.0),
             *offer.reserved[params.term], disk.name, disk.gib_month * middle, disk.iops, disk.priced_at)
        )  # fmt: skip
    return pl.DataFrame(rows, schema=TERMS, orient="row")


def usable(catalogue: Catalogue, wanted: pl.DataFrame, params: SizingParams) -> pl.DataFrame:
    """TYPES that the plan allows, with the price in the region. wanted: TERMS."""
    types = catalogue.types.join(wanted.select("provider", "factor"), on="provider")
    if not params.previous_generation:
        types = types.filter(~pl.col("previous"))
    return types.with_columns(hour=pl.col("hour") * pl.col("factor")).drop("factor")
