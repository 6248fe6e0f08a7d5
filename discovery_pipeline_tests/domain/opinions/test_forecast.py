"""What a run is expected to call: nothing over the same files, the mean of earlier runs, else what is in doubt."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.opinions.forecast import NOTHING_KNOWN, SAME_FILES, Expected, Past, forecast


def cost(prompt: float, completion: float) -> float | None:
    return (prompt + 2 * completion) / 1e6


def past(run: str, agent: str = "mapping", calls: float = 2.0, usd: float | None = 0.01) -> Past:
    return Past(run, agent, Expected(calls, 1000.0 * calls, 100.0 * calls, usd))


def test_over_the_files_of_the_last_run_every_answer_is_kept() -> None:
    found = forecast([past("r1")], {"mapping": 50}, same_files=True, cost=cost)
    assert (found.basis, found.total) == (SAME_FILES, Expected())
    assert found.is_known


def test_the_mean_of_runs_counts_agents_that_were_not_asked_in_all() -> None:
    found = forecast(
        [past("r2", calls=4), past("r2", "questions", 1), past("r1", calls=2)], {}, same_files=False, cost=cost
    )
    assert found.agents["mapping"] == Expected(3.0, 3000.0, 300.0, 0.01)
    assert found.agents["questions"] == Expected(0.5, 500.0, 50.0, 0.005)
    assert found.total.calls == 3.5
    assert "2 earlier runs" in found.basis


def test_only_the_newest_runs_count() -> None:
    found = forecast([past(f"r{n}", calls=n) for n in range(9, 0, -1)], {}, same_files=False, cost=cost)
    assert found.total.calls == pytest.approx(7)
    assert "5 earlier runs" in found.basis


def test_an_unknown_price_leaves_the_sum_unknown() -> None:
    found = forecast([past("r1"), past("r1", "cleansing", usd=None)], {}, same_files=False, cost=cost)
    assert (found.agents["mapping"].usd, found.agents["cleansing"].usd, found.total.usd) == (0.01, None, None)


def test_without_a_run_doubts_become_questions() -> None:
    found = forecast([], {"mapping": 41, "reconciliation": 0, "cleansing": 9_999}, same_files=False, cost=cost)
    assert {name: expected.calls for name, expected in found.agents.items()} == {"mapping": 3, "cleansing": 10}
    assert found.agents["mapping"].usd == pytest.approx(3 * cost(2_500, 300))  # type: ignore[operator]
    unpriced = forecast([], {"mapping": 1}, same_files=False, cost=lambda *_: None)
    assert (unpriced.total.calls, unpriced.total.usd) == (1, None)


def test_where_nothing_is_known_that_is_said() -> None:
    found = forecast([], {"mapping": 0}, same_files=True, cost=cost)
    assert (found.basis, found.is_known) == (NOTHING_KNOWN, False)
