"""What numbers can be: bounds of a field, and the unit that a whole column's values speak for."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.cleansing.units import Unit, unit_named
from discovery_pipeline.domain.schema import Field

# A machine has at least one of each; sources write 0 when they do not know.
_AT_LEAST_ONE = ("cpu_count", "cpu_cores", "cpu_sockets", "cores_per_socket", "memory_mib", "cpu_speed_mhz")
# Any device of the last twenty years has more: a figure of gigabytes in a column of megabytes, or a gap.
_AT_LEAST = {"memory_mib": 16.0}
_AT_MOST = {
    "cpu_count": 65_536.0,  # of a large cluster
    "cpu_cores": 65_536.0,
    "cpu_sockets": 4_096.0,
    "cores_per_socket": 1_024.0,
    "disk_count": 100_000.0,
}
_BY_UNIT = {
    "MiB": (0.0, 2.0**29),  # 512 TiB: of a large cluster
    "GiB": (0.0, 2.0**28),  # 256 PiB
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


@dataclass(frozen=True)
class _Split:
    """Two units a thousand apart in one column: numbers from `limit` on are in `large`, those below in `small`.

    step: of which the large numbers are multiples. share: of the cells that each group needs at least.
    """

    limit: float
    small: str
    large: str
    step: int
    share: float


_SPLITS = {
    "MiB": _Split(1024, "gb", "mb", 128, 0.1),
    "GiB": _Split(10_240, "gb", "mb", 512, 0.1),
    # No clock runs at 10 to 100 MHz, nor faster than 10 GHz.
    "MHz": _Split(100, "ghz", "mhz", 1, 0.0),
}
# How far the middles of the two groups lie apart when the unit is what parts them.
_APART = (128.0, 8192.0)
# Where a header names a unit, fewer cells than this share are rather large machines than another unit.
_AGAINST_HEADER = 0.2
# Fewer numbers than this say nothing about a header's unit.
_ENOUGH = 3
_MANY = 10


def bounds(field: Field) -> tuple[float, float]:
    """Smallest and largest value the field can have, in the schema's unit."""
    if field.name in _AT_LEAST_ONE:
        return (
            _AT_LEAST.get(field.name, 1.0),
            _AT_MOST.get(field.name, _BY_UNIT.get(field.unit or "", _MACHINE_COUNT)[1]),
        )
    if field.name in _AT_MOST:
        return (0.0, _AT_MOST[field.name])
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


def split_units(target: str, numbers: pl.DataFrame, named: bool) -> tuple[Unit, Unit] | None:
    """The units of the small and of the large numbers (value, n) of a column that mixes two; None when it does not.

    named: a header says a unit, so that more has to speak against it.
    """
    split = _SPLITS.get(target)
    if split is None:
        return None
    is_large = pl.col("value") >= split.limit
    positive = numbers.filter(pl.col("value") > 0)
    groups = positive.filter(~is_large), positive.filter(is_large)
    small, large = unit_named(target, split.small), unit_named(target, split.large)
    if small is None or large is None or not _are_two(groups, split, named):
        return None
    return small, large


def split_limit(target: str) -> float:
    """From which number on a column that mixes two units is in the smaller one. Raises KeyError for other targets."""
    return _SPLITS[target].limit


def _are_two(groups: tuple[pl.DataFrame, pl.DataFrame], split: _Split, named: bool) -> bool:
    cells = [int(group.get_column("n").sum()) for group in groups]
    share = max(split.share, _AGAINST_HEADER) if named and split.share else split.share
    if min(cells) < (_ENOUGH if split.share else 1) or min(cells) < share * sum(cells):
        return False
    if not split.share:
        return True
    low, high = _APART
    even = groups[1].filter(pl.col("value") % split.step == 0).get_column("n").sum()
    return low <= _median(groups[1]) / _median(groups[0]) <= high and even >= 0.8 * cells[1]


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
    enough = positive.height >= _ENOUGH or positive.get_column("n").sum() >= _MANY
    return bool(enough) and bool(small) and bool(broken)


def _median(positive: pl.DataFrame) -> float:
    """Median weighted by n: the smallest value below which half of the cells lie."""
    ordered = positive.sort("value")
    reached = ordered.get_column("n").cum_sum() * 2 >= ordered.get_column("n").sum()
    return float(ordered.get_column("value").filter(reached).item(0))
