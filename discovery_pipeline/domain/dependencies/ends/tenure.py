"""When an asset held its addresses, as far as its dates tell: an address that was handed on is decided by the day.

Keep out: which addresses an asset claims (directory), and what was seen at them.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from discovery_pipeline.domain.dependencies.ends.directory import GONE_STATES, Directory

# since, until: the first and the last day of an asset's life; null where nothing bounds it.
TENURES: dict[str, pl.DataType] = {"asset_id": pl.String(), "since": pl.Date(), "until": pl.Date()}
# A source that reports once in a while leaves gaps: who was last seen this long before the newest report is gone.
_SILENT_DAYS = 14
# Clocks, zones and a hand-over during a day.
_GRACE_DAYS = 1
# More new machines than this in one time of observation are new records.
_NEWCOMERS = 0.2


def tenures(inventory: pl.DataFrame) -> pl.DataFrame:
    """TENURES of all assets: from the first day anything knows of it to its last sign of life, where it is gone."""
    seen = pl.col("last_seen").dt.date()
    newest = inventory.select(seen.max()).item()
    retired = pl.col("lifecycle_status").is_in(GONE_STATES) | pl.col("vanished").fill_null(value=False)
    silent = (seen < newest - pl.duration(days=_SILENT_DAYS)) if newest is not None else pl.lit(value=False)
    ended = retired.fill_null(value=False) | silent.fill_null(value=False)
    planned = pl.col("planned_decommission").dt.date()
    left = pl.when(planned < newest).then(planned) if newest is not None else pl.lit(None, pl.Date)
    return inventory.select(
        "asset_id",
        since=pl.min_horizontal(pl.col("install_date", "first_seen").dt.date()),
        until=pl.when(ended).then(pl.coalesce(seen, planned)).otherwise(left),
    ).select(pl.col(n).cast(t) for n, t in TENURES.items())


def dated_claims(directory: Directory, lives: pl.DataFrame, began: date | None) -> pl.DataFrame:
    """Columns ip, asset_id: machines that claim an address of which the day decides; sorted.

    Addresses of several machines, and of machines that came after `began`, the first day of observation. Where
    many assets begin after it, their dates are those of records and not of lives: only shared addresses are dated then.
    """
    machines = directory.addresses.filter("machine").select("ip", "asset_id")
    shared = pl.len().over("ip") > 1
    if began is None:
        return machines.filter(shared).sort("ip", "asset_id")
    dated = machines.join(lives, on="asset_id", how="left")
    came = (pl.col("since") > began).fill_null(value=False)
    if dated.select((came.mean() <= _NEWCOMERS).fill_null(value=True)).item():
        shared = shared | came
    return dated.filter(shared).select("ip", "asset_id").sort("ip", "asset_id")


def holders(claims: pl.DataFrame, days: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Columns ip, day, asset_id, candidates: who lived on that day, of those that claim the address.

    claims: columns ip, asset_id. days: distinct ip, day (Date). lives: TENURES. No row where nobody lived on that day.
    """
    grace = pl.duration(days=_GRACE_DAYS)
    begun = (pl.col("since") <= pl.col("day") + grace).fill_null(value=True)
    ended = (pl.col("until") < pl.col("day") - grace).fill_null(value=False)
    known = days.join(claims, on="ip").join(lives, on="asset_id")
    # What is seen at the address of one asset alone tells that it lives, whoever says that it is gone.
    alive = known.filter(begun & ~(ended & (pl.len().over("ip", "day") > 1)))
    # On the day of the hand-over both lived: the one that came is meant where the other was going.
    newest = pl.col("since").max().over("ip", "day")
    going = pl.col("until").is_not_null() & (pl.col("until") <= newest) & (pl.col("since") < newest)
    left = alive.filter(~going.fill_null(value=False)).select("ip", "day", "asset_id").unique()
    return left.with_columns(candidates=pl.len().over("ip", "day").cast(pl.UInt32)).sort("ip", "day", "asset_id")
