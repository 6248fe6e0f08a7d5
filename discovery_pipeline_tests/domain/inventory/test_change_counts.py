"""What changes add up to."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import CHANGES
from discovery_pipeline.domain.inventory.change_counts import count_changes

ASSETS = {"asset_id": pl.String(), "vanished": pl.Boolean()}


def _inventory(here: str, gone: str = "") -> pl.DataFrame:
    rows = [(name, False) for name in here] + [(name, True) for name in gone]
    return pl.DataFrame(rows, schema=ASSETS, orient="row")


def _changes(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame([(*row, None, None) for row in rows], schema=CHANGES, orient="row")


def test_counts_by_change_and_by_field() -> None:
    rows = [("a", "changed", "rack"), ("b", "changed", "rack"), ("b", "changed", "model"), ("c", "added", None)]
    counts = count_changes(_changes(*rows), _inventory("abcd"), _inventory("abd"))
    assert list(counts.by_change.items()) == [("changed", 3), ("added", 1)]
    assert list(counts.by_field.items()) == [("rack", 2), ("model", 1)]
    assert counts.widest_share == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("rows", "now", "before", "expected"),
    [
        pytest.param([("a", "added", None)], _inventory("a"), None, (0, 0, 0.0), id="the first run"),
        pytest.param([("b", "vanished", None)], _inventory("a", "b"), _inventory("ab"), (0, 0, 0.5), id="one is gone"),
        pytest.param([("b", "returned", None)], _inventory("ab"), _inventory("a", "b"), (0, 0, 0.0), id="one is back"),
        pytest.param([], _inventory("ab"), _inventory("a"), (0, 1, 0.0), id="one too many"),
        pytest.param([], _inventory("a"), _inventory("ab"), (0, 1, 0.0), id="one is missing"),
        pytest.param([("a", "added", None)] * 2, _inventory("a"), None, (1, 1, 0.0), id="told twice"),
        pytest.param([], _inventory(""), _inventory(""), (0, 0, 0.0), id="nothing at all"),
    ],
)
def test_changes_explain_what_is_there(
    rows: list[tuple[str, str, str | None]],
    now: pl.DataFrame,
    before: pl.DataFrame | None,
    expected: tuple[Any, ...],
) -> None:
    counts = count_changes(_changes(*rows), now, before)
    assert (counts.told_twice, counts.unexplained, counts.vanished_share) == expected
