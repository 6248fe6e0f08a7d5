"""Components and cluster growth, on numbers alone."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest

from discovery_pipeline.domain.inventory.clusters import join_pairs
from discovery_pipeline.domain.inventory.components import components, dense
from discovery_pipeline.domain.inventory.identifiers import KINDS, VALUES
from discovery_pipeline.domain.inventory.pairs import Pairs
from discovery_pipeline.domain.inventory.params import InventoryParams

NOTHING = {kind: pl.DataFrame(schema=VALUES) for kind in KINDS}


@pytest.mark.parametrize("seed", range(5), ids=lambda seed: f"graph {seed}")
def test_components_are_those_of_a_plain_search(seed: int) -> None:
    rng = random.Random(seed)
    links = [(rng.randrange(60), rng.randrange(60)) for _ in range(40)]
    expected = list(range(60))
    for _ in range(60):
        for a, b in links:
            expected[a] = expected[b] = min(expected[a], expected[b])
    left, right = np.array(links, dtype=np.int64).T
    assert components(60, left, right).tolist() == expected


def test_a_long_chain_is_one_component() -> None:
    nodes = np.arange(2000, dtype=np.int64)
    assert components(2000, nodes[1:], nodes[:-1]).max() == 0


def test_dense_numbers_follow_the_labels() -> None:
    assert dense(np.array([7, 3, 7, 9])).tolist() == [1, 0, 1, 2]


def _joined(scores: dict[tuple[int, int], float], tables: list[int], **params: float) -> list[int]:
    left, right = np.array(list(scores), dtype=np.int64).reshape(-1, 2).T
    pairs = Pairs(left, right, np.zeros(len(left), dtype=np.int64), np.array(list(scores.values())))
    numbers = np.array(tables, dtype=np.uint32)
    return join_pairs(pairs, NOTHING, numbers, InventoryParams(accept=3.0, veto=-3.0, **params)).tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scores", "tables", "expected"),
    [
        pytest.param({(0, 1): 3.0}, [0, 1], [0, 0], id="at the threshold"),
        pytest.param({(0, 1): 2.9}, [0, 1], [0, 1], id="below it"),
        pytest.param({(0, 1): 9.0, (1, 2): 4.0}, [0, 1, 2], [0, 0, 0], id="a chain"),
        pytest.param({(0, 1): 9.0, (1, 2): 4.0, (0, 2): -3.0}, [0, 1, 2], [0, 0, 1], id="a chain with a veto"),
        pytest.param({(0, 2): 4.0, (1, 2): 5.0}, [0, 0, 1], [0, 1, 1], id="the better of two in one table"),
        pytest.param({(0, 1): 5.0, (1, 2): 5.0}, [0, 64, 0], [0, 0, 1], id="a tie goes to the earlier one"),
        pytest.param({}, [0, 1], [0, 1], id="no pairs"),
    ],
)
def test_clusters_grow_by_their_best_pairs(
    scores: dict[tuple[int, int], float], tables: list[int], expected: list[int]
) -> None:
    assert _joined(scores, tables) == expected


def test_more_tables_than_bits_of_a_word_stay_apart() -> None:
    tables = [*range(130), 129]
    scores = {(128, 129): 4.0, (128, 130): 5.0}
    labels = _joined(scores, tables)
    assert labels[128] == labels[130] != labels[129]
