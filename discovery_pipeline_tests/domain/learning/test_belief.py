"""Agreement raises trust, contradiction lowers it, age fades it to not knowing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from discovery_pipeline.domain.learning.belief import HALF_LIFE_DAYS, age_days, belief, support, trust

SAID = datetime(2024, 3, 1, tzinfo=UTC)


def trusted(*authors: str, contradicted: int = 0, days: float = 0.0) -> float:
    return belief(authors, contradicted, SAID, SAID + timedelta(days=days)).mean


def test_one_persons_word_stands_nineteen_times_of_twenty() -> None:
    assert trusted("ada") == pytest.approx(20 / 21)


@pytest.mark.parametrize(
    ("more", "fewer"),
    [
        pytest.param(("ada", "bob"), ("ada", "ada"), id="another person over the same again"),
        pytest.param(("ada", "ada"), ("ada",), id="again over once"),
        pytest.param(("ada", "ada", "bob"), ("ada", "bob"), id="one of two again"),
    ],
)
def test_agreement_raises_trust(more: tuple[str, ...], fewer: tuple[str, ...]) -> None:
    assert trusted(*more) > trusted(*fewer)


def test_repeating_oneself_counts_once_only() -> None:
    assert support(["ada"] * 2) == support(["ada"] * 50) == 1.5


def test_contradiction_lowers_trust_more_than_agreement_raised_it() -> None:
    assert trusted("ada", contradicted=2) < trusted("ada", contradicted=1) < trusted("ada")
    assert trusted("ada", "bob", contradicted=1) < trusted("ada")


def test_age_fades_a_lesson_to_not_knowing_and_never_beyond() -> None:
    ages = [trusted("ada", days=days) for days in (0, 100, HALF_LIFE_DAYS, 10 * HALF_LIFE_DAYS, 1e6)]

    assert ages == sorted(ages, reverse=True)
    assert ages[2] == pytest.approx(10.5 / 11.5)  # half of (20, 1), half of (1, 1)
    assert ages[-1] == pytest.approx(0.5)


def test_what_was_refuted_fades_to_not_knowing_too() -> None:
    assert trusted("ada", contradicted=60) < trusted("ada", contradicted=60, days=3000) < 0.5


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        pytest.param(None, 0.0, id="no snapshot"),
        pytest.param(SAID - timedelta(days=9), 0.0, id="a snapshot from before"),
        pytest.param(SAID + timedelta(days=9), 9.0, id="a later one"),
        pytest.param(datetime(2024, 3, 10), 9.0, id="without a zone"),
        pytest.param(datetime(2024, 3, 10, 2, tzinfo=timezone(timedelta(hours=2))), 9.0, id="of another zone"),
    ],
)
def test_age_is_measured_against_the_newest_snapshot(as_of: datetime | None, days: float) -> None:
    assert age_days(SAID, as_of) == days


def test_many_lessons_at_once_are_trusted_like_each_alone() -> None:
    found = trust([1.0, 1.5, 2.0], [0, 1, 0], np.array([0.0, 365.0, -5.0]))

    alone = [trusted("ada"), trusted("ada", "ada", contradicted=1, days=365), trusted("ada", "bob")]
    assert found.tolist() == pytest.approx(alone)
