"""Dependencies: applications that name others as people remember them, and others that name nobody there is.

Made: names of two or three words, told shortened, without vowels or amid other words. Judged is each application that
names another: right is a believed edge to what it means and to nothing else, or none where it means nobody.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from benchmarks.agents.oracle import Oracle, scripted
from benchmarks.agents.worlds import After, World
from discovery_pipeline.agents.choosing import ask_about
from discovery_pipeline.agents.dependencies import DEPENDENCIES
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.domain.dependencies.graph import Gathered, conclude, gather
from discovery_pipeline.domain.dependencies.meant.advised import meant_names
from discovery_pipeline.domain.dependencies.meant.doubts import loose_names
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt
from discovery_pipeline_tests.domain.estate import application, inventory

_FIRST = (
    "Customer", "Payment", "Claims", "Partner", "Billing", "Human", "Fleet", "Contract", "Energy", "Quality",
    "Treasury", "Pension",
)  # fmt: skip
_LAST = ("Relationship Management", "Gateway", "Archive", "Resources Portal", "Warehouse")
_NAMES = tuple(f"{first} {last}" for first in _FIRST for last in _LAST)
_NOBODY = ("customer whatnot", "payment clusters abroad", "claims intake bureau", "partner liaison desk")
_TEXTS = 45
_VOWELS = str.maketrans("", "", "aeiou")
_BELIEVED = 0.5


@dataclass(frozen=True)
class _Said:
    """Who says a text, and whom it means: an asset_id, None = nobody."""

    speaker: str
    text: str
    meant: str | None


def edge_worlds(tenants: int) -> Iterator[World]:
    """So many tenants, each with other texts."""
    return (_world(list(_said(random.Random(tenant)))) for tenant in range(tenants))


def _said(drawn: random.Random) -> Iterator[_Said]:
    chosen = drawn.sample(range(len(_NAMES)), _TEXTS)
    for number, of in enumerate(chosen):
        yield _Said(f"say{number}", _remembered(_NAMES[of], drawn), f"app{of}")
    for number, text in enumerate(_NOBODY, _TEXTS):
        yield _Said(f"say{number}", text, None)


def _remembered(name: str, drawn: random.Random) -> str:
    words = name.lower().split()
    shortened = f"our {words[0]} {' '.join(word[:4] for word in words[1:])}"
    return drawn.choice((shortened, f"the old {name.lower()} thing", name.translate(_VOWELS)))


def _world(said: Sequence[_Said]) -> World:
    named = [application(f"app{number}", name) for number, name in enumerate(_NAMES)]
    speaking = [
        application(one.speaker, f"Speaker {number:03d}x", depends_on=[one.text]) for number, one in enumerate(said)
    ]
    estate = inventory(*named, *speaking)
    gathered = gather(estate, [])
    names = loose_names(gathered.loose, gathered.observed.evidence, estate)
    doubts, controls = names.doubts, names.controls(DEPENDENCIES.params)
    means = {one.text: one.meant for one in said}
    before = _right(said, gathered, meant_names(()))

    def truth(doubt: Doubt) -> Sequence[str]:
        meant = means.get(doubt.shown["name"])
        return [choice for choice, asset in doubt.shown["assets"].items() if asset == meant] or [NONE]

    def ask(oracle: Oracle) -> After:
        desk = scripted(oracle, truth)
        opinion = ask_about(desk, desk.agent(DEPENDENCIES), doubts, controls, KnownNames())
        after = _right(said, gathered, meant_names(advised(opinion.answers, opinion.trust)))
        return After(len(after), len(before - after), opinion.trust.earned, desk.cost)

    return World("dependencies", len(said), len(before), len(doubts), ask)


def _right(said: Sequence[_Said], gathered: Gathered, meant: pl.DataFrame) -> set[str]:
    """Speakers whose believed edges are right."""
    edges = conclude(gathered, Rules(), meant).dependencies.filter(pl.col("confidence") >= _BELIEVED)
    found: dict[str, set[str]] = {}
    for speaker, other in edges.filter(kind="application").select("from_asset", "to_asset").iter_rows():
        found.setdefault(speaker, set()).add(other)
    return {one.speaker for one in said if found.get(one.speaker, set()) == ({one.meant} if one.meant else set())}
