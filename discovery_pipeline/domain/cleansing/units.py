"""Units: what a unit's spelling means, and how an amount in it becomes the schema's unit.

KB, MB, GB and TB of memory and disk are read as powers of 1024, like KiB, MiB, GiB and TiB: vSphere, RVTools and
Windows print binary amounts under decimal names (RVTools renamed its "MB" columns to "MiB" without changing a figure),
and installed memory has no decimal sizes. Rates of networks and disks are decimal, as link speeds are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule

PLAIN_NUMBER = r"^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"

_BYTES = {
    "b": ("b", "byte", "bytes"),
    "kb": ("k", "kb", "kib", "ki", "kbyte", "kbytes", "kilobyte", "kilobytes", "ko"),
    "mb": ("m", "mb", "mib", "mi", "mbyte", "mbytes", "megabyte", "megabytes", "mo", "mio"),
    "gb": ("g", "gb", "gib", "gi", "gbyte", "gbytes", "gigabyte", "gigabytes", "go", "gio", "gig", "gigs"),
    "tb": ("t", "tb", "tib", "ti", "tbyte", "tbytes", "terabyte", "terabytes", "to", "tio"),
    "pb": ("p", "pb", "pib", "petabyte", "petabytes"),
}
_POWERS = {"b": 0, "kb": 1, "mb": 2, "gb": 3, "tb": 4, "pb": 5}
# name: factor, spellings in any case, spellings in this case only ("Mbps" are bits, "MBps" bytes).
_RATES: dict[str, tuple[float, tuple[str, ...], tuple[str, ...]]] = {
    "bit_per_s": (1.25e-7, ("bit/s", "bits/s", "bit/sec"), ("bps",)),
    "kbit_per_s": (1.25e-4, ("kbit/s", "kbits/s", "kbit", "kbit/sec"), ("kbps", "Kbps", "Kb/s")),
    "mbit_per_s": (0.125, ("mbit/s", "mbits/s", "mbit", "mbit/sec"), ("mbps", "Mbps", "Mb/s", "Mb")),
    "gbit_per_s": (125.0, ("gbit/s", "gbits/s", "gbit", "gbit/sec"), ("gbps", "Gbps", "Gb/s")),
    "byte_per_s": (1e-6, ("b/s", "bytes/s", "byte/s", "bytes/sec", "bytespersecond"), ("Bps",)),
    "kb_per_s": (1e-3, ("kb/s", "kib/s", "kbyte/s", "kbytes/s", "kb/sec", "kilobytespersecond"), ("KBps", "kBps")),
    "mb_per_s": (1.0, ("m", "mb", "mb/s", "mib/s", "mbyte/s", "mbytes/s", "mb/sec", "megabytespersecond"), ("MBps",)),
    "gb_per_s": (1e3, ("gb/s", "gib/s", "gbyte/s", "gbytes/s", "gb/sec"), ("GBps",)),
}


@dataclass(frozen=True)
class Unit:
    """A unit a source may use: amount in the schema's unit = amount x factor.

    spellings: lower-case, matched in any case. exact: spellings that count in this case only, and first.
    """

    name: str
    factor: float
    spellings: tuple[str, ...]
    exact: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name for people."""
        return {"b": "bytes", "mhz": "MHz", "ghz": "GHz", "fraction": "fractions of 1"}.get(
            self.name, self.name.upper()
        )


def _byte_units(target: int) -> tuple[Unit, ...]:
    return tuple(Unit(name, 1024.0 ** (_POWERS[name] - target), spellings) for name, spellings in _BYTES.items())


_UNITS: dict[str, tuple[Unit, ...]] = {
    "MiB": _byte_units(2),
    "GiB": _byte_units(3),
    "bytes": _byte_units(0),
    "MHz": (
        Unit("hz", 1e-6, ("hz",)),
        Unit("khz", 1e-3, ("khz",)),
        Unit("mhz", 1.0, ("mhz", "m")),
        Unit("ghz", 1e3, ("ghz", "g")),
    ),
    "percent": (
        Unit("percent", 1.0, ("%", "percent", "pct", "prozent", "pourcent", "v.h.", "vh")),
        Unit("fraction", 100.0, ("fraction", "ratio")),
        Unit("per_mille", 0.1, ("‰",)),
    ),
    "MB/s": tuple(Unit(name, *entry) for name, entry in _RATES.items()),
    "1/s": (
        Unit("per_s", 1.0, ("1/s", "/s", "iops", "ops", "io/s", "ops/s", "per s", "per second")),
        Unit("thousand_per_s", 1e3, ("k", "kiops")),
        Unit("per_minute", 1 / 60, ("1/min", "/min", "per minute")),
    ),
}


def units_of(target: str) -> tuple[Unit, ...]:
    """The units that can be converted to a unit of the schema; empty for a unit without any."""
    return _UNITS.get(target, ())


def unit_named(target: str, spelling: str | None) -> Unit | None:
    """The unit of this spelling, or None where there is none."""
    key = (spelling or "").strip()
    exact = (u for u in units_of(target) if key in u.exact)
    loose = (u for u in units_of(target) if key.lower() in (*u.spellings, u.name))
    return next(chain(exact, loose), None)


def amount(value: pl.Expr) -> pl.Expr:
    """A number as canonical text, without the fraction ".0" and without what floats add in their last digits."""
    return value.round(9).cast(pl.String).str.replace(r"\.0$", "")


def in_cell(target: str) -> tuple[Rule, ...]:
    """Rules that turn "16 GB" into "16384 MiB": the unit stays named, so that no later rule converts it again."""
    return tuple(_converted(u, target) for u in units_of(target))


def of_column(unit: Unit, target: str, how: str, below: float | None = None) -> Rule:
    """The rule for bare numbers of a column whose unit is known.

    how: "" from its header, "inferred" from its values, "mixed" for those below a limit in a column of two units.
    """
    number = TEXT.cast(pl.Float64, strict=False)
    name = "_".join(filter(None, ("unit", how, rule_suffix(unit, target))))
    matches = TEXT.str.contains(PLAIN_NUMBER)
    if below is not None:
        matches = matches & (number.abs() < below)
    return Rule(name, matches, pl.format("{} {}", amount(number * unit.factor), pl.lit(target)))


def rule_suffix(unit: Unit, target: str) -> str:
    """ "gb_to_mib": how rules name a conversion."""
    return f"{unit.name}_to_{target.lower()}".replace("/", "_per_")


def _converted(unit: Unit, target: str) -> Rule:
    pattern = rf"^({_NUMBER})\s*(?:{_alternatives(unit)})\.?$"
    value = TEXT.str.extract(pattern, 1).cast(pl.Float64, strict=False) * unit.factor
    result = pl.format("{} {}", amount(value), pl.lit(target))
    return Rule(f"unit_{rule_suffix(unit, target)}", TEXT.str.contains(pattern), result)


def _alternatives(unit: Unit) -> str:
    loose = "|".join(_escaped(s) for s in sorted(unit.spellings, key=len, reverse=True))
    exact = "".join(f"{_escaped(s)}|" for s in unit.exact)
    return f"{exact}(?i:{loose})"


def _escaped(spelling: str) -> str:
    return spelling.replace(".", r"\.").replace("/", r"\s?/\s?")
