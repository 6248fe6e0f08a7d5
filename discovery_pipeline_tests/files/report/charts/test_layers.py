"""Where boxes and lines go: to the right, in few layers, never on top of one another, the same every time."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from discovery_pipeline.files.report.charts.layers import MAX_LAYERS, Edge, Layout, layered


def random_edges(count: int, edges: int, seed: int) -> list[Edge]:
    chosen = random.Random(seed)
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b]
    return sorted(chosen.sample(pairs, edges))


def apart(layout: Layout) -> float:
    """The smallest distance of two boxes in a layer, in rows."""
    places = sorted(layout.nodes)
    return min((b[1] - a[1] for a, b in pairwise(places) if a[0] == b[0]), default=1.0)


@pytest.mark.parametrize(
    ("count", "edges"),
    [
        pytest.param(0, [], id="nothing"),
        pytest.param(1, [], id="one"),
        pytest.param(2, [(0, 1), (1, 0)], id="circle-of-two"),
        pytest.param(3, [(0, 1), (1, 2), (2, 0)], id="circle-of-three"),
        pytest.param(12, [(n, n + 1) for n in range(11)], id="long-chain"),
        pytest.param(30, [(n, 0) for n in range(1, 30)], id="star"),
        pytest.param(30, random_edges(30, 90, 1), id="dense"),
        pytest.param(20, random_edges(20, 20, 2), id="sparse"),
    ],
)
def test_boxes_stay_apart_and_within_the_picture(count: int, edges: list[Edge]) -> None:
    layout = layered(count, edges)
    assert len(layout.nodes) == count
    assert len(layout.bends) == len(edges)
    assert layout.layers <= MAX_LAYERS
    assert apart(layout) > 0.999
    assert all(0 <= x < layout.layers and -1e-9 <= y <= layout.rows for x, y in layout.nodes)


def test_what_needs_something_stands_left_of_it() -> None:
    layout = layered(5, [(0, 1), (1, 2), (3, 2), (0, 2), (2, 4)])
    assert [x for x, _ in layout.nodes] == [0, 1, 2, 1, 3]


def test_a_line_bends_in_each_layer_that_it_passes() -> None:
    layout = layered(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    assert [[x for x, _ in bends] for bends in layout.bends] == [[], [], [], [1, 2]]


def test_the_same_graph_has_the_same_places() -> None:
    edges = random_edges(25, 60, 3)
    assert layered(25, edges) == layered(25, edges)
