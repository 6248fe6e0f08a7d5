"""What of a matching may be asked about: joins that hardly held, and edges that surely are between two things.

Keep out: how a pair is shown and what an answer does (pair_doubts.py, advised_pairs.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from discovery_pipeline.domain.inventory.matching.clusters import Grown, Join
from discovery_pipeline.domain.inventory.matching.comparison import FEATURES, compare
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import Kind

# Log-odds below which two that were joined may well be two: a probability of .82.
DOUBTFUL_JOIN = 1.5
# Log-odds of two that share an identifier and are two nevertheless: a probability of .02.
_SURELY_TWO = -4.0
_MOST_TWO = 200
# Hardware has one of each of its own.
OF_HARDWARE: tuple[Kind, ...] = ("uuid", "serial")
_LEAST_DIFFERENT = FEATURES["uuid"].index("differs")
_STALE = FEATURES["uuid"].index("agrees_stale")


@dataclass(frozen=True)
class Unsure:
    """joins: doubtful ones, their members as positions of records. two: positions of two records (pairs, 2), of things
    that share an identifier and are two, because hardware ids of both differ."""

    joins: tuple[Join, ...]
    two: Nodes


def unsure_of(grown: Grown, of_record: Nodes) -> Unsure:
    """of_record: entry per record."""
    first = np.unique(of_record, return_index=True)[1]
    doubtful = sorted(grown.joins, key=lambda join: join.odds)[:_MOST_TWO]
    return Unsure(tuple(_of_records(doubtful, of_record)), first[_surely_two(grown)])


def _of_records(joins: Sequence[Join], of_record: Nodes) -> Iterator[Join]:
    """The joins with positions of records for entries."""
    entries = np.concatenate([np.zeros(0, np.int64), *(side for join in joins for side in (join.one, join.other))])
    records = np.flatnonzero(np.isin(of_record, entries))
    own = of_record[records]
    for join in joins:
        yield Join(records[np.isin(own, join.one)], records[np.isin(own, join.other)], join.odds)


def _surely_two(grown: Grown) -> Nodes:
    """Ends (edges, 2) of edges between clusters, spread evenly over all of them."""
    apart = grown.between.where(grown.between.score <= _SURELY_TWO)
    levels = compare(grown.subjects, apart.low, apart.high, apart.agreed)
    differ = np.zeros(len(apart), dtype=np.bool_)
    for kind in OF_HARDWARE:
        differ |= (levels[kind] >= _LEAST_DIFFERENT) & (levels[kind] < _STALE)
    places = np.flatnonzero(differ)
    spread = places[np.linspace(0, len(places) - 1, min(len(places), _MOST_TWO)).astype(np.int64)]
    return np.stack([apart.low[spread], apart.high[spread]], axis=1)
