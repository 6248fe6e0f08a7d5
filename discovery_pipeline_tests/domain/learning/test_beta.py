"""The Beta distribution agrees with scipy's, which only tests have."""

from __future__ import annotations

import pytest
from scipy.stats import beta

from discovery_pipeline.domain.learning.beta import Beta

SHAPES = [(0.5, 0.5), (1.0, 1.0), (20.0, 1.0), (106.0, 2.0), (1.0, 50.0), (5000.0, 93.0)]


@pytest.mark.parametrize(("right", "wrong"), SHAPES)
def test_probabilities_and_quantiles_are_scipys(right: float, wrong: float) -> None:
    found = Beta(right, wrong)
    for at in (0.001, 0.05, 0.5, 0.95, 0.999):
        assert found.below(at) == pytest.approx(beta.cdf(at, right, wrong), abs=1e-9)
        assert found.quantile(at) == pytest.approx(beta.ppf(at, right, wrong), abs=1e-9)


@pytest.mark.parametrize(("share", "probability"), [(-0.1, 0.0), (0.0, 0.0), (1.0, 1.0), (1.1, 1.0)])
def test_a_share_lies_between_nothing_and_all(share: float, probability: float) -> None:
    assert Beta(2.0, 3.0).below(share) == probability


def test_the_interval_leaves_equal_tails() -> None:
    low, high = Beta(8.0, 3.0).interval(0.9)

    assert Beta(8.0, 3.0).below(low) == pytest.approx(0.05)
    assert Beta(8.0, 3.0).below(high) == pytest.approx(0.95)
