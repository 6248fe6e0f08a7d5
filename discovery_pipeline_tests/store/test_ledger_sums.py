"""Sums over the whole ledger, made by the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.store.ledger_sums import answered_last, costs, daily_costs, last_asked
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.store.model_rows import record_calls

BEGUN = datetime(2026, 1, 2, tzinfo=UTC)
CALL = Call("mapping", "m", "q1", 20, BEGUN, 12.5, "answered", "", 1_000_000, 0)
PRICES = Prices(0.5, 0.5)


@pytest.fixture
def acme(database: Database) -> Database:
    for tenant in ("acme", "other"):
        add_tenant(database, tenant)
    for day, run in enumerate(["a", "b", "c"]):
        moments = [BEGUN + timedelta(days=day, hours=hour) for hour in (0, 1)]
        record_calls(database, "acme", run, [replace(CALL, asked_at=at) for at in moments], PRICES)
    unpriced = replace(CALL, agent="cleansing", prompt_tokens=None)
    record_calls(database, "acme", "a", [unpriced], PRICES)
    return database


def test_the_newest_runs_and_when_they_asked_last(acme: Database) -> None:
    last = BEGUN + timedelta(hours=1)
    assert list(last_asked(acme, "acme", 2).items()) == [
        ("c", last + timedelta(days=2)),
        ("b", last + timedelta(days=1)),
    ]
    assert last_asked(acme, "other", 2) == {}


def test_whose_answers_the_newest_run_used(acme: Database) -> None:
    assert answered_last(acme, "acme") == set()
    later = [
        replace(CALL, asked_at=BEGUN + timedelta(days=9), prompt=prompt, model=model, outcome=outcome)
        for prompt, model, outcome in (("a@1", "m", "answered"), ("b@1", "n", "kept"), ("c@1", "x", "timed_out"))
    ]
    record_calls(acme, "acme", "d", later, PRICES)
    assert answered_last(acme, "acme") == {("m", "a@1"), ("n", "b@1")}
    record_calls(acme, "acme", "e", [replace(later[2], asked_at=BEGUN + timedelta(days=10))], PRICES)
    assert answered_last(acme, "acme") == {("m", "a@1"), ("n", "b@1")}
    assert answered_last(acme, "other") == set()


def test_what_each_agent_and_model_cost(acme: Database) -> None:
    assert costs(acme, "acme") == {("mapping", "m"): pytest.approx(3.0), ("cleansing", "m"): 0.0}
    assert costs(acme, "other") == {}


def test_what_each_day_cost(acme: Database) -> None:
    kept = replace(CALL, asked_at=BEGUN + timedelta(days=1, hours=23), outcome="kept")
    record_calls(acme, "acme", "b", [kept], PRICES)
    days = daily_costs(acme, "acme", 10)
    assert [(day.day.isoformat(), day.calls, day.usd, day.unpriced) for day in days] == [
        ("2026-01-02", 3, 1.0, 1), ("2026-01-03", 2, 1.0, 0), ("2026-01-04", 2, 1.0, 0),
    ]  # fmt: skip
    assert [day.day.day for day in daily_costs(acme, "acme", 2)] == [3, 4]
    assert daily_costs(acme, "other", 2) == []
