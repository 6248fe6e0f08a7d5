"""Pairs that share an identifier and are two nevertheless: what a second opinion is measured by.

Keep out: how a pair is shown and what an answer does (pair_doubts.py, advised_pairs.py).
"""

from __future__ import annotations

import numpy as np

from discovery_pipeline.domain.inventory.matching.clusters import Grown
from discovery_pipeline.domain.inventory.matching.comparison import FEATURES, compare
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import Kind

# Log-odds of two that share an identifier and are two nevertheless: a probability of .02.
_SURELY_TWO = -4.0
_MOST = 200
# Hardware has one of each of its own.
OF_HARDWARE: tuple[Kind, ...] = ("uuid", "serial")
_LEAST_DIFFERENT = FEATURES["uuid"].index("differs")
_STALE = FEATURES["uuid"].index("agrees_stale")


def surely_two(grown: Grown, first_record: Nodes) -> Nodes:
    """Positions of two records (pairs, 2) of things that share an identifier while hardware ids of both differ, spread
    evenly over all. first_record: per entry."""
    apart = grown.between.where(grown.between.score <= _SURELY_TWO)
    levels = compare(grown.subjects, apart.low, apart.high, apart.agreed)
    differ = np.zeros(len(apart), dtype=np.bool_)
    for kind in OF_HARDWARE:
        differ |= (levels[kind] >= _LEAST_DIFFERENT) & (levels[kind] < _STALE)
    places = np.flatnonzero(differ)
    spread = places[np.linspace(0, len(places) - 1, min(len(places), _MOST)).astype(np.int64)]
    return first_record[np.stack([apart.low[spread], apart.high[spread]], axis=1)]
