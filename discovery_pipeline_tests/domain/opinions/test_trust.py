"""Answers weigh what their model's answers on controls were worth."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.domain.opinions.trust import MOST_WEIGHT, Answer, Reliability, trust

OFFERS = ("same", "different")


def controls(*pairs: tuple[str, str | None], model: str = "m") -> list[Answer]:
    return [Answer(Doubt(f"k{n}", {}, OFFERS, expected=e), chosen, model) for n, (e, chosen) in enumerate(pairs)]


def kind_of(choice: str) -> str:
    return choice


@pytest.mark.parametrize(
    ("answered", "right", "low", "high"),
    [
        pytest.param(0, 0, 0.0, 0.0, id="never asked"),
        pytest.param(16, 8, 0.0, 0.0, id="as good as a coin"),
        pytest.param(16, 0, 0.0, 0.0, id="always wrong"),
        pytest.param(16, 16, 1.8, 2.0, id="16 of 16"),
        pytest.param(1000, 1000, MOST_WEIGHT, MOST_WEIGHT, id="never more than the most"),
    ],
)
def test_a_weight_is_earned(answered: int, right: int, low: float, high: float) -> None:
    assert low <= Reliability(answered, right).weight <= high


def test_each_model_and_each_kind_of_answer_earns_its_own() -> None:
    always_same = controls(*[("same", "same")] * 8, *[("different", "same")] * 8)
    good = controls(*[("same", "same")] * 16, *[("different", "different")] * 16, model="n")
    worth = trust([*always_same, *good], kind_of)
    doubt = Doubt("d", {}, OFFERS)
    assert worth.of(Answer(doubt, "same", "m")).weight == 0
    assert worth.of(Answer(doubt, "same", "n")).weight > 1.5
    assert worth.of(Answer(doubt, "different", "m")) == Reliability()


def test_what_was_not_offered_counts_against_the_kind_that_was_due() -> None:
    worth = trust(controls(*[("same", "same")] * 16, *[("same", None)] * 16), kind_of)
    assert worth.kinds["m", "same"] == Reliability(32, 16)
    assert not worth.earned


def test_advice_is_what_weighs_on_doubts_and_says_why() -> None:
    answers = [
        *controls(*[("same", "same")] * 20, *[("different", "same")] * 0),
        Answer(Doubt("d1", {}, OFFERS), "same", "m"),
        Answer(Doubt("d2", {}, OFFERS), "different", "m"),
        Answer(Doubt("d3", {}, OFFERS), None, "m"),
    ]
    (one,) = advised(answers, trust(answers, kind_of))
    assert (one.doubt.key, one.chosen) == ("d1", "same")
    assert 0.85 < one.advice.confidence < 0.95
    assert str(one.advice) == "model m, right on 20 of 20 controls"
    assert one.advice.newest == 0


def test_what_speaks_against_it_before_counts() -> None:
    answers = [*controls(*[("same", "same")] * 20), Answer(Doubt("d", {}, OFFERS), "same", "m")]
    (one,) = advised(answers, trust(answers, kind_of), prior=-4.0)
    assert one.advice.confidence < 0.2
