"""How one estate writes things: its domains, sites, naming convention, languages and layouts, drawn from its seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_COMPANIES = ("northgate", "alpina", "meridian", "kestrel", "bluefjord", "santander-log", "tulipa")
_SITES = (
    (("ams", "Amsterdam"), ("dub", "Dublin"), ("lis", "Lisbon")),
    (("fra", "Frankfurt"), ("muc", "Munich"), ("vie", "Vienna")),
    (("par", "Paris"), ("lyo", "Lyon"), ("bru", "Brussels")),
    (("nyc", "New York"), ("dal", "Dallas"), ("chi", "Chicago")),
    (("mad", "Madrid"), ("bcn", "Barcelona"), ("bog", "Bogota")),
)
# {s} site, {e} letter of the environment, {c} code of the application, {r} role, {n} number
_NAMES = ("{s}{e}-{r}-{n}", "{s}{r}{n}", "srv{n}", "{s}-{c}-{r}{n}", "{r}{n}{e}", "vm{s}{n}{e}")
_DATABASES = ("MSSQLSERVER@{h}", "{H}\\{i}", "{h}", "{i}@{h}", "{i}_{h}")


@dataclass(frozen=True)
class Style:
    """company: of its domains. sites: (code, town). names, databases: patterns. netbios: short names of its domains."""

    company: str
    domains: tuple[str, ...]
    netbios: tuple[str, ...]
    sites: tuple[tuple[str, str], ...]
    names: str
    databases: str
    width: int


def drawn(rng: np.random.Generator) -> Style:
    """The style of one estate."""
    company = _COMPANIES[rng.integers(len(_COMPANIES))]
    base = f"{company}.{('example', 'test')[rng.integers(2)]}"
    return Style(
        company,
        (f"corp.{base}", f"emea.{base}", f"dmz.{base}"),
        (f"{company[:4].upper()}CORP", "EMEA", "DMZ"),
        _SITES[rng.integers(len(_SITES))],
        _NAMES[rng.integers(len(_NAMES))],
        _DATABASES[rng.integers(len(_DATABASES))],
        int(rng.integers(1, 7)),
    )
