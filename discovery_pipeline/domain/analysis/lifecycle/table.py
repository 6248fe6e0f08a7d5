"""The dated table of support: which releases there are and when their vendors stop supporting them.

It ships as lifecycle.yaml; an installation may hold a newer one (`discovery data refresh lifecycle`), in the same form.
Keep out: which release a string speaks of (software.py, support.py).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from discovery_pipeline.domain.analysis.lifecycle.reading import Document, Path, read_document
from discovery_pipeline.domain.packaged import packaged_text
from discovery_pipeline.domain.systems.catalog import catalog

_PARTS = ("version", "as_of", "source", "platforms", "systems", "databases", "middleware", "sources")
_SOFTWARE = {"id", "name", "match", "version", "releases", "builds"}
_ADVICE = "take the table of `discovery data show lifecycle` as the pattern"


@dataclass(frozen=True)
class Release:
    """end: of regular updates; extended: of updates that cost extra; None: not announced or not offered."""

    label: str
    end: date | None
    extended: date | None


@dataclass(frozen=True)
class Software:
    """One product that runs on an operating system, with the patterns that tell it; releases by version.

    builds: version strings that stand for another one.
    """

    id: str
    name: str
    match: re.Pattern[str]
    version: tuple[re.Pattern[str], ...]
    builds: dict[str, str]
    releases: dict[str, Release]


@dataclass(frozen=True)
class LifecycleTable:
    """The dated table. systems: releases by the system's id and version; platforms: by its id or family.

    databases, middleware: in the order in which they are tried. sha256: of the text that it was read from, by which two
    results are known to rest on the same table.
    """

    as_of: date
    source: str
    systems: dict[str, dict[str, Release]]
    platforms: dict[str, str]
    databases: tuple[Software, ...]
    middleware: tuple[Software, ...]
    sha256: str

    @property
    def entries(self) -> int:
        """Releases listed."""
        software = (*self.databases, *self.middleware)
        return sum(map(len, self.systems.values())) + sum(len(product.releases) for product in software)


def packaged_table_text() -> str:
    """The text of the table that ships with this version."""
    return packaged_text(__package__ or "", "lifecycle.yaml")


@cache
def lifecycle() -> LifecycleTable:
    """The packaged table (lifecycle.yaml)."""
    return read_table(packaged_table_text())


def read_table(text: str, where: str = "lifecycle table") -> LifecycleTable:
    """A table from its text. Raises UsageError that tells every problem with its line."""
    document = read_document(text, where, _ADVICE)
    for name in document.data.keys() - set(_PARTS):
        document.problem((name,), f"is not known; a table has {', '.join(_PARTS)}")
    for name in _PARTS[:-1]:
        if name not in document.data:
            document.problem((), f"there is no {name}")
    document.raise_problems(where, _ADVICE)
    as_of = document.day(("as_of",), document.data["as_of"])
    systems, platforms = _systems(document), _platforms(document)
    databases, middleware = _software(document, "databases"), _software(document, "middleware")
    if as_of is None:
        document.problem(("as_of",), "is needed: the day on which the dates were valid")
    document.raise_problems(where, _ADVICE)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return LifecycleTable(
        as_of or date.min, str(document.data["source"]), systems, platforms, databases, middleware, digest
    )


def _mapping(document: Document, path: Path, value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return {str(name): entry for name, entry in value.items()}
    document.problem(path, "names with values are expected here")
    return {}


def _platforms(document: Document) -> dict[str, str]:
    said = _mapping(document, ("platforms",), document.data["platforms"])
    for family in {product.family for product in catalog().products} - said.keys():
        document.problem(("platforms",), f"says nothing of the family {family}")
    return {name: str(platform) for name, platform in said.items()}


def _systems(document: Document) -> dict[str, dict[str, Release]]:
    names = {product.id: product.name for product in catalog().products}
    found = {}
    for system, listed in _mapping(document, ("systems",), document.data["systems"]).items():
        if system not in names:
            document.problem(("systems", system), "is no operating system that is told apart")
        label = names.get(system, system)
        found[system] = _releases(document, ("systems", system), listed, lambda v, label=label: f"{label} {v}")
    return found


def _releases(document: Document, path: Path, value: object, labelled: Any) -> dict[str, Release]:
    """Releases by version, each date checked: extended support ends after the regular one."""
    found = {}
    for version, dates in _mapping(document, path, value or {}).items():
        here = (*path, version)
        said = _mapping(document, here, dates or {})
        for name in said.keys() - {"end", "extended"}:
            document.problem(here, f"{name!r} is neither end nor extended")
        end = document.day((*here, "end"), said.get("end"))
        extended = document.day((*here, "extended"), said.get("extended"))
        is_end_told = end is not None or said.get("end") is None
        if extended and is_end_told and (end is None or extended <= end):
            document.problem((*here, "extended"), f"{extended} does not follow the end of regular support ({end})")
        found[version] = Release(labelled(version), end, extended)
    return found


def _software(document: Document, part: str) -> tuple[Software, ...]:
    listed = document.data[part]
    if not isinstance(listed, list):
        document.problem((part,), "a list of products is expected here")
        return ()
    products = [_product(document, (part, str(number)), entry) for number, entry in enumerate(listed, start=1)]
    seen: set[str] = set()
    for number, product in enumerate(products, start=1):
        if product.id in seen:
            document.problem((part, str(number)), f"{product.id} stands twice")
        seen.add(product.id)
    return tuple(products)


def _product(document: Document, path: Path, value: object) -> Software:
    entry = _mapping(document, path, value)
    for name in entry.keys() - _SOFTWARE:
        document.problem(path, f"{name!r} is not known; a product has {', '.join(sorted(_SOFTWARE))}")
    for name in ("id", "name", "match", "releases"):
        if name not in entry:
            document.problem(path, f"there is no {name}")
    name = str(entry.get("name", ""))
    releases = _releases(document, (*path, "releases"), entry.get("releases"), lambda v: _label(name, v))
    builds = {b: str(v) for b, v in _mapping(document, path, entry.get("builds", {})).items()}
    for build, version in builds.items():
        if version not in releases:
            document.problem((*path, "builds", build), f"stands for {version}, which is not among the releases")
    patterns = tuple(_pattern(document, path, p) for p in entry.get("version", []))
    return Software(
        str(entry.get("id", "")), name, _pattern(document, path, entry.get("match", "")), patterns, builds, releases
    )


def _label(name: str, version: str) -> str:
    """How people write a release: "SQL Server 2008 R2", "Exchange Server Subscription Edition"."""
    words = {"se": "Subscription Edition", "subscription": "Subscription Edition"}
    return f"{name} {words.get(version, version.replace('.r2', ' R2'))}"


def _pattern(document: Document, path: Path, value: object) -> re.Pattern[str]:
    try:
        return re.compile(str(value))
    except re.error as error:
        document.problem(path, f"{value!r} is no pattern: {error}")
        return re.compile(r"(?!)")
