"""The catalogue of operating systems (systems.yaml) as frozen values. Keep out: reading strings with it (parse)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from discovery_pipeline.domain.packaged import packaged_yaml

FAMILIES = ("windows", "hypervisor", "network", "storage", "linux", "unix", "macos", "mainframe", "other")


@dataclass(frozen=True)
class Product:
    """One operating system. Patterns are those of polars, over folded text.

    version: tried in turn, the groups of the first that is found joined by `join`. versions: what such a text stands
    for. unknown: version texts that say nothing unless they are listed. codes: words that stand for a version.
    update: patterns of a service pack or feature update; updates: what their texts stand for. builds: what machines
    report for a version. generic: it says a family and no product.
    """

    id: str
    name: str
    family: str
    match: str
    version: tuple[str, ...] = ()
    join: str = "."
    versions: Mapping[str, str] = field(default_factory=dict)
    unknown: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    update: tuple[str, ...] = ()
    updates: Mapping[str, str] = field(default_factory=dict)
    builds: Mapping[str, str] = field(default_factory=dict)
    generic: bool = False


@dataclass(frozen=True)
class Catalog:
    """products: in the order in which they are tried. editions: per family pattern and word. guests: vSphere's
    identifiers of guest systems and the names they stand for. architectures: word and what it is written as."""

    products: tuple[Product, ...]
    editions: Mapping[str, tuple[tuple[str, str], ...]]
    guests: Mapping[str, str]
    architectures: Mapping[str, str]


@cache
def catalog() -> Catalog:
    """The packaged catalogue."""
    data = packaged_yaml(__package__, "systems.yaml")
    editions = {family: tuple((find, word) for find, word in words) for family, words in data["editions"].items()}
    architectures = {str(word): spelt for spelt, words in data["architectures"].items() for word in words}
    return Catalog(tuple(_product(entry) for entry in data["products"]), editions, data["guests"], architectures)


def _product(entry: Mapping[str, Any]) -> Product:
    patterns = {name: tuple(entry.get(name, ())) for name in ("version", "update")}
    maps = ("versions", "codes", "updates", "builds")
    words = {name: {str(k): str(v) for k, v in entry.get(name, {}).items()} for name in maps}
    return Product(**{**entry, **patterns, **words})
