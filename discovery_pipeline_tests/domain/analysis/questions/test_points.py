"""Open points of every phase: what they are about, and the chance that knowing it changes something."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.questions.ask_next import names, topics
from discovery_pipeline.domain.analysis.questions.points import (
    COLUMN_DOUBTS,
    POINTS,
    column_points,
    conflict_points,
    look_alike_points,
    strategy_points,
)
from discovery_pipeline.domain.analysis.strategy.rulebook import rulebook
from discovery_pipeline.domain.handoffs import ANALYSIS, FINDINGS, LOOK_ALIKES, finding
from discovery_pipeline_tests.domain.estate import inventory, server

NAMED = pl.DataFrame({"asset_id": ["a", "b"], "name": ["web 1 {x}", "db1"]})


def asked(**questions: str) -> pl.DataFrame:
    return pl.DataFrame([{"asset_id": asset, "next_question": text} for asset, text in questions.items()], ANALYSIS)


@pytest.mark.parametrize("question", rulebook().questions, ids=lambda question: question.id)
def test_every_question_of_the_rules_is_read_back(question: Any) -> None:
    first = question.answers[0]
    text = f"{question.ask[0]}web 1 {{x}}{question.ask[1]} {first.answer} -> retire; otherwise rehost"
    [point] = strategy_points(asked(a=text), NAMED).to_dicts()
    assert (point["topic"], point["subject"], point["doubt"]) == (question.id, "a", pytest.approx(first.weight))
    assert point["said"] == f"{question.ask[0]}web 1 {{x}}{question.ask[1]}"
    assert point["outcome"] == f"{first.answer} -> retire; otherwise rehost"


def test_every_topic_says_whom_to_ask_and_how_to_answer() -> None:
    others = {"same_thing", "which_value", "column_meaning"}
    assert set(topics()) == {question.id for question in rulebook().questions} | others
    assert {says["whom"] for says in topics().values()} == {"business", "technical"}
    kinds = {"strategy", "value", "type", "merge", "mapping"}
    assert {says["answer_with"] for says in topics().values()} == kinds
    assert all("{count}" in says["many"] and "{names}" in says["many"] for says in topics().values() if "many" in says)


def test_several_answers_that_change_something_add_up() -> None:
    text = "How important is db1? critical -> retain; high -> retain; otherwise rehost"
    assert strategy_points(asked(b=text), NAMED)["doubt"].to_list() == [pytest.approx(0.4)]


def test_an_asset_of_another_name_has_no_point_and_nothing_asked_is_none() -> None:
    assert strategy_points(asked(b="Is somebody else still in use? no -> retire; otherwise rehost"), NAMED).is_empty()
    assert strategy_points(asked(), NAMED).schema == pl.Schema(POINTS)


def test_pairs_values_and_columns_are_points() -> None:
    pair = {"asset_id_a": "a", "asset_id_b": "b", "probability": 0.4, "reasons": ["alike"]}
    [alike] = look_alike_points(pl.DataFrame([pair], LOOK_ALIKES), NAMED).to_dicts()
    assert (alike["subject"], alike["other"], alike["doubt"]) == ("a", "b", 0.4)
    assert alike["said"] == "Are web 1 {x} (a) and db1 (b) one and the same?"
    rows = [
        finding("inventory", severity, "value_conflict", "memory_mib: 1 (x/y) against 2 (z/z)", "", asset_id=asset)
        for severity, asset in (("warning", "a"), ("info", "b"))
    ]
    grave, slight = conflict_points(pl.DataFrame(rows, FINDINGS)).to_dicts()
    assert (grave["key"], slight["key"]) == ("memory mib", "memory mib")
    assert grave["doubt"] > slight["doubt"] > 0
    column = {
        "source": "cmdb",
        "file": "c.csv",
        "table": "c",
        "header": "Env",
        "field": "environment",
        "confidence": 0.6,
        "assets": 50,
    }
    used, unused = column, {**column, "header": "Spare", "assets": 0}
    [point] = column_points(pl.DataFrame([used, unused], COLUMN_DOUBTS)).to_dicts()
    assert (point["owner"], point["assets"], point["doubt"]) == ("who delivers cmdb", 50, pytest.approx(0.04))
    assert point["said"] == "Does the column Env of c.csv hold the environment?"


def test_names_are_those_of_the_questions() -> None:
    rows = [server("a"), server("b", hostname=None, application_name=["CRM", "ERP"]), server("c", hostname=None)]
    assert names(inventory(*rows))["name"].to_list() == ["a", "CRM, ERP", "c"]
