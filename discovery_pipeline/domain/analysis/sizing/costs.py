"""What the chosen types and disks come to per month, the range about it, and how sure that is.

Money is in the catalogue's currency per month. Keep out: what fits (fitting) and the sentences (reasons).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.sizing.assumptions import assumptions

_DAYS = 365.25


def _drift() -> pl.Expr:
    """The share by which prices may have moved between their day and that of the data, either way."""
    days = (pl.col("as_of") - pl.col("priced_at")).dt.total_days().abs()
    return days / _DAYS * float(assumptions()["drift_per_year"])


def _total(prefix: str, spread: pl.Expr, storage: str, month: float) -> pl.Expr:
    """Of the type that holds the range's end, with its storage; null where no type holds it."""
    compute = (pl.col(f"{prefix}_hour") * spread + pl.col(f"{prefix}_licence_hour")) * month
    return compute + (pl.col(storage) * pl.col("gib_month") * spread).fill_null(0.0)


def costed(chosen: pl.DataFrame, month: float) -> pl.DataFrame:
    """chosen plus the prices, totals and confidence of SIZING.

    chosen: NEEDS x TERMS with hour and licence_hour of the type, low_* and high_* of those that hold the range's ends,
    as_of and priced_at. month: hours in a month. A price that isn't known stays null. The range's ends enclose the
    total; where no type holds the high end, it is the total in proportion to the vCPUs.
    """
    compute = (pl.col("hour") + pl.col("licence_hour")) * month
    reserved = (pl.col("hour") * (1 - pl.col("save")) + pl.col("licence_hour")) * month
    storage = pl.col("storage") * pl.col("gib_month")
    priced = chosen.with_columns(
        compute_on_demand=compute, compute_reserved=reserved, storage_price=pl.when(compute.is_not_null()).then(storage)
    ).with_columns(
        total_on_demand=pl.col("compute_on_demand") + pl.col("storage_price").fill_null(0.0),
        total_reserved=pl.col("compute_reserved") + pl.col("storage_price").fill_null(0.0),
        drift=_drift(),
    )
    low = _total("low", pl.col("low"), "storage_low", month) * (1 - pl.col("drift"))
    high = _total("high", pl.col("high"), "storage_high", month)
    beyond = pl.col("total_on_demand") * pl.max_horizontal(pl.col("cpus_high") / pl.col("cpus"), 1.0)
    total = pl.col("total_on_demand")
    ranged = priced.with_columns(
        total_low=pl.when(total.is_not_null()).then(pl.min_horizontal(low, total)),
        total_high=pl.when(total.is_not_null()).then(
            pl.max_horizontal(pl.coalesce(high, beyond) * (1 + pl.col("drift")), total)
        ),
    )
    return ranged.with_columns(confidence=_confidence())


def _confidence() -> pl.Expr:
    """1 less half the range's width against its middle: a range of 100 to 300 gives 0.5; less without the disks."""
    low, high = pl.col("total_low"), pl.col("total_high")
    narrow = 1 - (high - low) / (high + low)
    words = assumptions()
    whole = pl.when(pl.col("storage").is_null()).then(float(words["without_storage"])).otherwise(1.0)
    sure = pl.min_horizontal(narrow, pl.lit(float(words["surest"]))) * whole
    return pl.when(low.is_not_null()).then(sure.round(3)).otherwise(0.0)
