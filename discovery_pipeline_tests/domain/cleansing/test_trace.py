from __future__ import annotations

from itertools import pairwise

import pytest

from discovery_pipeline.domain.cleansing import Step, trace
from discovery_pipeline.domain.handoffs import ColumnBinding
from discovery_pipeline.domain.learning.rules import ValueRule
from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline_tests.domain.cleansing.tables import Column, outcome, rules


def _bound(field: str, unit: str | None = None, header: str = "Header") -> ColumnBinding:
    return ColumnBinding(field, field, 0, header, unit, None, 1.0, "accepted")


def test_each_step_names_its_rule_and_what_it_did() -> None:
    assert trace(" 16 ", "memory_mib", _bound("memory_mib", "GB")) == [
        Step("trim_whitespace", " 16 ", "16"),
        Step("unit_gb_to_mib", "16", "16384 MiB"),
    ]


def test_a_clean_value_has_no_steps() -> None:
    assert trace("16384", "memory_mib", _bound("memory_mib", "MB")) == []


def test_a_dropped_value_ends_in_nothing() -> None:
    assert trace("n/a", "hostname", None) == [Step("placeholder_to_null", "n/a", None)]


def test_items_of_a_list_have_their_own_steps() -> None:
    assert trace("10.0.0.1/24; 127.0.0.1", "ip_address", None) == [
        Step("ip_split_list", "10.0.0.1/24; 127.0.0.1", "10.0.0.1/24; 127.0.0.1"),
        Step("ip_prefix_stripped", "10.0.0.1/24", "10.0.0.1"),
        Step("ip_loopback_dropped", "127.0.0.1", None),
    ]


@pytest.mark.parametrize(
    ("applied", "rule", "after"),
    [
        pytest.param(("date_month_first_by_column",), "date_month_first_by_column", "2024-02-03", id="month first"),
        pytest.param(("date_day_first_by_column",), "date_day_first_by_column", "2024-03-02", id="day first"),
        pytest.param(None, "date_day_first_assumed", "2024-03-02", id="nothing known of the column"),
    ],
)
def test_the_column_s_rules_say_how_it_was_read(applied: tuple[str, ...] | None, rule: str, after: str) -> None:
    assert Step(rule, "02/03/2024", after) in trace("02/03/2024", "install_date", None, applied)


@pytest.mark.parametrize(
    ("field", "cells", "cell"),
    [
        pytest.param("memory_mib", ["16", "32", "64"], "32", id="inferred unit"),
        pytest.param("storage_total_gib", ["1.200", "1.300", "1,5"], "1.200", id="German thousands"),
        pytest.param("storage_total_gib", ["1.200", "1.5"], "1.200", id="English decimals"),
        pytest.param("cost", ["1,200", "1,5"], "1,200", id="decimal comma"),
        pytest.param("install_date", ["02/03/2024", "12/25/2023"], "02/03/2024", id="order of dates"),
        pytest.param("hostname", ["SRV01 "], "SRV01 ", id="text"),
    ],
)
def test_trace_gives_the_rules_that_the_run_counted(field: str, cells: list[str], cell: str) -> None:
    counted = rules(outcome(Column(field, cells)), field)
    steps = trace(cell, field, _bound(field), counted)
    assert {step.rule for step in steps} <= set(counted)
    assert bool(steps) is bool(counted)
    for before, after in pairwise(steps):
        assert before.after == after.before


def test_an_unknown_field_is_an_error() -> None:
    with pytest.raises(KeyError):
        trace("x", "no_such_field", None)


def test_a_models_word_is_told_as_such() -> None:
    advice = Advice("some-model", Reliability(20, 19), 0.8)
    rule = ValueRule("asset", "environment", "zone b", "test", None, advice)
    told = "model some-model, right on 19 of 20 controls"
    assert trace("Zone B", "environment", None, said=(rule,)) == [Step("advised", "Zone B", "test", told)]
