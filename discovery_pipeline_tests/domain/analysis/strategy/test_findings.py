"""Findings about the facts behind strategies, and what the summary counts of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle, packaged_table_text, read_table
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline_tests.domain.analysis.small_assessments import DAY, GOOD, edges, run
from discovery_pipeline_tests.domain.estate import inventory, server

TABLE_OLD = "lifecycle_table_older_than_data"


def codes(day: date, **strategy: int) -> list[str]:
    params = AnalysisParams.model_validate({"strategy": strategy})
    return assess(inventory(server("x", **GOOD)), edges(), day, params).findings["code"].to_list()


@pytest.mark.parametrize(("days", "told"), [(0, False), (180, False), (181, True), (-1000, False)])
def test_a_table_that_is_older_than_the_data_is_told(days: int, told: bool) -> None:
    assert (TABLE_OLD in codes(lifecycle().as_of + timedelta(days=days))) is told


def test_from_when_on_a_table_is_old_is_the_tenants_to_say() -> None:
    assert TABLE_OLD in codes(lifecycle().as_of + timedelta(days=31), stale_days=30)


def test_another_table_gives_another_answer_and_is_named() -> None:
    text = packaged_table_text().replace("'2022': {end: 2031-10-14}", "'2022': {end: 2026-01-14}")
    assert text != packaged_table_text()
    table = read_table(text.replace("as_of: 2026-11-01", "as_of: 2026-12-24"))
    outcome = assess(inventory(server("x", **GOOD)), edges(), DAY, table=table)
    row = outcome.analysis.row(0, named=True)
    assert row["strategy"] == "replatform"
    assert "dates as of 2026-12-24" in row["reasons"][0]
    assert outcome.summary["lifecycle_table"] == {
        "as_of": "2026-12-24", "source": table.source, "sha256": table.sha256,
    }  # fmt: skip


def test_support_ends_are_counted_by_year() -> None:
    rows = [
        server("a", **{**GOOD, "os_name": "CentOS 7"}, software="PHP 8.3"),
        server("b", **{**GOOD, "os_name": "Windows Server 2016"}),
        server("gone", **{**GOOD, "os_name": "CentOS 7"}, vanished=True),
        {"asset_id": "d", "classified_type": "database", "hostname": "d", "database_engine": "MySQL 8.0"},
    ]
    assert run(*rows).summary["support_ends"] == {
        "2024": {"servers": 1, "databases": 0, "middleware": 0},
        "2026": {"servers": 0, "databases": 1, "middleware": 0},
        "2027": {"servers": 1, "databases": 0, "middleware": 1},
    }


def test_the_summary_says_what_to_ask_first() -> None:
    said = run(server("a", **GOOD, application_name=["CRM"]), server("b", **{**GOOD, "os_name": None})).summary
    assert said["strategy"]["open_questions"] == 2
    assert said["strategy"]["ask_first"][0] == "b"
    assert said["strategy"]["by_type"] == {"virtual_machine": {"rehost": 2}}
