"""From pairs to clusters: the best pair is joined first, and what was joined is compared anew as one thing.

Keep out: what is compared (comparison.py) and what it is worth (pair_weights.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.candidates import Pairs
from discovery_pipeline.domain.inventory.matching.comparison import (
    AGREES,
    FEATURES,
    LIVE,
    SHARED,
    UNKNOWN,
    Bits,
    Levels,
    Mask,
    Subjects,
    agree_in,
    compare,
)
from discovery_pipeline.domain.inventory.matching.components import Nodes, dense
from discovery_pipeline.domain.inventory.matching.identifiers import Kind
from discovery_pipeline.domain.inventory.matching.pair_weights import PairWeights

# Only these make one thing of a machine that is gone and one that runs.
_OVERRULING: tuple[Kind, ...] = ("uuid", "serial", "mac")
_RETIRED_AGAINST_LIVE = FEATURES["status"].index("retired_against_live")
_RETIRED_AND_OFF = FEATURES["status"].index("retired_and_off")
# In these a machine seldom changes all at once; its successor under the same name differs in them as a rule.
_SIZES = ("cpu_count", "memory_mib")


@dataclass(frozen=True)
class Edges:
    """Links between clusters low < high, by the number of their first entry. agreed: as in comparison.py.

    score: log-odds that the two are one thing. barred: whether something rules that out, whatever the odds.
    """

    low: Nodes
    high: Nodes
    agreed: Bits
    score: NDArray[np.float64]
    barred: Mask

    def __len__(self) -> int:
        return len(self.low)

    def at(self, places: Nodes) -> Edges:
        """Those at the places."""
        return Edges(self.low[places], self.high[places], self.agreed[places], self.score[places], self.barred[places])

    def where(self, mask: Mask) -> Edges:
        """Those of the mask."""
        return self.at(np.flatnonzero(mask))


@dataclass(frozen=True)
class Join:
    """Two clusters that were made one: their members then, and the log-odds that they are one thing.

    levels: how they compared, at `place`.
    """

    one: Nodes
    other: Nodes
    odds: float
    levels: Mapping[str, Levels]
    place: int


@dataclass(frozen=True)
class Grown:
    """cluster: number per entry, dense, in the order of each cluster's first entry.

    subjects: what is known of the clusters, at the place of their first entry. between: the edges left between them.
    joins: the noted ones.
    """

    cluster: Nodes
    subjects: Subjects
    between: Edges
    joins: tuple[Join, ...] = ()


def grow(
    pairs: Pairs,
    subjects: Subjects,
    weights: PairWeights,
    accept: float,
    *,
    tables_apart: bool,
    note_below: float = -math.inf,
) -> Grown:
    """Join entries while the odds of the best pair are at least `accept`.

    tables_apart: what one table lists twice stays two things. note_below: log-odds of joins worth noting. Each round
    joins every two clusters that are each other's best, so a join is always of two and its checks are exact; rounds
    grow with the largest cluster, not with their number.
    """
    size = len(subjects)
    label = np.arange(size, dtype=np.int64)
    edges = _weighed(pairs.left, pairs.right, pairs.agreed, subjects, weights, tables_apart=tables_apart)
    joins: list[Join] = []
    while True:
        best = _mutual_best(edges.where(~edges.barred & (edges.score >= accept)), size)
        if not len(best):
            return Grown(dense(label), subjects, edges, tuple(joins))
        joins += _noted(best.where(best.score < note_below), label, subjects)
        keep, gone = best.low, best.high
        subjects = subjects.joined(keep, gone)
        renamed = np.arange(size, dtype=np.int64)
        renamed[gone] = keep
        label = renamed[label]
        touched = np.zeros(size, dtype=np.bool_)
        touched[keep] = touched[gone] = True
        changed = touched[edges.low] | touched[edges.high]
        ends = _redrawn(edges.where(changed), renamed, size)
        redrawn = _weighed(*ends, subjects, weights, tables_apart=tables_apart)
        edges = _together(edges.where(~changed), redrawn)


def _weighed(
    low: Nodes, high: Nodes, agreed: Bits, subjects: Subjects, weights: PairWeights, *, tables_apart: bool
) -> Edges:
    levels = compare(subjects, low, high, agreed)
    barred = _retired(levels, agreed) | _lost(levels, subjects, low, high, agreed)
    if tables_apart:
        barred |= subjects.share_a_table(low, high)
    return Edges(low, high, agreed, weights.score(levels), barred)


def _retired(levels: Mapping[str, Levels], agreed: Bits) -> Mask:
    """A machine that is gone and one that runs, or one that is off where only one of both is virtual.

    An identifier of the hardware in common overrules that.
    """
    another = (levels["status"] == _RETIRED_AND_OFF) & _differ(levels, "virtual")
    return np.asarray(((levels["status"] == _RETIRED_AGAINST_LIVE) | another) & ~agree_in(agreed, _OVERRULING))


def _lost(levels: Mapping[str, Levels], subjects: Subjects, low: Nodes, high: Nodes, agreed: Bits) -> Mask:
    """The same of a machine that was not seen for long and of whose state nothing is known.

    It is taken for gone where a table that lists it lists the one that runs as well, or where the system or the sizes
    show that this is another machine. A table that lists one machine twice repeats its identifiers.
    """
    lost = _lost_sight_of(subjects, low, high) | _lost_sight_of(subjects, high, low)
    lost &= ~agree_in(agreed, _OVERRULING, AGREES | SHARED)
    places = np.flatnonzero(lost)
    unlike = _differ(levels, "system") | np.logical_and.reduce([_differ(levels, name) for name in _SIZES])
    lost[places] = unlike[places] | subjects.share_a_table(low[places], high[places])
    return lost


def _lost_sight_of(subjects: Subjects, ones: Nodes, others: Nodes) -> Mask:
    """Whether the one was not seen for long and nothing is known of its state, while the other runs."""
    status, stale = subjects.codes["status"], subjects.codes["stale"]
    return np.asarray((status[ones] == UNKNOWN) & (stale[ones] == 1) & (status[others] == LIVE))


def _differ(levels: Mapping[str, Levels], feature: str) -> Mask:
    if feature not in levels:
        return np.zeros(len(levels["status"]), dtype=np.bool_)
    return np.asarray(levels[feature] == FEATURES[feature].index("differs"))


def _noted(best: Edges, label: Nodes, subjects: Subjects) -> list[Join]:
    """The joins of these edges. label, subjects: of each entry, before them."""
    if not len(best):
        return []
    members = np.flatnonzero(np.isin(label, np.concatenate([best.low, best.high])))
    members = members[np.argsort(label[members], kind="stable")]
    low, high = (_members(ends, members, label[members]) for ends in (best.low, best.high))
    levels = compare(subjects, best.low, best.high, best.agreed)
    return [Join(*sides, levels, place) for place, sides in enumerate(zip(low, high, best.score.tolist(), strict=True))]


def _members(clusters: Nodes, members: Nodes, label: Nodes) -> list[Nodes]:
    """The members of each cluster. members: by their label."""
    first, last = (np.searchsorted(label, clusters, side) for side in ("left", "right"))
    return [members[start:end] for start, end in zip(first.tolist(), last.tolist(), strict=True)]


def _mutual_best(edges: Edges, size: int) -> Edges:
    """The edges that are the best of both their clusters; equal scores go to the earlier entries."""
    order = np.lexsort((edges.high, edges.low, -edges.score))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(size, len(order), dtype=np.int64)
    np.minimum.at(best, edges.low, rank)
    np.minimum.at(best, edges.high, rank)
    return edges.where((best[edges.low] == rank) & (best[edges.high] == rank))


def _redrawn(edges: Edges, renamed: Nodes, size: int) -> tuple[Nodes, Nodes, Bits]:
    """The edges drawn between the grown clusters, one per two clusters."""
    ends = renamed[edges.low], renamed[edges.high]
    key = np.minimum(*ends) * size + np.maximum(*ends)
    open_ends = ends[0] != ends[1]
    order = np.argsort(key[open_ends], kind="stable")
    key, agreed = key[open_ends][order], edges.agreed[open_ends][order]
    if not len(key):
        return key, key, agreed
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    low, high = np.divmod(key[starts], size)
    return low, high, np.bitwise_or.reduceat(agreed, starts)


def _together(one: Edges, other: Edges) -> Edges:
    return Edges(
        np.concatenate([one.low, other.low]),
        np.concatenate([one.high, other.high]),
        np.concatenate([one.agreed, other.agreed]),
        np.concatenate([one.score, other.score]),
        np.concatenate([one.barred, other.barred]),
    )
