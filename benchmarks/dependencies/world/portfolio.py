"""The applications of an estate: names, codes, sizes, tiers, environments, and what their servers listen on.

Keep out: which machine is which server (population), who calls whom (traffic).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ENVIRONMENTS = ("production", "test", "development", "qa")
_EXTRA = {"test": 0.55, "development": 0.35, "qa": 0.2}
# Tiers of an application and their shares of its servers.
SHAPES: tuple[tuple[float, Mapping[str, float]], ...] = (
    (0.34, {"web": 0.35, "app": 0.35, "db": 0.3}),
    (0.2, {"app": 0.6, "db": 0.4}),
    (0.12, {"web": 0.3, "app": 0.35, "db": 0.2, "cache": 0.15}),
    (0.1, {"web": 0.25, "app": 0.35, "db": 0.2, "queue": 0.2}),
    (0.1, {"app": 0.4, "batch": 0.25, "db": 0.35}),
    (0.08, {"web": 0.6, "db": 0.4}),
    (0.06, {"app": 1.0}),
)
_PRODUCTS, _LARGEST, _MEDIAN, _SPREAD = 0.12, 28, 3.4, 0.85
_SHARED_DATABASE = 0.14


@cache
def vocabulary() -> dict[str, Any]:
    """vocabulary.yaml."""
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text("utf-8"))
    return data


@dataclass(frozen=True)
class Application:
    """servers: (environment, tier) of each, in order. listens: tier -> (port, process). hub: "login", "bus" or "".

    shares_database: it has no database server of its own where others offer one. code: as host names write it.
    """

    name: str
    code: str
    servers: Sequence[tuple[str, str]]
    listens: Mapping[str, tuple[int, str]]
    hub: str = ""
    shares_database: bool = False


@dataclass
class Namer:
    """Different names and codes."""

    rng: np.random.Generator
    taken: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def name(self) -> str:
        words = vocabulary()
        for attempt in range(10_000):
            if self.rng.random() < _PRODUCTS:
                name = str(self.rng.choice(words["products"]))
            else:
                name = f"{self.rng.choice(words['nouns'])} {self.rng.choice(words['kinds'])}"
            name = name if attempt < 20 else f"{name} {self.rng.integers(2, 99)}"
            if name not in self.taken:
                self.taken.add(name)
                return name
        raise RuntimeError("no free name")

    def code(self, name: str) -> str:
        """Three or four letters of the name's words, else a letter changed until nobody has it."""
        words = ["".join(c for c in word.lower() if c.isalnum()) for word in name.split()]
        first, rest = words[0], "".join(word[0] for word in words[1:])
        consonants = first[0] + "".join(c for c in first[1:] if c not in "aeiou")
        candidates = [consonants[:3] + rest[:1], first[:3], first[:4], consonants[:2] + rest[:2], first[:2] + rest[:2]]
        usable = [c for c in candidates if len(c) >= 3 and c.isalnum() and c[0].isalpha()]
        letters, length = list("abcdefghijklmnopqrstuvwxyz"), 4
        while not (free := [c for c in usable if c not in self.codes]):
            usable = [first[:2] + "".join(self.rng.choice(letters, length // 2)) for _ in range(5)]
            length += 1
        self.codes.add(free[0])
        return free[0]


def portfolio(servers: int, rng: np.random.Generator) -> list[Application]:
    """Applications whose servers add up to about `servers`, never more."""
    namer, found, left = Namer(rng), [], servers
    hubs = ("login", "bus") if servers >= 150 else ()
    for kind in hubs:
        name = str(rng.choice(vocabulary()["hubs"][kind]))
        found.append(_application(name, namer.code(name), int(rng.integers(3, 8)), rng, kind))
        left -= len(found[-1].servers)
    while left > 0:
        size = int(np.clip(round(_MEDIAN * np.exp(_SPREAD * rng.standard_normal())), 1, _LARGEST))
        name = namer.name()
        made = _application(name, namer.code(name), size, rng)
        found.append(made if len(made.servers) <= left else _cut(made, left))
        left -= len(found[-1].servers)
    return found


def _cut(application: Application, servers: int) -> Application:
    return Application(
        application.name, application.code, application.servers[:servers], application.listens, application.hub
    )


def _application(name: str, code: str, size: int, rng: np.random.Generator, hub: str = "") -> Application:
    shares = dict(SHAPES[rng.choice(len(SHAPES), p=[s for s, _ in SHAPES])][1])
    shared = not hub and "db" in shares and len(shares) > 1 and rng.random() < _SHARED_DATABASE
    if shared:
        del shares["db"]
    if hub:
        shares = {"app": 0.7, "queue": 0.3} if hub == "bus" else {"web": 0.4, "app": 0.4, "db": 0.2}
    servers = [("production", tier) for tier in _tiers(shares, size)]
    for environment, chance in _EXTRA.items():
        if rng.random() < chance:
            servers += [(environment, tier) for tier in _tiers(shares, max(1, round(size * rng.uniform(0.3, 0.7))))]
    engines = vocabulary()["engines"]
    drawn = {tier: options[rng.integers(len(options))] for tier, options in engines.items()}
    listens = {tier: (entry["port"], entry["process"]) for tier, entry in drawn.items()}
    return Application(name, code, servers, listens, hub, shared)


def _tiers(shares: Mapping[str, float], size: int) -> list[str]:
    """One server of each tier while there are enough, the rest by the shares; a lone server does everything (app)."""
    if size == 1:
        return ["app"]
    tiers = sorted(shares, key=lambda tier: (tier not in ("db", "app"), -shares[tier]))[:size]
    while len(tiers) < size:
        tiers.append(max(shares, key=lambda tier: shares[tier] * size - tiers.count(tier)))
    return tiers
