"""How a shared price is told from the other offers that a price list mixes with it."""

from __future__ import annotations

import pytest

from benchmarks.prices.aws import family_rate, licence_rate
from benchmarks.prices.packages import spreads


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        pytest.param([0.05, 0.05, 0.05], 0.05, id="all the same"),
        pytest.param([0.055, 0.05, 0.0, 0.05, 0.055, 0.05], 0.05, id="dedicated and reserved offers between"),
        pytest.param([0.046, 0.05, 0.05, 0.05], 0.05, id="a lower one that stands alone"),
        pytest.param([0.05, 0.05004, 0.04996], 0.04996, id="rounded"),
        pytest.param([0.05, 0.05], None, id="too few"),
        pytest.param([0.01, 0.02, 0.03], None, id="none shared"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_the_rate_of_a_family_is_the_lowest_that_three_sizes_share(rates: list[float], found: float | None) -> None:
    assert family_rate(rates) == found


def test_the_licence_is_what_most_types_and_regions_add_per_vcpu() -> None:
    prices = {
        "ec2_linux": {"a": {"x": 0.1, "y": 0.1, "z": 0.11}, "b": {"x": 0.2, "y": 0.0}},
        "ec2_windows": {"a": {"x": 0.192, "y": 0.1, "z": 0.192}, "b": {"x": 0.384, "y": 0.384}},
    }
    assert licence_rate(prices, {"a": 2, "b": 4}) == 0.046


def test_the_spread_of_a_region_needs_some_prices() -> None:
    assert spreads({"few": [1.0, 2.0], "many": [1.0, 1.1, 1.2, 1.3, 1.4]}) == {"many": [1.2, 1.04, 1.36]}
