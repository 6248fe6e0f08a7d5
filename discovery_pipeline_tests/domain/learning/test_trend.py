"""Trends: told when they are there, rarely when they are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import linregress, norm

from discovery_pipeline.domain.learning.trend import ALPHA, Trend, trend, trends
from discovery_pipeline.domain.learning.trust import Decision
from discovery_pipeline_tests.domain.learning.decided import LEFT_ALONE, REVIEWED, at, wrong


def of(right: list[bool], batch: int = 1) -> Trend:
    return trend(right, [at(place // batch) for place in range(len(right))])


def drawn(shares: list[float], seed: int) -> list[bool]:
    return (np.random.default_rng(seed).random(len(shares)) < shares).tolist()


def told(shares: list[float], direction: str, seeds: int, batch: int = 1) -> float:
    """The share of streams that are told to go this way."""
    return sum(of(drawn(shares, seed), batch).direction == direction for seed in range(seeds)) / seeds


@pytest.mark.parametrize(
    ("right", "direction"),
    [
        pytest.param([False] * 30 + [True] * 30, "improving", id="improving"),
        pytest.param([True] * 30 + [False] * 30, "declining", id="declining"),
        pytest.param([True, False] * 30, "stable", id="to and fro"),
        pytest.param([True] * 60, "stable", id="always right"),
        pytest.param([False] * 60, "stable", id="always wrong"),
        pytest.param([False] * 9 + [True] * 10, "too_few", id="too few"),
        pytest.param([], "too_few", id="none"),
    ],
)
def test_directions(right: list[bool], direction: str) -> None:
    assert of(right).direction == direction


def test_one_sitting_shows_no_trend() -> None:
    assert of([False] * 60 + [True] * 60, batch=40) == Trend("too_few", None, 0.0, 120)


def test_the_statistic_is_that_of_cochran_and_armitage() -> None:
    right = drawn([0.8] * 40 + [0.6] * 40, seed=3)
    fitted = linregress(range(80), right)
    found = of(right)

    assert found.p_value == pytest.approx(
        2 * norm.sf(abs(fitted.rvalue) * np.sqrt(80))
    )  # N times the squared correlation
    assert found.change == pytest.approx(fitted.slope * 79)


def test_the_order_in_which_decisions_are_given_does_not_matter() -> None:
    right, moments = drawn([0.9] * 30 + [0.5] * 30, seed=1), [at(hours) for hours in range(60)]

    assert trend(right[::-1], moments[::-1]) == trend(right, moments)


def test_outcomes_without_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="2 outcomes of 1 moments"):
        trend([True, False], [at(0)])


@pytest.mark.parametrize(("share", "decisions"), [(0.9, 50), (0.9, 200), (0.98, 200)])
def test_a_stable_stream_is_called_stable(share: float, decisions: int) -> None:
    false_alarms = 1 - told([share] * decisions, "stable", seeds=600)

    assert ALPHA / 3 < false_alarms < ALPHA + 0.025  # three standard errors


def test_batches_that_differ_are_no_trend() -> None:
    draw = np.random.default_rng(7)
    streams = [np.repeat(draw.beta(7.65, 1.35, 20), 10).tolist() for _ in range(300)]
    right = [drawn(shares, seed) for seed, shares in enumerate(streams)]

    together = sum(of(stream, batch=10).direction != "stable" for stream in right) / 300
    apart = sum(of(stream).direction != "stable" for stream in right) / 300
    assert together < ALPHA + 0.04 < apart


@pytest.mark.parametrize(
    ("before", "after", "direction"), [(0.9, 0.7, "declining"), (0.7, 0.9, "improving")], ids=["worse", "better"]
)
def test_a_fifth_more_or_fewer_right_ones_over_200_decisions_are_found(
    before: float, after: float, direction: str
) -> None:
    assert told([before] * 100 + [after] * 100, direction, seeds=300) > 0.8


def stream(method: str, right: list[bool]) -> list[Decision]:
    decisions = [replace(REVIEWED, method=method, made_at=at(hours), number=hours) for hours in range(len(right))]
    return [decision if is_right else wrong(decision) for decision, is_right in zip(decisions, right, strict=True)]


def test_each_key_has_its_own_trend() -> None:
    decisions = stream("lexicon", [True] * 30 + [False] * 30) + stream("values", [True, False] * 30) + [LEFT_ALONE] * 50
    found = trends(decisions)

    assert {key: (t.direction, t.decisions) for key, t in found.items()} == {
        ("lexicon",): ("declining", 60),
        ("values",): ("stable", 60),
    }
    assert trends(decisions, ())[()].decisions == 120
    assert set(trends(decisions, ("method", "field", "source"))) == {
        ("lexicon", "os_name", "cmdb"),
        ("values", "os_name", "cmdb"),
    }


def test_of_many_keys_chance_shows_few_trends() -> None:
    decisions = [d for number in range(60) for d in stream(f"m{number}", drawn([0.8] * 60, seed=number))]
    alone = [trends([d for d in decisions if d.method == f"m{number}"]) for number in range(60)]

    assert sum(t.direction != "stable" for t in trends(decisions).values()) == 0
    assert sum(t.direction != "stable" for found in alone for t in found.values()) > 0
