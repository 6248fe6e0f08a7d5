"""What rests on an asset, so that questions about it can be compared: itself, its cost, what needs it.

Keep out: how likely an answer changes anything.
"""

from __future__ import annotations

import polars as pl

WORTH = {
    "asset_id": pl.String(), "weight": pl.Float64(), "monthly_cost": pl.Float64(), "currency": pl.String(),
    "wave": pl.Int64(),
}  # fmt: skip
# Judged, not fitted: an asset counts 1, as much again when it costs what machines cost on average (10 times that at
# most), and 1 more for each doubling of the assets that its failure reaches.
_MOST_COST = 10.0


def worth(analysis: pl.DataFrame, sizing: pl.DataFrame, structure: pl.DataFrame) -> pl.DataFrame:
    """WORTH, one row per assessed asset. analysis: ANALYSIS. sizing: SIZING. structure: STRUCTURE."""
    priced = monthly_costs(sizing)
    mean = priced["monthly_cost"].sort().mean() if len(priced) else None
    relative = pl.col("monthly_cost") / mean if isinstance(mean, float) and mean > 0 else pl.lit(0.0)
    reached = structure.select("asset_id", "blast_radius")
    joined = analysis.select("asset_id", "wave").join(priced, on="asset_id", how="left")
    weight = 1 + relative.fill_null(0.0).clip(0, _MOST_COST) + (1 + pl.col("blast_radius").fill_null(0)).log(2)
    weighed = joined.join(reached, on="asset_id", how="left").with_columns(weight=weight.round(4))
    return weighed.select(pl.col(name).cast(dtype) for name, dtype in WORTH.items())


def monthly_costs(sizing: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, monthly_cost, currency: on demand, at the provider that the report shows where there is room
    for one: of the newest prices, then where all machines together cost least."""
    priced = sizing.drop_nulls(["total_on_demand", "currency"])
    totals = priced.group_by("provider", "currency").agg(
        dated=pl.col("price_date").min(), total=pl.col("total_on_demand").sum().round(2)
    )
    best = totals.sort(["dated", "total", "provider"], descending=[True, False, False], nulls_last=True).head(1)
    chosen = priced.join(best.select("provider", "currency"), on=["provider", "currency"], how="semi")
    return chosen.select("asset_id", "currency", monthly_cost="total_on_demand")
