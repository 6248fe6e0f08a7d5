"""Where the boxes and lines of a directed graph go: in layers from left to right (Sugiyama, Tagawa, Toda 1981).

The same graph gives the same places: nothing is drawn at random. Keep out: how boxes and lines look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# More layers than this make the boxes too narrow to read.
MAX_LAYERS = 6
# A line that passes a layer needs this part of a box's row.
_LINE_ROW = 0.3
# Sweeps over the layers until places hardly change.
_SWEEPS = 12
Edge = tuple[int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Places in units of one layer (x) and one row (y), the first being 0.

    nodes: one per node. bends: per edge the places that its line goes through between its ends. layers, rows: the size.
    """

    nodes: list[Point]
    bends: list[list[Point]]
    layers: int
    rows: float


def layered(count: int, edges: Sequence[Edge]) -> Layout:
    """The layout of nodes 0 ... count - 1; an edge leads from what needs to what is needed, to the right."""
    if not count:
        return Layout([], [], 0, 0)
    layers = _layers(count, edges)
    split, lines = _split(layers, edges)
    rows = _rows(_order(layers, split), split, [1.0 if node < count else _LINE_ROW for node in range(len(layers))])
    points = [(float(layer), row) for layer, row in zip(layers, rows, strict=True)]
    bends = [[points[bend] for bend in line] for line in lines]
    return Layout(points[:count], bends, max(layers) + 1, max(rows) + 1)


def _layers(count: int, edges: Sequence[Edge]) -> list[int]:
    """The layer of each node: behind all that need it, circles cut, as near to what it needs as that allows."""
    import igraph

    graph = igraph.Graph(count, list(edges), directed=True)
    cut = set(graph.feedback_arc_set(None, "eades"))
    kept = [edge for number, edge in enumerate(edges) if number not in cut]
    order = igraph.Graph(count, kept, directed=True).topological_sorting()
    after: list[list[int]] = [[] for _ in range(count)]
    for a, b in kept:
        after[a].append(b)
    layers = [0] * count
    for node in order:
        for needed in after[node]:
            layers[needed] = max(layers[needed], min(layers[node] + 1, MAX_LAYERS - 1))
    for node in reversed(order):
        if after[node]:
            layers[node] = max(layers[node], min(layers[needed] for needed in after[node]) - 1)
    first = min(layers)
    return [layer - first for layer in layers]


def _split(layers: list[int], edges: Sequence[Edge]) -> tuple[list[Edge], list[list[int]]]:
    """Edges cut at every layer that they cross, and per edge the nodes put there, whose layers are added to layers.

    Edges that lead back or stay in their layer have no part in the layout and are left out.
    """
    split: list[Edge] = []
    lines = []
    for a, b in edges:
        crossed = list(range(layers[a] + 1, layers[b]))
        bends = list(range(len(layers), len(layers) + len(crossed)))
        layers.extend(crossed)
        lines.append(bends)
        if layers[a] < layers[b]:
            split += pairwise([a, *bends, b])
    return split, lines


def _order(layers: Sequence[int], split: list[Edge]) -> list[list[int]]:
    """The nodes of each layer from top to bottom, with few crossings (barycentres, by igraph)."""
    import igraph

    graph = igraph.Graph(len(layers), split, directed=True)
    across = [x for x, _ in graph.layout_sugiyama(layers=list(layers), hgap=1, vgap=1, maxiter=500).coords]
    ordered: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for node in sorted(range(len(layers)), key=lambda node: (across[node], node)):
        ordered[layers[node]].append(node)
    return ordered


def _rows(ordered: Sequence[Sequence[int]], split: Sequence[Edge], heights: Sequence[float]) -> list[float]:
    """The row of each node: near the mean of its neighbours, the order of its layer kept, no two on top of another."""
    near: list[list[int]] = [[] for _ in heights]
    for a, b in split:
        near[a].append(b)
        near[b].append(a)
    rows = [0.0] * len(heights)
    for layer in ordered:
        for node, place in zip(layer, _offsets(layer, heights), strict=True):
            rows[node] = place
    for sweep in range(_SWEEPS):
        for layer in ordered if sweep % 2 else reversed(ordered):
            wanted = [
                sum(rows[n] for n in near[node]) / len(near[node]) if near[node] else rows[node] for node in layer
            ]
            offsets = _offsets(layer, heights)
            rising = _rising([want - offset for want, offset in zip(wanted, offsets, strict=True)])
            for node, place, offset in zip(layer, rising, offsets, strict=True):
                rows[node] = place + offset
    top = min(rows)
    return [row - top for row in rows]


def _offsets(layer: Sequence[int], heights: Sequence[float]) -> list[float]:
    """The smallest distances of a layer's nodes from its first one."""
    offsets = [0.0]
    for above, below in pairwise(layer):
        offsets.append(offsets[-1] + (heights[above] + heights[below]) / 2)
    return offsets[: len(layer)]


def _rising(wanted: Sequence[float]) -> list[float]:
    """The rising numbers nearest to the wanted ones by least squares (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for number in wanted:
        mean, size = number, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), size + count
        pools.append((mean, size))
    return [mean for mean, size in pools for _ in range(size)]
