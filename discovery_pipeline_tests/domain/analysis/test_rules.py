"""Rule conditions and sentences, and that every rule file speaks of facts that exist."""

from datetime import date

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.facts import gather
from discovery_pipeline.domain.analysis.readiness.readiness import readiness_rules
from discovery_pipeline.domain.analysis.rules import condition, fact_tests, facts_named, read_fact, sentence, shown_fact
from discovery_pipeline.domain.analysis.strategy.plans import PLANS
from discovery_pipeline.domain.analysis.strategy.rulebook import rulebook
from discovery_pipeline.domain.analysis.strategy.strategy import MEMBERS_SAY
from discovery_pipeline.domain.handoffs import DEPENDENCIES, empty
from discovery_pipeline_tests.domain.estate import inventory, server

FACTS = pl.DataFrame({"n": [1, None, 9], "word": ["ab", None, "cd"], "flag": [True, None, False]})


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, [True, True, True]),
        ({"n": 1}, [True, False, False]),
        ({"n": None}, [False, True, False]),
        ({"n": {"above": 1}}, [False, False, True]),
        ({"n": {"above": 0, "below": 9}}, [True, False, False]),
        ({"n": {"not": None}}, [True, False, True]),
        ({"n": {"not": 9}}, [True, False, False]),
        ({"word": ["ab", "cd"]}, [True, False, True]),
        ({"word": {"matches": "^a"}}, [True, False, False]),
        ({"flag": False, "n": 9}, [False, False, True]),
    ],
    ids=str,
)
def test_conditions(when: dict[str, object], holds: list[bool]) -> None:
    assert FACTS.with_columns(holds=condition(when))["holds"].to_list() == holds


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(ValueError, match="near"):
        condition({"n": {"near": 1}})


def test_sentences_fill_in_facts() -> None:
    assert FACTS.select(sentence("n is {n}!"))["literal"].to_list() == ["n is 1!", "n is unknown!", "n is 9!"]


@pytest.mark.parametrize("value", [True, 3, -2, 1.5, date(2027, 1, 31), "CentOS 7", "a=b"], ids=str)
def test_a_shown_fact_is_read_again(value: object) -> None:
    shown = pl.DataFrame({"fact": [value]}).select(shown_fact("fact")).item()
    assert read_fact(shown) == ("fact", value)


@pytest.mark.parametrize("value", [None, 1, 5, 9, 10], ids=str)
@pytest.mark.parametrize(
    "wanted", [1, [1, 9], None, [5, None], {"above": 4}, {"below": 9}, {"not": 5}, {"not": None}], ids=str
)
def test_a_test_says_of_one_value_what_it_says_of_a_column(wanted: object, value: int | None) -> None:
    frame = pl.DataFrame({"n": [value]}, schema={"n": pl.Int64})
    (test,) = fact_tests({"n": wanted})
    assert test.passes(value) == frame.select(test.expression()).item()


def _named_facts() -> set[str]:
    book, deductions = rulebook(), readiness_rules()["deductions"]
    templates = [*book.templates, *(rule["reason"] for rule in deductions)]
    tested = {test.fact for test in book.tests} | {fact for rule in deductions for fact in rule["when"]}
    answered = {fact for question in book.questions for answer in question.answers for fact in answer.sets}
    return tested | answered | {fact for template in templates for fact in facts_named(template)}


def test_every_fact_that_a_rule_names_exists() -> None:
    facts = gather(inventory(server("a")), empty(DEPENDENCIES), date(2026, 11, 1), 0.5)
    assert _named_facts() <= {*facts.columns, *PLANS, *MEMBERS_SAY}
