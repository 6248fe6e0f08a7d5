"""The ends of talks as places: an asset, one of several that claim an address, or an address of none.

Talks at an address that was handed on stand at the asset that held it on their day. Keep out: directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.ends.directory import Directory
from discovery_pipeline.domain.dependencies.ends.endpoints import NOBODY, resolve_endpoints
from discovery_pipeline.domain.dependencies.ends.tenure import holders
from discovery_pipeline.domain.dependencies.observed.connections import ATTEMPTS, OPEN_PORTS, Observed

# assets: who is meant, several where it is ambiguous, none outside the inventory. nobody: no machine in particular.
# reused: decided by the day, of an address that several assets claim. untimely: nobody who claims it lived on that day.
PLACES: dict[str, pl.DataType] = {
    "place": pl.UInt32(), "assets": pl.List(pl.String()), "address": pl.String(), "nobody": pl.Boolean(),
    "reused": pl.Boolean(), "untimely": pl.Boolean(),
}  # fmt: skip
_SPOT = ["end", "day"]


@dataclass(frozen=True)
class Placed:
    """talks: TALKS whose client and server are places. places: PLACES. conflicts: host, ip, asset_id of ends.

    ambiguous: address and the assets that claim it. listening, attempts: OPEN_PORTS and ATTEMPTS by place.
    """

    talks: pl.DataFrame
    places: pl.DataFrame
    listening: pl.DataFrame
    attempts: pl.DataFrame
    conflicts: pl.DataFrame
    ambiguous: pl.DataFrame


def _spots(seen: Observed) -> pl.DataFrame:
    sides = [seen.talks.select(end=side, day="day") for side in ("client", "server")]
    others = [frame.select("end", day=pl.lit(None, pl.Date)) for frame in (seen.listening, seen.attempts)]
    return pl.concat([*sides, *others]).unique().sort(_SPOT, nulls_last=True)


def _by_day(spots: pl.DataFrame, claims: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Columns end, day, held, claimed: of spots at dated addresses, who held the address on that day (null: nobody)."""
    asked = spots.filter("by_address", pl.col("day").is_not_null())
    held = holders(claims, asked.select("ip", "day").unique(), lives)
    listed = held.group_by("ip", "day", maintain_order=True).agg(held="asset_id")
    several = claims.group_by("ip").agg(claimed=pl.len())
    joined = asked.join(several, on="ip").join(listed, on=["ip", "day"], how="left")
    return joined.select(*_SPOT, "held", "claimed")


def _resolved(seen: Observed, directory: Directory, claims: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Columns end, day, assets, address, nobody, reused, one row a spot."""
    endpoints = resolve_endpoints(directory, seen.ends)
    named = endpoints.group_by("host", "ip", maintain_order=True).agg(
        pl.col("asset_id").drop_nulls().alias("assets"), pl.col("address", "nobody", "by_address").first()
    )
    ends = seen.ends.join(named, on=["host", "ip"], how="left", nulls_equal=True)
    spots = _spots(seen).join(ends, on="end", how="left")
    dated = _by_day(spots, claims, lives)
    # Where dated records show that somebody else had the address, those without a date may be his.
    before = dated.filter(pl.col("held").is_null()).select("end").unique().with_columns(before=pl.lit(value=True))
    joined = spots.join(dated, on=_SPOT, how="left", nulls_equal=True).join(before, on="end", how="left")
    held = pl.col("held").is_not_null()
    # Local addresses that only a broadcast reaches are nobody's either, whatever host name stands beside them.
    nobody = pl.col("nobody") | pl.col("ip").str.contains(NOBODY).fill_null(value=False)
    broadcast = (pl.col("assets").list.len() == 0) & pl.col("address").str.ends_with(".255").fill_null(value=False)
    return joined.with_columns(
        assets=pl.coalesce("held", "assets"),
        reused=held & (pl.col("held").list.len() == 1) & (pl.col("claimed") > 1),
        untimely=(pl.col("claimed").is_not_null() | (pl.col("before") & pl.col("day").is_null())) & ~held,
        nobody=nobody | broadcast,
    ).select(*_SPOT, "host", "ip", "assets", "address", "nobody", pl.col("reused", "untimely").fill_null(value=False))


def _numbered(spots: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(end, day -> place; PLACES): spots of the same assets are one place, those of none one an address."""
    known = pl.col("assets").list.len() > 0
    who = pl.when(known).then(pl.col("assets").list.join("\x1f")).otherwise(pl.lit("\x1e") + pl.col("address"))
    # Two nobodies never meet; one place each keeps their talks out without joining them.
    keyed = spots.with_columns(who=pl.when("nobody").then(pl.lit("\x1d")).otherwise(who.fill_null("\x1d")))
    places = (
        keyed.group_by("who", "untimely")
        .agg(
            pl.col("assets").first(), pl.col("address").min(), pl.col("nobody").first(), pl.col("reused").all()
        )
        .sort("who", "untimely")
        .with_row_index("place")
    )  # fmt: skip
    numbers = keyed.join(places.select("who", "untimely", "place"), on=["who", "untimely"])
    return numbers.select(*_SPOT, "place"), places.select(*PLACES)


def _ambiguous(spots: pl.DataFrame) -> pl.DataFrame:
    several = (
        spots.filter(pl.col("assets").list.len() > 1).select("address", "assets").explode("assets", empty_as_null=False)
    )
    return several.group_by("address").agg(pl.col("assets").unique().sort()).sort("address", nulls_last=True)


def placed(seen: Observed, directory: Directory, claims: pl.DataFrame, lives: pl.DataFrame) -> Placed:
    """Every talk at its places. claims: columns ip, asset_id of shared addresses. lives: TENURES."""
    spots = _resolved(seen, directory, claims, lives)
    numbers, places = _numbered(spots)
    by_end = numbers.filter(pl.col("day").is_null())
    talks = seen.talks
    for side in ("client", "server"):
        renamed = numbers.rename({"end": side, "place": f"{side}_place"})
        # Most talks have no day: those join by one number.
        plain = renamed.filter(pl.col("day").is_null()).drop("day")
        dated = talks.filter(pl.col("day").is_not_null()).join(renamed, on=[side, "day"], how="left")
        undated = talks.filter(pl.col("day").is_null()).join(plain, on=side, how="left")
        talks = pl.concat([undated, dated])
    moved = talks.drop("client", "server").rename({"client_place": "client", "server_place": "server"})

    def at_places(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
        joined = frame.join(by_end.select("end", "place"), on="end").drop("end").rename({"place": "end"})
        return joined.select(*schema).rename({"end": "place"})

    endpoints = resolve_endpoints(directory, seen.ends)
    conflicts = endpoints.filter("conflict").select("host", "ip", "asset_id").unique().sort("host", "ip")
    return Placed(
        moved.select(*seen.talks.columns),
        places,
        at_places(seen.listening, OPEN_PORTS),
        at_places(seen.attempts, ATTEMPTS),
        conflicts,
        _ambiguous(spots),
    )
