"""Components and cluster growth, on numbers alone."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pytest

from discovery_pipeline.domain.inventory.matching.candidates import Pairs
from discovery_pipeline.domain.inventory.matching.clusters import grow
from discovery_pipeline.domain.inventory.matching.comparison import AGREES, LIVE, OFFSET, RETIRED, UNKNOWN, Subjects
from discovery_pipeline.domain.inventory.matching.components import components, dense
from discovery_pipeline.domain.inventory.matching.identifiers import Kind
from discovery_pipeline.domain.inventory.matching.pair_weights import weights_of


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


CODES, SIZES = ("status", "stale", "system"), ("cpu_count", "memory_mib")
# What an agreement in each kind is worth here; a pair of which nothing is known stands at 0.
WORTH = {"uuid": 9.0, "serial": 5.0, "mac": 4.0, "name": 3.0, "ip": 2.9}
WEIGHTS = weights_of(
    {
        "bias": 0.0,
        "weights": {**{kind: {"agrees": w} for kind, w in WORTH.items()}, "name": {"agrees": 3.0, "differs": -6}},
    }
)


def _subjects(tables: list[int], named: Collection[int] = (), status: Mapping[int, int] | None = None) -> Subjects:
    """A subject per table number; `named` of them have a name."""
    size, words = len(tables), max(tables) // 64 + 1
    bits = np.zeros((size, words), dtype=np.uint64)
    for node, table in enumerate(tables):
        bits[node, table // 64] = np.uint64(1) << np.uint64(table % 64)
    present = np.array([(AGREES << OFFSET["name"]) if n in named else 0 for n in range(size)], dtype=np.int64)
    known = np.array([(status or {}).get(n, UNKNOWN) for n in range(size)], dtype=np.int32)
    unknown = np.full(size, UNKNOWN, dtype=np.int32)
    return Subjects(
        bits, present, {}, {"status": known, "stale": unknown, "domain": unknown}, {}, 0, np.zeros(0, np.int64)
    )


def _grown(agreeing: dict[tuple[int, int], Kind], subjects: Subjects, *, tables_apart: bool = True) -> list[int]:
    left, right = np.array(list(agreeing), dtype=np.int64).reshape(-1, 2).T
    agreed = np.array([AGREES << OFFSET[kind] for kind in agreeing.values()], dtype=np.int64)
    return grow(Pairs(left, right, agreed), subjects, WEIGHTS, 3.0, tables_apart=tables_apart).cluster.tolist()


@pytest.mark.parametrize(
    ("agreeing", "tables", "expected"),
    [
        pytest.param({(0, 1): "name"}, [0, 1], [0, 0], id="at the threshold"),
        pytest.param({(0, 1): "ip"}, [0, 1], [0, 1], id="below it"),
        pytest.param({(0, 1): "uuid", (1, 2): "mac"}, [0, 1, 2], [0, 0, 0], id="a chain"),
        pytest.param({(0, 2): "mac", (1, 2): "serial"}, [0, 0, 1], [0, 1, 1], id="the better of two in one table"),
        pytest.param({(0, 1): "serial", (1, 2): "serial"}, [0, 64, 0], [0, 0, 1], id="a tie goes to the earlier one"),
        pytest.param({}, [0, 1], [0, 1], id="no pairs"),
    ],
)
def test_clusters_grow_by_their_best_pairs(
    agreeing: dict[tuple[int, int], Kind], tables: list[int], expected: list[int]
) -> None:
    assert _grown(agreeing, _subjects(tables)) == expected


def test_what_was_joined_is_compared_as_one() -> None:
    """Nothing of the first speaks against the third, but the name that the second brings to it does."""
    agreeing: dict[tuple[int, int], Kind] = {(0, 1): "uuid", (0, 2): "serial"}
    assert _grown(agreeing, _subjects([0, 1, 2])) == [0, 0, 0]
    assert _grown(agreeing, _subjects([0, 1, 2], named=(1, 2))) == [0, 0, 1]


def test_rows_of_one_table_are_joined_only_where_that_is_asked() -> None:
    assert _grown({(0, 1): "uuid"}, _subjects([0, 0])) == [0, 1]
    assert _grown({(0, 1): "uuid"}, _subjects([0, 0]), tables_apart=False) == [0, 0]


@pytest.mark.parametrize(("kind", "expected"), [("serial", [0, 0]), ("name", [0, 1])])
def test_what_is_gone_and_what_runs_are_one_by_their_hardware_only(kind: Kind, expected: list[int]) -> None:
    assert _grown({(0, 1): kind}, _subjects([0, 1], status={0: RETIRED, 1: LIVE})) == expected


LOST, SEEN = {"status": UNKNOWN, "stale": 1}, {"status": LIVE, "stale": 0}


@pytest.mark.parametrize(
    ("tables", "one", "other", "expected"),
    [
        pytest.param([0, 0], LOST, SEEN, [0, 1], id="its own table lists the one that runs"),
        pytest.param([0, 0], {**LOST, "status": LIVE}, SEEN, [0, 0], id="its table says that it runs"),
        pytest.param([0, 0], LOST, {**SEEN, "status": UNKNOWN}, [0, 0], id="nobody says that the other runs"),
        pytest.param([0, 1], LOST, SEEN, [0, 0], id="another source sees it"),
        pytest.param([0, 1], {**LOST, "system": 0}, {**SEEN, "system": 2}, [0, 1], id="another system"),
        pytest.param(
            [0, 1],
            {**LOST, "cpu_count": 2, "memory_mib": 4096},
            {**SEEN, "cpu_count": 2, "memory_mib": 8192},
            [0, 0],
            id="memory was added",
        ),
        pytest.param(
            [0, 1],
            {**LOST, "cpu_count": 2, "memory_mib": 4096},
            {**SEEN, "cpu_count": 8, "memory_mib": 8192},
            [0, 1],
            id="all sizes differ",
        ),
    ],
)
def test_what_was_not_seen_for_long_is_gone_where_its_successor_shows(
    tables: list[int], one: Mapping[str, int], other: Mapping[str, int], expected: list[int]
) -> None:
    base = _subjects(tables)
    codes = {name: np.array([one.get(name, UNKNOWN), other.get(name, UNKNOWN)], dtype=np.int32) for name in CODES}
    numbers = {name: np.array([one.get(name, np.nan), other.get(name, np.nan)], dtype=np.float32) for name in SIZES}
    subjects = replace(base, codes={**base.codes, **codes}, numbers=numbers)
    assert _grown({(0, 1): "name"}, subjects, tables_apart=False) == expected
    assert _grown({(0, 1): "serial"}, subjects, tables_apart=False) == [0, 0]


def test_more_tables_than_bits_of_a_word_stay_apart() -> None:
    labels = _grown({(128, 129): "mac", (128, 130): "serial"}, _subjects([*range(130), 129]))
    assert labels[128] == labels[130] != labels[129]
