"""Tables that were corrected, known again under another name: by the headers that they share.

A table is the same layout where most of its headers are; then each column is the one of the same header, and a header
that is new stands for one that is gone: likelier where it is spelled alike, its cells look alike, and its neighbours
are those of the one that is gone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from discovery_pipeline.domain.mapping.places import header_key
from discovery_pipeline.domain.mapping.recall.likeness import spelled_alike
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile

Key = tuple[str, int]
Looks = Mapping[str, float]

# Fitted by benchmarks/learning/calibration.py; its docstring has the command and the figures.
ALIGNED = {"at zero": -16.2, "spelling": 5.0, "looks": 14.0, "beside": 6.1}
# Tables of different tools share fewer of their headers (the calibration has the distribution).
SAME_LAYOUT = 0.4
# A table of fewer shared headers proves nothing.
_FEWEST = 3


@dataclass(frozen=True)
class KnownColumn:
    """looks: what its cells look like, by `looks_of`. taken_for: the field that a run with nothing learned chose, ""
    where that was none, None where it is not known."""

    header: str
    looks: Looks
    taken_for: str | None = None


@dataclass(frozen=True)
class KnownTable:
    """A table with what is needed to know it again. series, table: without dates. columns: in its order."""

    source: str
    series: str
    table: str
    record: RecordKind
    product: str | None
    columns: tuple[KnownColumn, ...]

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Per column its header as compared, and which column of that header it is."""
        seen: Counter[str] = Counter()
        found = []
        for column in self.columns:
            key = header_key(column.header)
            found.append((key, seen[key]))
            seen[key] += 1
        return tuple(found)

    @cached_property
    def named(self) -> frozenset[Key]:
        return frozenset(key for key in self.keys if key[0])


@dataclass(frozen=True)
class Match:
    """A column of a table and the column of a known one that it would be. log_odds: that it is; inf for one header."""

    position: int
    known: int
    log_odds: float


def looks_of(profile: ColumnProfile) -> dict[str, float]:
    """What a column's cells look like, without any of them: shares of shapes, length, size, repetition."""
    found = {shape: round(share, 3) for shape, share in sorted(profile.shares.items())}
    if profile.filled:
        found["distinct"] = round(min(profile.distinct / profile.filled, 1.0), 3)
        found["length"] = round(math.log2(profile.mean_length + 1) / 6, 3)
    if profile.middle is not None:
        found["size"] = round(math.log10(abs(profile.middle) + 1) / 9, 3)
    found["filled"] = round(profile.filled / max(profile.rows, 1), 3)
    return found


def alike(one: Looks, other: Looks) -> float:
    """How alike two columns look, in [0, 1]: one less the mean difference of what either shows."""
    names = one.keys() | other.keys()
    return 1.0 - sum(abs(one.get(n, 0.0) - other.get(n, 0.0)) for n in names) / max(len(names), 1)


def overlap(one: KnownTable, other: KnownTable) -> float:
    """Share of all their headers that both tables have (Jaccard), in [0, 1]; 0 where those are too few to tell."""
    shared = len(one.named & other.named)
    return shared / len(one.named | other.named) if shared >= _FEWEST else 0.0


def matches(table: KnownTable, known: KnownTable) -> Iterator[Match]:
    """The columns of one header, then of the others the likeliest pairs, each column once."""
    at = {key: place for place, key in enumerate(known.keys)}
    same = {position: at[key] for position, key in enumerate(table.keys) if key in at and key[0]}
    yield from (Match(position, place, math.inf) for position, place in same.items())
    gone = [place for place in range(len(known.columns)) if place not in set(same.values())]
    new = [position for position in range(len(table.columns)) if position not in same]
    candidates = [
        Match(position, place, pair_log_odds(table, position, known, place, same)) for position in new for place in gone
    ]
    yield from _one_to_one(sorted(candidates, key=lambda m: (-m.log_odds, m.position, m.known)))


def pair_features(
    table: KnownTable, position: int, known: KnownTable, place: int, same: Mapping[int, int]
) -> dict[str, float]:
    """What speaks for two columns being one, each in [0, 1]. beside: share of their neighbours in common."""
    one, other = table.columns[position], known.columns[place]
    return {
        "spelling": spelled_alike(one.header, other.header),
        "looks": alike(one.looks, other.looks),
        "beside": _beside(position, place, same, len(table.columns), len(known.columns)),
    }


def pair_log_odds(table: KnownTable, position: int, known: KnownTable, place: int, same: Mapping[int, int]) -> float:
    """Log-odds that two columns without a common header are one."""
    given = pair_features(table, position, known, place, same)
    return ALIGNED["at zero"] + sum(ALIGNED[name] * value for name, value in given.items())


def _beside(position: int, place: int, same: Mapping[int, int], width: int, known_width: int) -> float:
    """Share of the two sides on which the next column of a known header is the same and as far away."""
    agree = 0.0
    for step in (-1, 1):
        here, there = position, place
        distance = 0
        while 0 <= here + step < width and here + step not in same:
            here, distance = here + step, distance + 1
        there = place + step * (distance + 1)
        at_edge = not 0 <= here + step < width
        agree += (not 0 <= there < known_width) if at_edge else same[here + step] == there
    return agree / 2


def _one_to_one(candidates: Sequence[Match]) -> Iterator[Match]:
    taken: set[int] = set()
    used: set[int] = set()
    for match in candidates:
        if match.position not in taken and match.known not in used:
            taken.add(match.position)
            used.add(match.known)
            yield match
