from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.dependencies.members import adjusted_rand, alike


@pytest.mark.parametrize(
    ("one", "other", "index"),
    [
        pytest.param([0, 0, 1, 1], [5, 5, 7, 7], 1.0, id="equal but for the names"),
        pytest.param([0, 0, 1, 1], [0, 1, 0, 1], -0.5, id="crosswise"),
        pytest.param([0, 0, 1, 2], [0, 0, 1, 1], 0.571, id="one pair too many"),
        pytest.param([0, 1, 2], [0, 1, 2], 1.0, id="all alone"),
    ],
)
def test_adjusted_rand(one: list[int], other: list[int], index: float) -> None:
    assert adjusted_rand(np.array(one), np.array(other)) == pytest.approx(index, abs=1e-3)


def test_groups_are_compared_over_what_both_hold() -> None:
    one = pl.DataFrame({"group_id": ["a", "b"], "members": [["x", "y"], ["z", "gone"]]})
    other = pl.DataFrame({"group_id": ["p", "q"], "members": [["x", "y"], ["z"]]})
    assert alike(one, other) == 1.0
