"""Doubts and controls in questions."""

from __future__ import annotations

from collections import Counter

import pytest

from discovery_pipeline.domain.opinions.doubts import Doubt, GroupParams, grouped
from discovery_pipeline.domain.opinions.trust import Answer, KindOf, one_or_none, trust

OFFERS = ("a", "b", "none")
CONTROLS = [Doubt(f"k{n}", {}, OFFERS, expected=OFFERS[n % 2]) for n in range(60)]


def doubts(count: int) -> list[Doubt]:
    return [Doubt(f"d{n}", {}, OFFERS) for n in range(count)]


def test_without_a_doubt_nothing_is_asked() -> None:
    assert grouped([], CONTROLS) == []


def test_every_doubt_stands_in_one_question_and_every_question_has_controls_of_both_kinds() -> None:
    groups = grouped(doubts(45), CONTROLS)
    assert len(groups) == 3
    assert Counter(d.key for group in groups for d in group if not d.is_control) == {f"d{n}": 1 for n in range(45)}
    for group in groups:
        assert Counter(d.expected for d in group if d.is_control) == {"a": 8, "b": 8}


def test_a_single_question_holds_the_controls_of_a_run() -> None:
    (group,) = grouped(doubts(1), CONTROLS)
    assert sum(d.is_control for d in group) == 32


def test_the_most_wanted_are_asked_about() -> None:
    groups = grouped(doubts(30), CONTROLS, GroupParams(most=10, together=5))
    assert {d.key for group in groups for d in group if not d.is_control} == {f"d{n}" for n in range(10)}


def test_nothing_in_the_order_tells_controls() -> None:
    (group,) = grouped(doubts(20), CONTROLS)
    places = [d.is_control for d in group]
    assert places != sorted(places)
    assert places != sorted(places, reverse=True)
    assert grouped(doubts(20), CONTROLS) == [group]


def test_kinds_of_answers_take_turns_before_answers_do() -> None:
    """One kind has forty answers, the other a single one: half of each question's controls are of either."""
    many = [Doubt(f"m{n}", {}, OFFERS, expected=f"field {n}") for n in range(40)]
    none = [Doubt(f"n{n}", {}, OFFERS, expected="none") for n in range(40)]
    for group in grouped(doubts(40), [*many, *none], kind_of=one_or_none):
        assert Counter(d.expected == "none" for d in group if d.is_control) == {True: 8, False: 8}


@pytest.mark.parametrize("kind_of", [one_or_none, str], ids=["one or none", "each its own"])
@pytest.mark.parametrize("count", [1, 25, 200])
@pytest.mark.parametrize(
    "mix", [(60, 9, 0), (9, 60, 0), (60, 8, 3), (1, 0, 40), (17, 16, 1), (40, 0, 0), (90, 3, 90), (5, 5, 5)], ids=str
)
def test_a_constant_answer_earns_nothing_whatever_the_controls_are(
    mix: tuple[int, ...], count: int, kind_of: KindOf
) -> None:
    mixed = [Doubt(f"{o}{n}", {}, OFFERS, expected=o) for o, many in zip(OFFERS, mix, strict=True) for n in range(many)]
    asked = [d for group in grouped(doubts(count), mixed, GroupParams(most=100, controls=32), kind_of) for d in group]
    for constant in OFFERS:
        assert not trust([Answer(doubt, constant, "m") for doubt in asked], kind_of).earned
