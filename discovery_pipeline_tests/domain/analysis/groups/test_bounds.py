"""Communities cut to a bound where their ties are loosest."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from discovery_pipeline.domain.analysis.groups.bounds import bounded


def cliques(count: int, size: int, bridge: float) -> pl.DataFrame:
    """Ties of `count` cliques in a row, neighbours joined by one weak tie."""
    rows = [(c * size + i, c * size + j, 0.9) for c in range(count) for i in range(size) for j in range(i + 1, size)]
    rows += [(c * size, (c + 1) * size, bridge) for c in range(count - 1)]
    return pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64, "weight": pl.Float64}, orient="row")


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


def test_loose_ties_are_cut_and_tight_ones_hold() -> None:
    cut = bounded(np.zeros(12, dtype=np.int64), cliques(3, 4, 0.1), 4, 0.05, 1)
    assert parts(cut) == {frozenset(range(n, n + 4)) for n in (0, 4, 8)}


def test_pieces_are_put_together_as_long_as_there_is_room() -> None:
    cut = bounded(np.zeros(12, dtype=np.int64), cliques(3, 4, 0.1), 8, 0.05, 1)
    assert sorted(len(part) for part in parts(cut)) == [4, 8]


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_the_bound_holds_whatever_the_ties(limit: int) -> None:
    rng = np.random.default_rng(limit)
    ends = rng.integers(0, 200, (600, 2))
    ties = pl.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "weight": rng.random(600)})
    labels = rng.integers(0, 3, 200).astype(np.int64)
    cut = bounded(labels, ties, limit, 0.05, 1)
    assert max(len(part) for part in parts(cut)) <= limit
    assert all(len(set(labels[list(part)].tolist())) == 1 for part in parts(cut))


def test_what_is_small_enough_stays() -> None:
    labels = np.array([0, 0, 1, 1], dtype=np.int64)
    assert bounded(labels, cliques(1, 4, 0.1), 2, 0.05, 1) is labels
