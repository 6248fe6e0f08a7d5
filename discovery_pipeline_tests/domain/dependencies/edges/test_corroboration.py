"""What pieces of evidence say about each other."""

from __future__ import annotations

import re
from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, WEB, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, relationships, server


def test_what_is_said_against_what_was_seen_is_a_lead() -> None:
    table = connections(ENDS, *[flow("10.0.0.1", "10.0.0.2", 5432)] * 9)
    outcome = run(inventory(WEB, DB), table, relationships(("db1", "Depends on", "web1")))
    rows = outcome.dependencies.select("from_asset", pl.col("confidence") >= 0.5, "contradictions").rows()
    assert rows == [("db1", False, ["observed the other way round"]), ("web1", True, [])]


def test_two_statements_against_each_other_are_both_doubted() -> None:
    both = relationships(("db1", "Depends on", "web1"), ("web1", "Depends on", "db1"))
    outcome = run(inventory(WEB, DB), both)
    assert outcome.dependencies["contradictions"].to_list() == [["stated the other way round, too"]] * 2
    assert outcome.dependencies["confidence"].max() < 0.85


def test_what_is_said_of_a_retired_machine_is_a_lead_until_it_is_seen() -> None:
    estate = inventory(WEB, server("db1", "10.0.0.2", lifecycle_status="retired"))
    said = relationships(("web1", "Depends on", "db1"))
    stale = run(estate, said).dependencies
    assert (stale["confidence"].item() < 0.5, stale["contradictions"].to_list()) == (True, [["one end is retired"]])
    seen = run(estate, said, connections(ENDS, *[flow("10.0.0.1", "10.0.0.2", 5432)] * 3)).dependencies
    assert seen["confidence"].item() > 0.9


def test_servers_of_one_application_support_a_single_sight() -> None:
    when = [(*flow("10.0.0.1", "203.0.113.7", 443), datetime(2026, 3, day)) for day in (1, 30)]
    once = (*flow("10.0.0.1", "10.0.0.2", 7800), datetime(2026, 3, 9))
    table = connections(f"{ENDS} observed_at", *when, once)
    apart = inventory(WEB, DB)
    together = inventory(*[{**row, "application_name": ["CRM"]} for row in (WEB, DB)], application("crm", "CRM"))
    for estate, believed in ((apart, False), (together, True)):
        (edge,) = run(estate, table).dependencies.filter(pl.col("to_asset") == "db1").to_dicts()
        assert (edge["confidence"] >= 0.5) is believed
        assert "seen once in a long time" in edge["contradictions"]


@pytest.mark.parametrize("rows", [1, 7])
def test_reasons_give_the_confidence_again(rows: int) -> None:
    table = connections(ENDS, *[flow("10.0.0.1", "10.0.0.2", 5432)] * rows, flow("10.0.0.2", "10.0.0.1", None))
    said = relationships(("web1", "Depends on", "db1"), ("web1", "Related to", "db1"))
    estate = inventory({**WEB, "depends_on": ["db1"]}, DB)
    outcome = run(estate, table, said)
    assert len(outcome.dependencies) > 1
    for confidence, reasons in outcome.dependencies.select("confidence", "reasons").iter_rows():
        doubt = 1.0
        for reason in reasons:
            found = re.fullmatch(r"\w+, \d+ records?: (0?\.\d+|\d\.\d+)", reason)
            assert found is not None
            doubt *= 1 - float(found[1])
        assert confidence == pytest.approx(1 - doubt, abs=1e-4)
