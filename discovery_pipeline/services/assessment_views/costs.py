"""What the estate would cost a month by the catalogue, per strategy and wave, and what has no price.

Keep out: totals per provider (estate.py); sizing and prices themselves (domain/analysis/sizing).
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.assessment_views.estate import AssessedEstate, sums

GROUPED: FrameSchema = {
    "value": pl.String(), "machines": pl.Int64(), "priced": pl.Int64(), "on_demand": pl.Float64(),
    "reserved": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(),
}  # fmt: skip
By = Literal["strategy", "wave", "environment", "type"]


def costs_by(estate: AssessedEstate, provider: str, by: By) -> pl.DataFrame:
    """GROUPED over the machines that move, priced or not, the dearest first, waves in their order."""
    sized = estate.priced(provider).filter("sized")
    summed = sized.group_by(value=by).agg(
        machines=pl.len(), priced=pl.col("total_on_demand").count(), **sums()
    ).collect()  # fmt: skip
    ordered = summed.sort("value" if by == "wave" else "on_demand", descending=by != "wave", nulls_last=True)
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in GROUPED.items())


def unpriced(estate: AssessedEstate) -> pl.DataFrame:
    """Columns reason, machines: machines that move and could not be sized, as the analysis counted them."""
    told = (estate.summary.get("sizing") or {}).get("not_sized") or {}
    found = pl.DataFrame(list(told.items()), schema={"reason": pl.String(), "machines": pl.Int64()}, orient="row")
    return found.sort(["machines", "reason"], descending=[True, False])
