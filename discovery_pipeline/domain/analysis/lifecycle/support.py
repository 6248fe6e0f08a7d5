"""Whether vendors still support what runs: operating systems, databases and middleware on a day, by the dated table.

Works on distinct strings. Keep out: how a system is told from a string (domain.systems, software.py), and what follows
from its support (readiness, strategy).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, partial
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.software import Told, identify, identify_database
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable, Release, lifecycle
from discovery_pipeline.domain.systems.pairs import TOLD, told

__all__ = [
    "IDENTIFIED", "Support", "identified_databases", "identified_middleware", "identified_systems",
    "identify_database", "lifecycle", "support_at",
]  # fmt: skip

Support = Literal["supported", "ending", "extended", "ended", "unknown"]
# Within this time the end is near enough to plan for: a migration wave takes months.
ENDING = timedelta(days=365)
IDENTIFIED = {
    "name": pl.String(), "version": pl.String(), "product": pl.String(), "label": pl.String(), "platform": pl.String(),
    "support": pl.String(), "support_end": pl.Date(), "extended_end": pl.Date(),
}  # fmt: skip
# Of several products on one machine the one whose support is worst decides.
_WORST_FIRST: tuple[Support, ...] = ("ended", "extended", "ending", "supported", "unknown")
_ENTRIES = re.compile(r"[;|\n]|,(?!\s*(?:inc|llc|ltd)\b)")


def support_at(release: Release | None, as_of: date) -> Support:
    """A release's support on a day; a release that is not listed is unknown."""
    if release is None:
        return "unknown"
    if release.end is None or release.end - as_of > ENDING:
        return "supported"
    if release.end > as_of:
        return "ending"
    return "extended" if release.extended and release.extended > as_of else "ended"


def identified_systems(pairs: pl.DataFrame, as_of: date, table: LifecycleTable | None = None) -> pl.DataFrame:
    """IDENTIFIED, one row per distinct (name, version) of pairs; pairs that are empty are left out."""
    distinct = _distinct(pairs)
    of_system = partial(_of_system, table or lifecycle(), as_of)
    rows = [
        (name, version, product, *of_system(product, family, label, release))
        for name, version, product, family, label, release in told(distinct).select(*TOLD).iter_rows()
    ]
    found = pl.DataFrame(rows, schema=IDENTIFIED, orient="row")
    nothing = distinct.join(found, on=["name", "version"], how="anti", nulls_equal=True)
    unknown = [(name, version, None, *_UNKNOWN) for name, version in nothing.iter_rows()]
    return pl.concat([found, pl.DataFrame(unknown, schema=IDENTIFIED, orient="row")]).sort("name", "version")


def _of_system(
    table: LifecycleTable, as_of: date, product: str, family: str, label: str, release: str | None
) -> tuple[Any, ...]:
    """label, platform, support, support_end, extended_end of a system's release."""
    platform = table.platforms.get(product, table.platforms[family])
    listed = table.systems.get(product, {})
    known = next((listed[version] for version in _beginnings(release) if version in listed), None)
    ends = (known.end, known.extended) if known else (None, None)
    return known.label if known else label, platform, support_at(known, as_of), *ends


def _beginnings(release: str | None) -> list[str]:
    """A version and its beginnings, longest first: "12 SP5", "12"."""
    parts = re.findall(r"[ .]?[^ .]+", release or "")
    return ["".join(parts[:length]) for length in range(len(parts), 0, -1)]


def identified_databases(pairs: pl.DataFrame, as_of: date, table: LifecycleTable | None = None) -> pl.DataFrame:
    """IDENTIFIED, one row per distinct (name, version) of pairs; pairs that are empty are left out."""
    products = (table or lifecycle()).databases
    rows = [_row(n, v, identify(products, n, v), as_of) for n, v in _distinct(pairs).iter_rows()]
    return pl.DataFrame(rows, schema=IDENTIFIED, orient="row")


def identified_middleware(pairs: pl.DataFrame, as_of: date, table: LifecycleTable | None = None) -> pl.DataFrame:
    """IDENTIFIED, one row per distinct (name, version) of pairs; a name may list several products ("IIS 8.5; Java 7").

    Of several the one with the worst support counts, of those the first.
    """
    products = (table or lifecycle()).middleware

    # Lists of installed software differ from machine to machine, their entries hardly.
    @cache
    def told_of(entry: str | None, version: str | None) -> Told | None:
        return identify(products, entry, version)

    rows = []
    for name, version in _distinct(pairs).iter_rows():
        entries = [entry.strip() for entry in _ENTRIES.split(name or "") if entry.strip()] or [None]
        alone = version if len(entries) == 1 else None
        found = [_row(name, version, told_of(entry, alone), as_of) for entry in entries]
        rows.append(min(found, key=lambda row: (row[2] is None, _WORST_FIRST.index(row[5]))))
    return pl.DataFrame(rows, schema=IDENTIFIED, orient="row")


def _row(name: str | None, version: str | None, found: Told | None, as_of: date) -> tuple[Any, ...]:
    """A row of IDENTIFIED for a product that was told, or not."""
    if found is None:
        return name, version, None, *_UNKNOWN
    product, release = found
    ends = (release.end, release.extended) if release else (None, None)
    label = release.label if release else product.name
    return name, version, product.id, label, None, support_at(release, as_of), *ends


# label, platform, support, support_end, extended_end of what is not known.
_UNKNOWN = (None, None, "unknown", None, None)


def _distinct(pairs: pl.DataFrame) -> pl.DataFrame:
    filled = ~pl.all_horizontal(pl.all().is_null())
    return pairs.select(pl.col("name", "version").cast(pl.String)).unique().filter(filled).sort("name", "version")
