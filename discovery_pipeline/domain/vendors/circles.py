"""Which dependencies to leave out so that the others make no circle. Keep out: what a dependency is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import polars as pl


def closing(edges: pl.DataFrame) -> pl.Series:
    """Of each edge whether it closes a circle with the edges before it that are kept (Boolean).

    edges: source and target (text), the most trusted first. Only edges inside a strongly connected part can: the
    search for a way back stays within it.
    """
    nodes = pl.concat([edges["source"], edges["target"]]).unique().sort()
    number = {name: index for index, name in enumerate(nodes)}
    pairs = [(number[a], number[b]) for a, b in edges.select("source", "target").iter_rows()]
    part = _parts(len(nodes), pairs)
    kept: dict[int, list[int]] = defaultdict(list)
    refused = []
    for source, target in pairs:
        inside = part[source] == part[target]
        closes = source == target or (inside and _leads(kept, target, source))
        refused.append(closes)
        if inside and not closes:
            kept[source].append(target)
    return pl.Series("closes", refused, dtype=pl.Boolean)


def _parts(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """The strongly connected part of each node."""
    import igraph

    graph = igraph.Graph(n=count, edges=np.array(pairs, dtype=np.int64).reshape(-1, 2), directed=True)
    return list(graph.connected_components(mode="strong").membership)


def _leads(kept: dict[int, list[int]], start: int, goal: int) -> bool:
    """Whether the kept edges lead from one node to the other."""
    waiting, seen = [start], {start}
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        further = [neighbour for neighbour in kept[node] if neighbour not in seen]
        seen.update(further)
        waiting += further
    return False
