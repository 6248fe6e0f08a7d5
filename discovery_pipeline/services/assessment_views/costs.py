"""What the estate would cost a month by the catalogue, per provider, strategy and wave, and what has no price.

Keep out: sizing and prices themselves (domain/analysis/sizing).
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.assessment_views.estate import AssessedEstate

# Per month. low, high: bounds of on demand. price_date: of the oldest price that counts. reserved: of those machines
# that have a reserved price; null where none has.
TOTALS: FrameSchema = {
    "provider": pl.String(), "region": pl.String(), "machines": pl.Int64(), "on_demand": pl.Float64(),
    "reserved": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(), "price_date": pl.Date(),
}  # fmt: skip
GROUPED: FrameSchema = {
    "value": pl.String(), "machines": pl.Int64(), "priced": pl.Int64(), "on_demand": pl.Float64(),
    "reserved": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
}  # fmt: skip
By = Literal["strategy", "wave", "environment", "type"]
_SUMS = {"on_demand": "total_on_demand", "reserved": "total_reserved", "low": "total_low", "high": "total_high"}


def totals(estate: AssessedEstate) -> pl.DataFrame:
    """TOTALS, of the newest prices first, then the cheapest on demand; empty where nothing has a price."""
    if not estate.run.has("analysis", "sizing"):
        return pl.DataFrame(schema=TOTALS)
    priced = estate.run.scan("analysis", "sizing").drop_nulls("total_on_demand")
    summed = priced.group_by("provider").agg(
        pl.col("region").drop_nulls().unique().sort().str.join(", "), machines=pl.len(),
        price_date=pl.col("price_date").min(), **_sums(),
    ).collect()  # fmt: skip
    told = summed.select(pl.col(name).cast(dtype) for name, dtype in TOTALS.items())
    return told.sort(["price_date", "on_demand", "provider"], descending=[True, False, False])


def costs_by(estate: AssessedEstate, provider: str, by: By) -> pl.DataFrame:
    """GROUPED over the machines that move, priced or not, the dearest first, waves in their order."""
    sized = estate.priced(provider).filter("sized")
    summed = sized.group_by(value=by).agg(
        machines=pl.len(), priced=pl.col("total_on_demand").count(), **_sums()
    )  # fmt: skip
    ordered = summed.sort("value" if by == "wave" else "on_demand", descending=by != "wave", nulls_last=True)
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in GROUPED.items())


def unpriced(estate: AssessedEstate) -> pl.DataFrame:
    """Columns reason, machines: machines that move and could not be sized, as the analysis counted them."""
    told = (estate.summary.get("sizing") or {}).get("not_sized") or {}
    found = pl.DataFrame(list(told.items()), schema={"reason": pl.String(), "machines": pl.Int64()}, orient="row")
    return found.sort(["machines", "reason"], descending=[True, False])


def _sums() -> dict[str, pl.Expr]:
    """Sums that are null where nothing was added up."""
    return {name: pl.when(pl.col(of).count() > 0).then(pl.col(of).sum()) for name, of in _SUMS.items()}
