"""The assessment as a whole: what every asset gets, the day it speaks of, the summary."""

from __future__ import annotations

import json
from datetime import date, datetime

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.analysis.data_day import data_date
from discovery_pipeline.domain.handoffs import ANALYSIS
from discovery_pipeline_tests.domain.analysis.small_assessments import DAY, GOOD, edges, run
from discovery_pipeline_tests.domain.estate import application, inventory, server


def test_every_asset_has_a_strategy_reasons_readiness_and_confidence() -> None:
    types = ["virtual_machine", "cluster", "database", "storage", "load_balancer", "container_node", "other", None]
    outcome = run(*[{**server(f"a{n}"), "classified_type": kind} for n, kind in enumerate(types)])
    assert dict(outcome.analysis.schema) == ANALYSIS
    assert outcome.analysis["asset_id"].to_list() == [f"a{n}" for n in range(len(types))]
    assert (outcome.analysis["reasons"].list.len() >= 1).all()
    assert outcome.analysis["readiness"].is_between(0, 100).all()
    assert outcome.analysis["confidence"].is_between(0, 1).all()


def test_the_day_of_the_data_ignores_a_wrong_clock_and_falls_back_to_the_table() -> None:
    rows = [server(f"s{n}", last_seen=datetime(2025, 6, 1)) for n in range(200)]
    assert data_date(inventory(*rows, server("w", last_seen=datetime(2099, 1, 1)))) == date(2025, 6, 1)
    assert data_date(inventory(server("x"))) == DAY


def test_support_is_judged_on_the_given_day() -> None:
    estate, none = inventory(server("x", **{**GOOD, "os_name": "Windows Server 2012"})), edges()
    assert assess(estate, none, date(2020, 1, 1)).summary["os_support"]["supported"] == 1
    assert assess(estate, none, date(2027, 1, 1)).summary["os_support"]["ended"] == 1


def test_the_summary_is_json_and_adds_up() -> None:
    rows = [server("a", **GOOD), server("b", **{**GOOD, "os_name": "CentOS 6"}), server("v", **GOOD, vanished=True)]
    summary = run(*rows).summary
    assert json.loads(json.dumps(summary)) == summary
    assert (summary["assets"], summary["vanished"], sum(summary["types"].values())) == (2, 1, 2)
    assert (summary["os_support"]["supported"], summary["os_support"]["ended"]) == (1, 1)
    assert sum(wave["assets"] for wave in summary["waves"]) == 2


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [server(f"s{n:02}", f"10.0.0.{n}", **GOOD, application_name=[f"App {n % 5}"]) for n in range(30)]
    rows += [application(f"p{n}", f"App {n}") for n in range(5)]
    ties = tuple((f"s{n:02}", f"s{(n * 7 + 3) % 30:02}", "tier") for n in range(30) if n != (n * 7 + 3) % 30)
    forward, backward = run(*rows, ties=ties), run(*rows[::-1], ties=ties[::-1])
    for part in ("analysis", "applications", "move_groups", "findings"):
        assert getattr(forward, part).equals(getattr(backward, part)), part
    assert forward.summary == backward.summary


def test_an_empty_estate_is_assessed() -> None:
    outcome = run()
    assert (len(outcome.analysis), len(outcome.move_groups), outcome.summary["assets"]) == (0, 0, 0)


def test_templates_are_no_servers_of_the_summary() -> None:
    summary = run(server("a", **GOOD), server("t", **{**GOOD, "is_template": True, "os_name": "CentOS 6"})).summary

    assert (summary["servers"], summary["os_support"]["ended"]) == (1, 0)
    assert summary["strategies"]["not_applicable"] == 1


def test_the_mean_confidence_is_of_what_there_is_to_decide() -> None:
    rows = [server("a", **GOOD), server("net", classified_type="network_device", type_confidence=0.1)]
    outcome = run(*rows)
    sure = dict(outcome.analysis.select("asset_id", "confidence").rows())
    assert sure["a"] != sure["net"]
    assert outcome.summary["mean_confidence"] == sure["a"]
    assert run(rows[1]).summary["mean_confidence"] == 0
