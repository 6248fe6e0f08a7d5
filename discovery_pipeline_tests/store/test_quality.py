"""What checks found, kept per run: the newest, the history, how long it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store import quality
from discovery_pipeline.store.quality import (
    CheckResult,
    RuleResult,
    add_results,
    check_history,
    newest_results,
    run_verdicts,
)
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant

SHARE = RuleResult("quarantined_share_between", "quarantined_share", True, 0, 0.01, "at most 5 %")
BROKEN = RuleResult("os_name_in_set", "os_name", False, 7, None, "one of a, b")


def result(run: str, asset: str = "inventory", check: str = "few_repeats", **changes: object) -> CheckResult:
    made = CheckResult(run, "inventory", asset, check, "000001-aa", True, False, True, 10, 0, (SHARE,))
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def acme(database: Database) -> Database:
    for tenant in ("acme", "other"):
        add_tenant(database, tenant)
    return database


def test_a_result_comes_back_as_it_was_found(acme: Database) -> None:
    found = result("r1", passed=False, blocking=True, published=False, unexpected=7, rules=(SHARE, BROKEN))
    add_results(acme, "acme", [found])
    (kept,) = newest_results(acme, "acme")
    assert replace(kept, made_at=None) == found
    assert kept.made_at is not None
    assert newest_results(acme, "other") == []


def test_the_newest_result_of_each_check_counts_whichever_run_it_is_of(acme: Database) -> None:
    add_results(acme, "acme", [result("r1", check="a"), result("r1", check="b")])
    add_results(acme, "acme", [result("r1", asset="analysis", check="a")])
    add_results(acme, "acme", [result("r2", check="a", passed=False)])
    assert [(each.asset, each.check, each.run_id) for each in newest_results(acme, "acme")] == [
        ("analysis", "a", "r1"), ("inventory", "a", "r2"), ("inventory", "b", "r1"),
    ]  # fmt: skip


def test_a_history_is_told_oldest_first_and_of_one_check(acme: Database) -> None:
    for run in ("r1", "r2", "r3"):
        add_results(acme, "acme", [result(run, unexpected=int(run[1])), result(run, check="other")])
    assert [each.unexpected for each in check_history(acme, "acme", "inventory", "few_repeats")] == [1, 2, 3]
    assert [each.run_id for each in check_history(acme, "acme", "inventory", "few_repeats", most=2)] == ["r2", "r3"]


def test_a_step_that_is_tried_again_replaces_its_own_result(acme: Database) -> None:
    add_results(acme, "acme", [result("r1", passed=False)])
    add_results(acme, "acme", [result("r1", passed=True)])
    assert [each.passed for each in check_history(acme, "acme", "inventory", "few_repeats")] == [True]


def test_runs_are_told_by_how_their_checks_ended(acme: Database) -> None:
    add_results(acme, "acme", [result("r1"), result("r1", check="b", passed=False)])
    stopped = result("r2", asset="export_findings", check="c", passed=False, blocking=True, published=False)
    add_results(acme, "acme", [stopped])
    told = [(run.run_id, run.passed, run.warned, run.failed) for run in run_verdicts(acme, "acme")]
    assert told == [("r1", 1, 1, 0), ("r2", 0, 0, 1)]


def test_only_the_newest_runs_of_an_asset_stay(acme: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "KEPT_RUNS", 3)
    add_results(acme, "acme", [result("r0", asset="analysis")])
    for number in range(1, 6):
        add_results(acme, "acme", [result(f"r{number}"), result(f"r{number}", check="b")])
    assert [each.run_id for each in check_history(acme, "acme", "inventory", "b")] == ["r3", "r4", "r5"]
    assert [each.run_id for each in check_history(acme, "acme", "analysis", "few_repeats")] == ["r0"]


def test_an_unknown_tenant_is_named(acme: Database) -> None:
    with pytest.raises(UsageError, match="no tenant 'acm'"):
        newest_results(acme, "acm")
