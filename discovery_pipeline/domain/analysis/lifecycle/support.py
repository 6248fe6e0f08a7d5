"""Operating systems and databases with their releases, and whether their vendors still support them.

Works on distinct strings. Keep out: how a system is told from a string (domain.systems), and what follows from its
support (readiness, strategy).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.systems.catalog import catalog
from discovery_pipeline.domain.systems.pairs import TOLD, told

Support = Literal["supported", "ending", "extended", "ended", "unknown"]
# Within this time the end is near enough to plan for: a migration wave takes months.
ENDING = timedelta(days=365)
IDENTIFIED = {
    "name": pl.String(), "version": pl.String(), "product": pl.String(), "label": pl.String(), "platform": pl.String(),
    "support": pl.String(), "support_end": pl.Date(), "extended_end": pl.Date(),
}  # fmt: skip


@dataclass(frozen=True)
class Release:
    """end: of regular updates; extended: of updates that cost extra; None: not announced or not offered."""

    label: str
    end: date | None
    extended: date | None


@dataclass(frozen=True)
class Database:
    """One database product, with its patterns; releases by version."""

    id: str
    name: str
    match: re.Pattern[str]
    version: tuple[re.Pattern[str], ...]
    builds: dict[str, str]
    releases: dict[str, Release]


@dataclass(frozen=True)
class LifecycleTable:
    """The dated table. systems: releases by the system's id and version; platforms: by its id or family.

    databases: in the order in which they are tried.
    """

    as_of: date
    source: str
    systems: dict[str, dict[str, Release]]
    platforms: dict[str, str]
    databases: tuple[Database, ...]


def _release(label: str, dates: dict[str, date]) -> Release:
    return Release(label, dates.get("end"), dates.get("extended"))


def _database(entry: dict[str, Any]) -> Database:
    releases = {str(version): dates or {} for version, dates in entry["releases"].items()}
    return Database(
        entry["id"],
        entry["name"],
        re.compile(entry["match"]),
        tuple(re.compile(pattern) for pattern in entry["version"]),
        {str(build): str(version) for build, version in entry.get("builds", {}).items()},
        {v: _release(f"{entry['name']} {v.replace('.r2', ' R2')}", dates) for v, dates in releases.items()},
    )


def _systems(releases: dict[str, dict[str, dict[str, date]]]) -> dict[str, dict[str, Release]]:
    names = {product.id: product.name for product in catalog().products}
    return {
        system: {version: _release(f"{names[system]} {version}", dates) for version, dates in listed.items()}
        for system, listed in releases.items()
    }


@cache
def lifecycle() -> LifecycleTable:
    """The packaged table (lifecycle.yaml)."""
    data = packaged_yaml(__package__, "lifecycle.yaml")
    return LifecycleTable(
        data["as_of"],
        data["source"],
        _systems(data["systems"]),
        data["platforms"],
        tuple(_database(entry) for entry in data["databases"]),
    )


def _listed(database: Database, version: str) -> str | None:
    """The longest prefix of a version that the table lists: 8.10 -> 8."""
    parts = database.builds.get(version, version).split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in database.releases), None)


def _database_release(database: Database, name: str, version: str) -> Release | None:
    """The release that name and version speak of, both in lower case; None when they name none that is listed.

    The name decides; the version refines it.
    """
    matches = (p.search(text) for text in (name, version, f"{name} {version}") for p in database.version)
    found = [_listed(database, ".".join(g for g in match.groups() if g)) for match in matches if match]
    listed = [v for v in found if v]
    if not listed:
        return None
    finer = [v for v in listed if v.startswith(f"{listed[0]}.")]
    return database.releases[max([listed[0], *finer], key=len)]


def identify_database(name: str | None, version: str | None) -> tuple[Database, Release | None] | None:
    """The database product and release that the strings name; None when no product fits."""
    folded, number = (name or "").strip().lower(), (version or "").strip().lower()
    text = folded or number
    for database in lifecycle().databases:
        if database.match.search(text):
            return database, _database_release(database, folded, number)
    return None


def support_at(release: Release | None, as_of: date) -> Support:
    """A release's support on a day; a release that is not listed is unknown."""
    if release is None:
        return "unknown"
    if release.end is None or release.end - as_of > ENDING:
        return "supported"
    if release.end > as_of:
        return "ending"
    return "extended" if release.extended and release.extended > as_of else "ended"


def identified_systems(pairs: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """IDENTIFIED, one row per distinct (name, version) of pairs; pairs that are empty are left out."""
    distinct = _distinct(pairs)
    known = told(distinct)
    rows = [
        (name, version, product, *_of_system(product, family, label, release, as_of))
        for name, version, product, family, label, release in known.select(*TOLD).iter_rows()
    ]
    found = pl.DataFrame(rows, schema=IDENTIFIED, orient="row")
    nothing = distinct.join(found, on=["name", "version"], how="anti", nulls_equal=True)
    unknown = [(name, version, None, *_UNKNOWN) for name, version in nothing.iter_rows()]
    return pl.concat([found, pl.DataFrame(unknown, schema=IDENTIFIED, orient="row")]).sort("name", "version")


def _of_system(product: str, family: str, label: str, release: str | None, as_of: date) -> tuple[Any, ...]:
    """label, platform, support, support_end, extended_end of a system's release."""
    table = lifecycle()
    platform = table.platforms.get(product, table.platforms[family])
    listed = table.systems.get(product, {})
    known = next((listed[version] for version in _beginnings(release) if version in listed), None)
    ends = (known.end, known.extended) if known else (None, None)
    return known.label if known else label, platform, support_at(known, as_of), *ends


def _beginnings(release: str | None) -> list[str]:
    """A version and its beginnings, longest first: "12 SP5", "12"."""
    parts = re.findall(r"[ .]?[^ .]+", release or "")
    return ["".join(parts[:length]) for length in range(len(parts), 0, -1)]


def identified_databases(pairs: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """IDENTIFIED, one row per distinct (name, version) of pairs; pairs that are empty are left out."""
    rows = [_of_database(name, version, as_of) for name, version in _distinct(pairs).iter_rows()]
    return pl.DataFrame(rows, schema=IDENTIFIED, orient="row")


def _of_database(name: str | None, version: str | None, as_of: date) -> tuple[Any, ...]:
    found = identify_database(name, version)
    if found is None:
        return name, version, None, *_UNKNOWN
    database, release = found
    ends = (release.end, release.extended) if release else (None, None)
    label = release.label if release else database.name
    return name, version, database.id, label, None, support_at(release, as_of), *ends


# label, platform, support, support_end, extended_end of what is not known.
_UNKNOWN = (None, None, "unknown", None, None)


def _distinct(pairs: pl.DataFrame) -> pl.DataFrame:
    filled = ~pl.all_horizontal(pl.all().is_null())
    return pairs.select(pl.col("name", "version").cast(pl.String)).unique().filter(filled).sort("name", "version")
