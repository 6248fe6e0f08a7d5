"""The rule file is well formed, and what is not is refused."""

from __future__ import annotations

import copy
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle
from discovery_pipeline.domain.analysis.strategy.rulebook import (
    STRATEGIES,
    managed_services,
    read_rules,
    rulebook,
    strategy_words,
)
from discovery_pipeline.domain.analysis.strategy.signals import planned_strategy
from discovery_pipeline.domain.packaged import packaged_yaml

FILE: dict[str, Any] = packaged_yaml("discovery_pipeline.domain.analysis.strategy", "strategy.yaml")


def test_every_strategy_but_not_applicable_has_evidence_for_and_a_prior() -> None:
    book = rulebook()
    favoured = {strategy for rule in book.evidence for strategy, points in rule.points.items() if points > 0}
    assert favoured == set(book.prior) == set(book.usual) == set(STRATEGIES) - {"not_applicable"}


def test_weights_of_answers_add_up() -> None:
    for question in rulebook().questions:
        assert sum(answer.weight for answer in question.answers) == pytest.approx(1)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("evidence", 0, "class"), "taste", "no class taste"),
        (("evidence", 0, "points"), {"rest": 1}, "no strategy rest"),
        (("evidence", 0, "when"), {"n": {"near": 1}}, "compares by 'near'"),
        (("evidence", 1, "id"), "virtual_supported", "stands twice"),
        (("hard", 1, "id"), "planned", "stands twice"),
        (("questions", 0, "answers", 0, "weight"), 0.5, "do not add up to 1"),
        (("questions", 0, "ask"), "Is it in use?", "has to name {display_name}"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(path: tuple[Any, ...], value: Any, told: str) -> None:
    data = copy.deepcopy(FILE)
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValueError, match=told):
        read_rules(data)


def test_no_word_of_a_plan_means_two_strategies() -> None:
    words = [word for listed in strategy_words()["planned"].values() for word in listed]
    assert len(words) == len(set(words))


def test_every_word_of_a_plan_is_read_as_it_is_written() -> None:
    for strategy, words in strategy_words()["planned"].items():
        frame = pl.DataFrame({"planned_strategy": [word.upper() for word in words]})
        assert frame.select(planned_strategy()).to_series().unique().to_list() == [strategy]


def test_managed_services_are_of_products_that_the_support_table_knows() -> None:
    products = {product.id: product for product in lifecycle().databases}
    for engine, offer in managed_services().items():
        assert engine in products
        assert offer.get("from") is None or offer["from"] in products[engine].releases, engine
    words = strategy_words()
    known = {*products, *(product.id for product in lifecycle().middleware)}
    assert {*words["containerised"], *words["portable"]} <= known
