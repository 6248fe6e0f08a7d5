"""An opinion may put questions of about equal worth in another order, and no others."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.questions.order import (
    LATER,
    OFFERS,
    SOON,
    order_controls,
    order_doubts,
    reordered,
)
from discovery_pipeline.domain.handoffs import QUESTIONS
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import grouped
from discovery_pipeline.domain.opinions.trust import Answer, trust


def questions(*rows: tuple[str, str | None, int, float]) -> pl.DataFrame:
    named = [
        {"question_id": key, "owner": owner, "rank": rank, "value": value, "topic": "in_use", "assets": 2,
         "change": 0.1, "question": "Is crm-db-01 still in use?", "waves": [3, 2], "monthly_cost": 1234.5}
        for key, owner, rank, value in rows
    ]  # fmt: skip
    return pl.DataFrame(named, QUESTIONS)


LIST = questions(("a", "Ann", 1, 9.0), ("b", "Ann", 2, 2.0), ("c", "Ann", 3, 1.5), ("d", "Ann", 4, 0.1))


def said(**choices: str) -> list[Answer]:
    """A model that is right on every control, and says so of the doubts."""
    controls = [Answer(control, control.expected, "m") for control in order_controls()]
    return controls + [Answer(d, choices[d.key], "m") for d in order_doubts(LIST) if d.key in choices]


def test_only_neighbours_of_about_equal_worth_are_in_doubt() -> None:
    assert [doubt.key for doubt in order_doubts(LIST)] == ["b", "c"]
    assert order_doubts(questions(("a", None, 1, 2.0), ("b", None, 2, 2.0))) == []


def test_no_name_is_shown() -> None:
    assert all("crm" not in str(doubt.shown) and "Ann" not in str(doubt.shown) for doubt in order_doubts(LIST))
    assert order_doubts(LIST)[0].shown["cost a month"] == 1000


def test_an_opinion_that_earned_trust_changes_the_order_and_is_told() -> None:
    answers = said(b=LATER, c=SOON)
    after, changes = reordered(LIST, advised(answers, trust(answers, str)))
    assert dict(after.select("question_id", "rank").rows()) == {"a": 1, "c": 2, "b": 3, "d": 4}
    assert changes.select("subject", "before", "after").rows() == [("c", "3", "2"), ("b", "2", "3")]
    assert after.drop("rank").sort("question_id").equals(LIST.drop("rank").sort("question_id"))


def test_what_is_worth_more_than_twice_as_much_stays_before() -> None:
    chain = questions(("a", "Ann", 1, 4.0), ("b", "Ann", 2, 2.1), ("c", "Ann", 3, 1.1))
    opinions = [Answer(doubt, {"a": LATER}.get(doubt.key, SOON), "m") for doubt in order_doubts(chain)]
    answers = [Answer(control, control.expected, "m") for control in order_controls()] + opinions
    after, _ = reordered(chain, advised(answers, trust(answers, str)))
    assert dict(after.select("question_id", "rank").rows()) == {"b": 1, "a": 2, "c": 3}


def test_an_opinion_without_trust_changes_nothing() -> None:
    answers = [Answer(a.doubt, SOON if a.doubt.is_control else LATER, "m") for a in said(b=LATER, c=SOON)]
    after, changes = reordered(LIST, advised(answers, trust(answers, str)))
    assert after.equals(LIST)
    assert changes.is_empty()


def test_controls_take_turns_and_are_offered_both() -> None:
    [group] = grouped(order_doubts(LIST), order_controls())
    expected = [doubt.expected for doubt in group if doubt.is_control]
    assert expected.count(SOON) == expected.count(LATER) >= 16
    assert all(doubt.offers == OFFERS for doubt in group)
    assert len({doubt.key for doubt in order_controls()}) == len(order_controls())
