"""What the ledger shows, summed from lines made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from discovery_pipeline.domain.opinions.usage import LEDGER, use_by_agent, use_by_run, use_of

BEGUN = datetime(2026, 1, 2, tzinfo=UTC)


def lines(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {
        "run_id": "r1", "agent": "mapping", "provider": "p", "model": "m", "prompt": "mapping@1", "question": "q",
        "items": 20, "attempt": "first", "asked_at": BEGUN, "latency_ms": 100.0, "prompt_tokens": 1000,
        "completion_tokens": 100, "reserved_usd": 0.01, "cost_usd": 0.001, "outcome": "answered", "detail": "",
    }  # fmt: skip
    return pl.DataFrame([{**usual, **row} for row in rows], schema=LEDGER, orient="row")


FAILED: dict[str, Any] = {
    "outcome": "timed_out", "prompt_tokens": None, "completion_tokens": None, "cost_usd": None, "latency_ms": 9e9
}  # fmt: skip
KEPT = {"outcome": "kept", "cost_usd": 0.0, "latency_ms": 0.0}
FORBIDDEN = {**FAILED, "outcome": "over_budget", "cost_usd": 0.0}


def test_calls_are_told_from_what_was_not_called() -> None:
    found = use_of(
        lines({}, {"latency_ms": 300.0, "outcome": "rejected", "attempt": "repair"}, FAILED, KEPT, FORBIDDEN)
    )
    assert (found.calls, found.kept, found.over_budget, found.retries, found.repairs) == (3, 1, 1, 0, 1)
    assert found.outcomes == {"answered": 1, "rejected": 1, "timed_out": 1}
    assert found.success == 0.6667
    assert (found.p50_ms, found.p95_ms) == (200.0, 290.0)
    assert (found.prompt_tokens, found.completion_tokens) == (2000, 200)
    assert (found.cost_usd, found.unpriced) == (0.002, 1)


def test_a_ledger_without_calls() -> None:
    nothing = use_of(lines())
    assert (nothing.calls, nothing.success, nothing.p50_ms, nothing.cost_usd) == (0, None, None, 0.0)
    assert use_by_agent(lines()) == use_by_run(lines()) == ()
    only_kept = use_of(lines(KEPT))
    assert (only_kept.success, only_kept.p95_ms, only_kept.prompt_tokens) == (None, None, 0)


def test_per_agent_and_model_and_per_run() -> None:
    later = {"asked_at": BEGUN + timedelta(days=1), "run_id": "r0"}
    ledger = lines({"agent": "questions"}, {"provider": "q"}, {}, {**later, **KEPT}, later)
    agents = [(use.agent, use.provider, use.runs, use.use.calls, use.use.kept) for use in use_by_agent(ledger)]
    assert agents == [("mapping", "p", 2, 2, 1), ("mapping", "q", 1, 1, 0), ("questions", "p", 1, 1, 0)]
    assert [(run.run_id, run.begun, run.use.calls) for run in use_by_run(ledger)] == [
        ("r1", BEGUN, 3), ("r0", BEGUN + timedelta(days=1), 1),
    ]  # fmt: skip
