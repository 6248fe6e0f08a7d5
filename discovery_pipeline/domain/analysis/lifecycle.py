"""Operating systems and databases told from strings, and whether their vendors still support them.

Works on distinct strings. Keep out: what follows from it (readiness, strategy).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml

Support = Literal["supported", "ending", "extended", "ended", "unknown"]
# Within this time the end is near enough to plan for: a migration wave takes months.
ENDING = timedelta(days=365)
# A kernel's number in a version column says nothing about the distribution.
_KERNEL = re.compile(r"^\d+\.\d+\.\d+-\d+")

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
class Product:
    """One operating system or database, with its patterns; releases by version."""

    id: str
    name: str
    kind: str
    platform: str | None
    match: re.Pattern[str]
    version: tuple[re.Pattern[str], ...]
    builds: dict[str, str]
    releases: dict[str, Release]


@dataclass(frozen=True)
class LifecycleTable:
    """The dated table. products: in the order in which they are tried."""

    as_of: date
    source: str
    products: tuple[Product, ...]


def _product(entry: dict[str, Any]) -> Product:
    def release(version: str, dates: dict[str, date]) -> Release:
        label = f"{entry['name']} {version.replace('.r2', ' R2')}"
        return Release(label, dates.get("end"), dates.get("extended"))

    return Product(
        entry["id"],
        entry["name"],
        entry["kind"],
        entry.get("platform"),
        re.compile(entry["match"]),
        tuple(re.compile(pattern) for pattern in entry["version"]),
        {str(build): str(version) for build, version in entry.get("builds", {}).items()},
        {str(version): release(str(version), dates or {}) for version, dates in entry["releases"].items()},
    )


@cache
def lifecycle() -> LifecycleTable:
    """The packaged table (lifecycle.yaml)."""
    data = packaged_yaml(__package__, "lifecycle.yaml")
    return LifecycleTable(data["as_of"], data["source"], tuple(_product(entry) for entry in data["products"]))


def _listed(product: Product, version: str) -> str | None:
    """The longest prefix of a version that the table lists: 8.10 -> 8."""
    parts = product.builds.get(version, version).split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in product.releases), None)


def find_release(product: Product, name: str, version: str) -> Release | None:
    """The release that name and version speak of, both in lower case; None when they name none that is listed.

    The name decides; the version refines it ("SLES 15" with "SP4" is 15.4, with "12.5" stays 15).
    """
    usable = "" if _KERNEL.match(version) and "el" not in version else version
    matches = (p.search(text) for text in (name, usable, f"{name} {usable}") for p in product.version)
    found = [_listed(product, ".".join(g for g in match.groups() if g)) for match in matches if match]
    listed = [v for v in found if v]
    if not listed:
        return None
    finer = [v for v in listed if v.startswith(f"{listed[0]}.")]
    return product.releases[max([listed[0], *finer], key=len)]


def identify(name: str | None, version: str | None, kinds: tuple[str, ...]) -> tuple[Product, Release | None] | None:
    """The product (of these kinds) and release that the strings name; None when no product fits."""
    folded, number = (name or "").strip().lower(), (version or "").strip().lower()
    text = folded or number
    for product in lifecycle().products:
        if product.kind in kinds and product.match.search(text):
            return product, find_release(product, folded, number)
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


def _row(name: str | None, version: str | None, kinds: tuple[str, ...], as_of: date) -> tuple[Any, ...]:
    found = identify(name, version, kinds)
    if found is None:
        return name, version, None, None, None, "unknown", None, None
    product, release = found
    label = release.label if release else product.name
    ends = (release.end, release.extended) if release else (None, None)
    return name, version, product.id, label, product.platform, support_at(release, as_of), *ends


def identified(pairs: pl.DataFrame, kinds: tuple[str, ...], as_of: date) -> pl.DataFrame:
    """IDENTIFIED, one row per distinct (name, version) of pairs; pairs that are empty are left out."""
    distinct = pairs.select("name", "version").unique().filter(~pl.all_horizontal(pl.all().is_null()))
    rows = [_row(name, version, kinds, as_of) for name, version in distinct.sort("name", "version").iter_rows()]
    return pl.DataFrame(rows, schema=IDENTIFIED, orient="row")
