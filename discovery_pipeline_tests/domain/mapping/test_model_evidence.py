"""What answers weigh: as much as the controls among them allow, and nothing at or below chance."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from discovery_pipeline.domain.mapping.doubts import AskedColumn
from discovery_pipeline.domain.mapping.model_evidence import ColumnAnswer, Reliability, model_evidence, trust
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

OFFERS = ("vlan", "hostname", NO_FIELD, "fqdn", "subnet", "rack")

Chooser = Callable[[AskedColumn], str | None]


def asked(position: int, expected: str | None) -> AskedColumn:
    offers = tuple(random.Random(position).sample(OFFERS, len(OFFERS)))
    return AskedColumn(
        0, position, f"h{position}", "asset", offers, frozenset({"hostname", "fqdn", NO_FIELD}), expected
    )


CONTROLS = [asked(i, "hostname" if i % 2 else NO_FIELD) for i in range(24)]
DOUBTFUL = [asked(24, None), asked(25, None)]


def answered(choose: Chooser) -> list[ColumnAnswer]:
    return [ColumnAnswer(column, choose(column)) for column in [*CONTROLS, *DOUBTFUL]]


def right(column: AskedColumn) -> str:
    return "hostname" if column.expected is None else column.expected


def wrong(column: AskedColumn) -> str:
    return next(offer for offer in column.offers if offer != column.expected)


def test_a_reliable_model_is_evidence_on_doubtful_columns_only() -> None:
    answers = answered(right)
    found = model_evidence(answers, trust(answers), "m")
    assert [(e.position, e.field, e.source) for e in found] == [(24, "hostname", "model"), (25, "hostname", "model")]
    assert all(1.0 < e.weight <= 2.5 for e in found)
    assert "12 of 12" in found[0].why


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(wrong, id="lies"),
        pytest.param(lambda c: c.offers[0], id="takes the first"),
        pytest.param(lambda c: c.offers[-1], id="takes the last"),
        pytest.param(lambda c: NO_FIELD, id="always none"),
        pytest.param(lambda c: "hostname", id="always the same field"),
        pytest.param(lambda c: c.offers[c.position * 7 % 6], id="scatters"),
        pytest.param(lambda c: None, id="never an offer"),
    ],
)
def test_a_model_that_is_no_better_than_chance_is_no_evidence(choose: Chooser) -> None:
    answers = answered(choose)
    assert not trust(answers).earned
    assert model_evidence(answers, trust(answers), "m") == []


def test_the_kinds_of_answer_are_judged_apart() -> None:
    answers = answered(lambda c: NO_FIELD if c.expected in (NO_FIELD, None) else "vlan")
    worth = trust(answers)
    assert worth.none.right == worth.none.answered == 12
    assert worth.fields.weight == 0
    assert {e.field for e in model_evidence(answers, worth, "m")} == {NO_FIELD}


def test_what_nothing_else_speaks_for_is_no_evidence() -> None:
    answers = answered(lambda c: c.expected if c.expected is not None else "vlan")
    assert trust(answers).earned
    assert model_evidence(answers, trust(answers), "m") == []


def test_what_was_not_offered_counts_against_both_kinds() -> None:
    answers = answered(lambda c: None if c.position < 6 else right(c))
    worth = trust(answers)
    assert (worth.fields.answered, worth.fields.right) == (15, 9)
    assert (worth.none.answered, worth.none.right) == (15, 9)


@pytest.mark.parametrize(
    ("right", "answered"),
    [(0, 0), (0, 12), (6, 12), (12, 12), (11, 12), (395, 400)],
)
def test_the_bound_is_the_posteriors_quantile(right: int, answered: int) -> None:
    bound = Reliability(answered, right).bound
    a, b = right + 1, answered - right + 1
    steps = 20_000
    density = [
        math.exp((a - 1) * math.log(x) + (b - 1) * math.log(1 - x)) for x in ((i + 0.5) / steps for i in range(steps))
    ]
    below = sum(density[: round(bound * steps)]) / sum(density)
    assert below == pytest.approx(0.1, abs=0.002)


def test_more_proof_weighs_more_up_to_a_limit() -> None:
    weights = [Reliability(n, n).weight for n in (0, 4, 12, 40, 400)]
    assert weights == sorted(weights)
    assert weights[0] == 0
    assert weights[-1] == 2.5
