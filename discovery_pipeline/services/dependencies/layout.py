"""Places of a neighbourhood's nodes: what depends stands left of what it depends on, in columns that can be read.

The same neighbourhood gives the same places. Keep out: pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import ceil

from discovery_pipeline.files.report.charts.layers import layered
from discovery_pipeline.services.dependencies.model import Edge, Node

# A layer of more nodes stands in several columns beside each other: one would be higher than a screen.
ROWS = 14


def places(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[tuple[float, float]]:
    """A place (column, row) for each node, from (0, 0) on; no two nodes have the same."""
    numbers = {node.key: number for number, node in enumerate(nodes)}
    pairs = sorted({(numbers[edge.start], numbers[edge.end]) for edge in edges})
    layout = layered(len(nodes), pairs)
    found: list[tuple[float, float]] = [(0.0, 0.0)] * len(nodes)
    order = sorted(range(len(nodes)), key=lambda node: (*layout.nodes[node], node))
    column = 0
    for _, layer in groupby(order, key=lambda node: layout.nodes[node][0]):
        beside = list(layer)
        columns = ceil(len(beside) / ROWS)
        for place, node in enumerate(beside):
            # Neighbours in the order stay neighbours on the map: rows are filled across the columns.
            row = place // columns if columns > 1 else layout.nodes[node][1]
            found[node] = (float(column + place % columns), float(row))
        column += columns
    return _centred(found)


def _centred(found: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The columns as they are, each moved to the middle; wide gaps in a column closed to fit the highest full one."""
    by_column: dict[float, list[int]] = {}
    for node, (x, _) in enumerate(found):
        by_column.setdefault(x, []).append(node)
    most = max((len(column) for column in by_column.values()), default=0)
    heights = {x: _height(found, column) for x, column in by_column.items()}
    highest = max(min(max(heights.values(), default=0.0), float(max(most, ROWS))), 0.0)
    placed = list(found)
    for x, column in by_column.items():
        shrink = min(1.0, highest / heights[x]) if heights[x] else 1.0
        rows = _apart([found[node][1] * shrink for node in column])
        middle = (highest - (max(rows) - min(rows))) / 2 - min(rows)
        for node, row in zip(column, rows, strict=True):
            placed[node] = (x, round(row + middle, 3))
    top = min((y for _, y in placed), default=0.0)
    return [(x, round(y - top, 3)) for x, y in placed]


def _height(found: Sequence[tuple[float, float]], column: Sequence[int]) -> float:
    rows = [found[node][1] for node in column]
    return max(rows) - min(rows)


def _apart(rows: Sequence[float]) -> list[float]:
    """The same rows, in the order of the column, at least one row from each other."""
    order = sorted(range(len(rows)), key=lambda place: (rows[place], place))
    apart, below = list(rows), float("-inf")
    for place in order:
        below = max(rows[place], below + 1.0)
        apart[place] = below
    return apart
