"""Strategies that people decided: they win, say what the rules would have said, and move what depends on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome, assess
from discovery_pipeline.domain.learning.rules import Rules, StrategyRule, Told
from discovery_pipeline_tests.domain.analysis.small_assessments import DAY, GOOD, edges, run
from discovery_pipeline_tests.domain.estate import Row, application, inventory, server

PARTS = ("analysis", "applications", "move_groups", "findings")


def says(asset: str, strategy: str, *numbers: int, author: str = "ann") -> StrategyRule:
    return StrategyRule(asset, strategy, Told(numbers or (7,), author, 0.95))


def decided(*rules: StrategyRule, of: tuple[Row, ...]) -> AnalysisOutcome:
    return assess(inventory(*of), edges(), DAY, rules=Rules(strategies=rules))


def row(outcome: AnalysisOutcome, asset: str) -> dict[str, Any]:
    (found,) = outcome.analysis.filter(asset_id=asset).to_dicts()
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"planned_strategy": "Rehost"}, {"lifecycle_status": "retired"}, {"is_template": True},
        {"planned_decommission": datetime(2026, 1, 1)}, {"classified_type": "hypervisor"}, {"platform": "AWS"},
        {"os_name": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_decision_wins_over_every_rule_which_is_told_as_the_alternative(fields: dict[str, Any]) -> None:
    estate = (server("x", "10.0.0.1", **{**GOOD, **fields}), server("y", "10.0.0.2", **GOOD))
    before, after = run(*estate), decided(says("x", "refactor"), of=estate)
    was, now = row(before, "x"), row(after, "x")
    assert (now["strategy"], now["confidence"], now["readiness"]) == ("refactor", 0.95, was["readiness"])
    assert now["reasons"][0] == "decided by ann (correction 7)"
    assert now["reasons"][1] == f"The rules would say {was['strategy']}: {was['reasons'][0]}"
    assert now["reasons"][2:] == was["reasons"][1:]
    assert {**row(after, "y"), "wave": 0} == {**row(before, "y"), "wave": 0}


@pytest.mark.parametrize("strategy", ["replatform", "retire"])
def test_against_a_decision_stands_what_the_rules_say_and_never_what_was_decided(strategy: str) -> None:
    estate = (server("x", **GOOD),)
    was, now = row(run(*estate), "x"), row(decided(says("x", strategy), of=estate), "x")
    first, second = now["alternatives"]
    assert first == f"rehost ({round(was['confidence'], 2)} by the rules): {was['reasons'][0]}"
    assert second in was["alternatives"]
    assert not second.startswith(strategy)
    assert row(decided(says("x", "rehost"), of=estate), "x")["alternatives"] == was["alternatives"]


def test_a_decision_that_the_rules_agree_with_says_so() -> None:
    estate = (server("x", **GOOD),)
    reasons = row(decided(says("x", "rehost", 3, 7), of=estate), "x")["reasons"]
    assert reasons[:2] == [
        "decided by ann (corrections 3, 7)", f"The rules say the same: {row(run(*estate), 'x')['reasons'][0]}",
    ]  # fmt: skip


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_latest_decision_holds(newest_first: bool) -> None:
    rules = [says("x", "retire", 8, author="bob"), says("x", "retain", 7)]
    found = row(decided(*(rules if newest_first else rules[::-1]), of=(server("x", **GOOD),)), "x")
    assert (found["strategy"], found["reasons"][0]) == ("retire", "decided by bob (correction 8)")


def test_what_is_to_stay_is_in_no_wave_and_what_is_to_move_is_in_one() -> None:
    estate = (server("x", **GOOD), server("old", **GOOD, lifecycle_status="retired"))
    before, after = run(*estate), decided(says("x", "retain"), says("old", "rehost"), of=estate)
    assert [row(before, asset)["wave"] is None for asset in ("x", "old")] == [False, True]
    assert [row(after, asset)["wave"] is None for asset in ("x", "old")] == [True, False]


def test_an_application_follows_what_was_decided_for_its_servers() -> None:
    estate = (server("a", **GOOD, application_name=["CRM"]), application("crm", "CRM"))
    assert row(run(*estate), "crm")["strategy"] == "rehost"
    assert row(decided(says("a", "replatform"), of=estate), "crm")["strategy"] == "replatform"
    own = row(decided(says("a", "replatform"), says("crm", "replace", 8), of=estate), "crm")
    assert own["strategy"] == "replace"
    assert own["reasons"][1].startswith("The rules would say replatform: ")


def test_a_decision_about_no_asset_is_told_and_changes_nothing() -> None:
    estate = (server("x", **GOOD),)
    before, after = run(*estate), decided(says("gone", "retain"), of=estate)
    for part in ("analysis", "applications", "move_groups"):
        assert_frame_equal(getattr(after, part), getattr(before, part))
    (told,) = after.findings.filter(code="correction_without_target").to_dicts()
    assert told["severity"] == "warning"
    assert "correction 7 by ann: gone" in told["detail"]
    assert_frame_equal(after.findings.filter(pl.col("code") != "correction_without_target"), before.findings)


def test_many_decisions_without_asset_are_one_finding_with_examples() -> None:
    rules = [says(f"gone{n}", "retain", n) for n in range(1, 21)]
    (told,) = decided(*rules, of=(server("x", **GOOD),)).findings.filter(code="correction_without_target").to_dicts()
    assert told["detail"].startswith("20 decisions")
    assert told["detail"].endswith("and 15 more")


def test_nothing_learned_is_nothing_changed() -> None:
    estate = (server("x", **GOOD), server("y", **GOOD, application_name=["CRM"]), application("crm", "CRM"))
    plain, none = run(*estate), decided(of=estate)
    for part in PARTS:
        assert_frame_equal(getattr(plain, part), getattr(none, part))
    assert plain.summary == none.summary


def test_an_empty_estate_takes_decisions() -> None:
    assert decided(says("x", "retain"), of=()).findings["code"].to_list() == ["correction_without_target"]
