"""What numbers can be: bounds of a field, and the unit that a whole column's values speak for."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.cleansing.units import Unit, unit_named
from discovery_pipeline.domain.schema import Field

# A machine has at least one of each; sources write 0 when they do not know.
_AT_LEAST_ONE = ("cpu_count", "cpu_cores", "cpu_sockets", "cores_per_socket", "memory_mib", "cpu_speed_mhz")
_BY_UNIT = {
    "MiB": (0.0, 2.0**30),  # 1 PiB: more than any cluster
    "GiB": (0.0, 2.0**30),  # 1 EiB
    "bytes": (0.0, 2.0**63),
    "MHz": (0.0, 100_000.0),
    "percent": (0.0, 100.0),
    "MB/s": (0.0, 1e7),
    "1/s": (0.0, 1e9),
}
_PORTS = (0.0, 65_535.0)
_MACHINE_COUNT = (0.0, 1_000_000.0)
_COUNT = (0.0, 2.0**62)
_ANY = (-1e15, 1e15)

# By unit of the schema: from which median on a column speaks for which unit, largest first. Servers have a median of
# 4 to 256 GiB of memory and 40 GiB to 20 TiB of disk; each next unit is a thousand times away.
_MEDIANS: dict[str, tuple[tuple[float, str], ...]] = {
    "MiB": ((1e9, "b"), (1.5e6, "kb"), (480.0, "mb"), (0.2, "gb")),
    "GiB": ((2e9, "b"), (2e7, "kb"), (2e4, "mb"), (0.05, "gb")),
    "MHz": ((1e6, "hz"), (100.0, "mhz"), (0.2, "ghz")),
}
# Converted medians outside of these are not believed, whatever the header says. The upper limit holds for units larger
# than the schema's: "GB" over figures in MB is a common slip, while clusters really have terabytes of memory, in MB.
_TYPICAL = {"MiB": (64.0, 8.0 * 2**20), "GiB": (0.05, 2.0**20), "MHz": (100.0, 10_000.0)}
# Fewer numbers than this say nothing about a header's unit.
_ENOUGH = 3
_MANY = 10


def bounds(field: Field) -> tuple[float, float]:
    """Smallest and largest value the field can have, in the schema's unit."""
    if field.name in _AT_LEAST_ONE:
        return (1.0, _BY_UNIT.get(field.unit or "", _MACHINE_COUNT)[1])
    if field.unit is not None:
        return _BY_UNIT.get(field.unit, _ANY)
    if field.base == "number":
        return _ANY
    if field.name.endswith("_port"):
        return _PORTS
    return _COUNT if field.name in ("connection_count", "packet_count") else _MACHINE_COUNT


def tells_units(target: str) -> bool:
    """Whether numbers in this unit of the schema say by their size which unit they are in."""
    return target in _MEDIANS or target == "percent"


def inferred_unit(target: str, numbers: pl.DataFrame) -> Unit | None:
    """The unit in which the bare numbers (value, n) make sense, or None when they do not say."""
    positive = numbers.filter(pl.col("value") > 0)
    if positive.is_empty():
        return None
    if target == "percent":
        return unit_named(target, "fraction") if _are_fractions(positive) else None
    middle = _median(positive)
    name = next((unit for least, unit in _MEDIANS.get(target, ()) if middle >= least), None)
    return unit_named(target, name)


def is_implausible(target: str, unit: Unit, numbers: pl.DataFrame) -> bool:
    """Whether the median of the bare numbers, read in this unit, is nothing that such machines have."""
    low, high = _TYPICAL.get(target, (0.0, float("inf")))
    positive = numbers.filter(pl.col("value") > 0)
    if target == "percent":
        # A spreadsheet keeps 45 % as 0.45; a few idle machines really use less than 1 %.
        return unit.name == "percent" and positive.height >= _MANY and _are_fractions(positive)
    if positive.height < _ENOUGH:
        return False
    median = _median(positive) * unit.factor
    return median < low or (median > high and unit.factor > 1)


def _are_fractions(positive: pl.DataFrame) -> bool:
    value = pl.col("value")
    small, broken = positive.select((value <= 1).all(), (value != value.round()).any().alias("broken")).row(0)
    return positive.height >= _ENOUGH and bool(small) and bool(broken)


def _median(positive: pl.DataFrame) -> float:
    """Median weighted by n: the smallest value below which half of the cells lie."""
    ordered = positive.sort("value")
    reached = ordered.get_column("n").cum_sum() * 2 >= ordered.get_column("n").sum()
    return float(ordered.get_column("value").filter(reached).item(0))
