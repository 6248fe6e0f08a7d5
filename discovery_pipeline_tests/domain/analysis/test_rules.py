"""Rule conditions and sentences, and that every rule file speaks of facts that exist."""

from datetime import date

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.facts import gather, strategy_rules
from discovery_pipeline.domain.analysis.readiness.readiness import readiness_rules
from discovery_pipeline.domain.analysis.rules import condition, facts_named, first_match, sentence
from discovery_pipeline.domain.analysis.strategy.plans import PLANS
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


def test_the_first_condition_that_holds_counts() -> None:
    numbers = FACTS.select(first_match([condition({"n": 9}), condition({"n": {"not": None}})]))
    assert numbers.to_series().to_list() == [1, None, 0]


def _named_facts() -> set[str]:
    strategy, readiness = strategy_rules(), readiness_rules()
    rules = [*strategy["rules"], *strategy["notes"], *readiness["deductions"]]
    templates = [template for rule in rules for template in (rule["reason"], rule.get("strategy", ""))]
    return {fact for rule in rules for fact in rule["when"]} | {f for text in templates for f in facts_named(text)}


def test_every_fact_that_a_rule_names_exists() -> None:
    facts = gather(inventory(server("a")), empty(DEPENDENCIES), date(2026, 11, 1), 0.5)
    assert _named_facts() <= {*facts.columns, *PLANS, "members_strategy", "members_summary"}


def test_rules_are_well_formed() -> None:
    rules = strategy_rules()["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert rules[-1]["when"] == {}
    assert all(0 < rule["certainty"] <= 1 for rule in rules)
