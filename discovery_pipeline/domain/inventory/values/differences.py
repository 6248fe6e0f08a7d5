"""How much two values of a field differ, where it matters: from 0, the same for every purpose, to 1.

Keep out: whose value wins (merge.py), what is told of a conflict (conflicts.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.inventory.matching.identifiers import serial_key, uuid_key
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.systems.parse import parse


@dataclass(frozen=True)
class Watched:
    """A field whose conflicts people want to see. weight: what it matters, in [0, 1]."""

    weight: float
    advice: str


_STALE = "check which source is out of date"
WATCHED = {
    "serial_number": Watched(
        0.9, "check that the records are one machine; a replaced board or a wrong match shows here first"
    ),
    "uuid": Watched(0.9, "check that the records are one machine; a clone or a wrong match shows here first"),
    "os_name": Watched(0.9, _STALE),
    "environment": Watched(0.8, "settle it with the owner: waves and readiness rest on it"),
    "lifecycle_status": Watched(0.8, "settle whether it still runs: what is retired is not moved"),
    "is_virtual": Watched(0.7, "check that the records are one machine"),
    "criticality": Watched(0.5, "settle it with the owner: waves rest on it"),
    "memory_mib": Watched(0.5, _STALE),
    "cpu_count": Watched(0.5, f"{_STALE}, and whether one of them counts sockets"),
    "storage_total_gib": Watched(0.4, f"{_STALE}, and whether one of them counts what is used"),
}  # fmt: skip
# What some tools count and call by the name of the field: no conflict with it.
COUNTED_FOR = {"cpu_count": ("cpu_sockets", "cpu_cores")}
# Of these kinds only the crossing of the border is a full difference.
_BORDERS = {"environment": ("production",), "lifecycle_status": ("retired", "missing")}
_WITHIN = 0.4
# What stands between a version and what refines it: "7.9", "2012 R2".
_PARTS = (".", " ")
_ONE, _OTHER = pl.col("one"), pl.col("other")


def difference(field: str, one: pl.Series, other: pl.Series, params: InventoryParams) -> pl.Series:
    """Series `size` of pairs of values of one of WATCHED; 0 where either is missing."""
    pairs = pl.DataFrame({"one": one, "other": other})
    if field == "os_name":
        return _systems(pairs)
    if one.dtype.is_numeric():
        size = _figures(params)
    elif field in _BORDERS:
        crossed = _ONE.is_in(_BORDERS[field]) != _OTHER.is_in(_BORDERS[field])
        size = pl.when(_ONE == _OTHER).then(0.0).when(crossed).then(1.0).otherwise(_WITHIN)
    elif field in _KEYS:
        size = (_KEYS[field](_ONE) != _KEYS[field](_OTHER)).cast(pl.Float64())
    else:
        size = (_ONE != _OTHER).cast(pl.Float64())
    return pairs.lazy().select(size.fill_null(0.0).alias("size")).collect().to_series()


_KEYS = {"serial_number": serial_key, "uuid": uuid_key}


def _figures(params: InventoryParams) -> pl.Expr:
    """The part by which the lesser falls short of the greater; zero is a gap, and little is nothing."""
    short = 1 - pl.min_horizontal(_ONE, _OTHER) / pl.max_horizontal(_ONE, _OTHER)
    material = (_ONE > 0) & (_OTHER > 0) & (short > params.memory_tolerance)
    return pl.when(material).then(short).otherwise(0.0)


def _systems(pairs: pl.DataFrame) -> pl.Series:
    """Another family is another system; another product or version of it may be an upgrade that one source missed.

    What names no system, or leaves open what the other says, does not differ.
    """
    read = parse(pl.concat([pairs["one"], pairs["other"].alias("one")])).select(
        "text", "family", pl.when(~pl.col("generic")).then("product").alias("product"),
        pl.when(pl.col("span").is_null()).then("version").alias("version"),
    )  # fmt: skip
    both = pairs.join(read, left_on="one", right_on="text", how="left", maintain_order="left").join(
        read, left_on="other", right_on="text", how="left", maintain_order="left", suffix="_other"
    )
    version, other = pl.col("version"), pl.col("version_other")
    part = pl.any_horizontal(
        one.str.starts_with(two + mark) for one, two in ((version, other), (other, version)) for mark in _PARTS
    )
    family, product = (pl.col(name) != pl.col(f"{name}_other") for name in ("family", "product"))
    further = (product | ((version != other) & ~part)).fill_null(value=False)
    size = pl.when(family).then(1.0).when(further).then(_WITHIN).otherwise(0.0)
    return both.select(size.alias("size")).to_series()
