"""Ids that a plan numbers: distinct and sorted, whatever the order in which they came."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.waves.placing import _ids


@pytest.mark.parametrize(
    ("assets", "applications", "expected"),
    [
        pytest.param(["a", "b", "c"], ["b", "b"], ["a", "b", "c"], id="all-known"),
        pytest.param(["c", "a", "b"], ["b"], ["a", "b", "c"], id="unsorted"),
        pytest.param(["b", "c"], ["a", "d", "a"], ["a", "b", "c", "d"], id="proposed-ones"),
        pytest.param([], ["b", "a"], ["a", "b"], id="no-asset"),
        pytest.param(["a", "b"], [], ["a", "b"], id="no-application"),
    ],
)
def test_every_asset_and_application_has_one_place(
    assets: list[str], applications: list[str], expected: list[str]
) -> None:
    found = _ids(pl.Series(assets, dtype=pl.String), pl.Series(applications, dtype=pl.String))
    assert found.to_list() == expected
