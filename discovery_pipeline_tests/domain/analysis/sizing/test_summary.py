"""What is told of the sizes: totals that add up, and findings where a price is missing or old."""

from __future__ import annotations

import json
from datetime import date

import pytest

from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.sizing.summary import sizing_findings, sizing_summary
from discovery_pipeline_tests.domain.analysis.sizing.small_prices import DAY, FULL, facts, sized, small
from discovery_pipeline_tests.domain.estate import Row, server

ROWS = [
    server("a", **FULL), server("b", **{**FULL, "environment": "test", "cost": 99999.0}),
    server("c", **{**FULL, "cpu_peak_pct": None, "environment": None}), server("x", **{**FULL, "cpu_count": None}),
]  # fmt: skip


def told(*rows: Row) -> dict:  # type: ignore[type-arg]
    return sizing_summary(sized(*rows), facts(*rows), small(), SizingParams(providers=("aws",)))


def test_totals_add_up_and_what_it_costs_today_is_not_in_them() -> None:
    summary = told(*ROWS)
    assert json.loads(json.dumps(summary)) == summary
    own = summary["providers"]["aws"]
    assert (summary["machines"], own["machines"], own["region"]) == (4, 3, "here")
    assert own["on_demand"] == pytest.approx(own["compute"] + own["storage"]) == 3 * 2810.0
    assert own["low"] <= own["on_demand"] <= own["high"]
    assert own["reserved"] < own["on_demand"]
    assert sum(costs["aws"] for costs in summary["environments"].values()) == pytest.approx(own["on_demand"])
    assert set(summary["environments"]) == {"production", "test", "unknown"}


def test_it_says_what_sizes_rest_on_what_has_none_and_how_old_the_prices_are() -> None:
    summary = told(*ROWS)
    assert summary["basis"] == {"peak": 2, "allocated": 1}
    assert summary["not_sized"] == {"its processors are not known": 1}
    assert (summary["price_date"], summary["source"]) == ("2026-09-06", "made up for tests")


def test_of_nothing_it_tells_nothing() -> None:
    summary = told()
    assert (summary["machines"], summary["providers"], summary["price_date"]) == (0, {}, None)
    assert sizing_findings(sized(), small(), DAY) == []


def test_machines_without_a_price_are_a_finding() -> None:
    found = sizing_findings(sized(*ROWS), small(), DAY)
    assert [row["code"] for row in found] == ["machines_without_price"]
    assert "1 of 4 machines" in found[0]["detail"]


@pytest.mark.parametrize(("day", "codes"), [(DAY, []), (date(2029, 1, 1), ["prices_far_from_data"])])
def test_prices_far_from_the_data_are_a_finding(day: date, codes: list[str]) -> None:
    assert [row["code"] for row in sizing_findings(sized(ROWS[0]), small(), day)] == codes
