"""Which nodes stand in circles with each other. Keep out: what the nodes are."""

from __future__ import annotations

import igraph
import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
# Rounds go on while each puts aside so much of the links.
_WORTH = 0.05


def strong_components(count: int, d: Numbers, p: Numbers) -> Numbers:
    """The strong component of each of `count` nodes, numbered from 0 without gaps. d, p: ends of directed links.

    Links that lead from a node to which none leads, or to one from which none does, are in no circle: they are put
    aside first, round by round, because a graph of the few that are left is much quicker to build.
    """
    left, before = (d, p), float("inf")
    while 0 < len(left[0]) < (1 - _WORTH) * before:
        before = len(left[0])
        entered, gone_from = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        gone_from[left[0]], entered[left[1]] = True, True
        kept = entered[left[0]] & gone_from[left[1]]
        left = left[0][kept], left[1][kept]
    nodes = np.unique(np.concatenate(left))
    number = np.full(count, -1, dtype=np.int64)
    number[nodes] = np.arange(len(nodes))
    graph = igraph.Graph(n=len(nodes), edges=np.column_stack([number[left[0]], number[left[1]]]), directed=True)
    inside = np.asarray(graph.connected_components(mode="strong").membership, dtype=np.int64)
    result = np.empty(count, dtype=np.int64)
    result[nodes] = inside
    alone = number < 0
    result[alone] = int(inside.max(initial=-1)) + 1 + np.arange(int(alone.sum()))
    return result
