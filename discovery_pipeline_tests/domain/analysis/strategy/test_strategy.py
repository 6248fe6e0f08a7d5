"""The strategy of an asset and the sentence that says why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import application, server


def decided(**fields: Any) -> tuple[str, str]:
    """(strategy, first reason) of one server with these fields."""
    row = run(server("x", "10.0.0.1", **{**GOOD, **fields})).analysis.row(0, named=True)
    return row["strategy"], row["reasons"][0]


@pytest.mark.parametrize(
    ("fields", "strategy", "said"),
    [
        ({}, "rehost", "Windows Server 2022"),
        ({"planned_strategy": "Re-Platform"}, "replatform", '"Re-Platform"'),
        ({"planned_strategy": "Lift & Shift", "lifecycle_status": "retired"}, "rehost", '"Lift & Shift"'),
        ({"planned_strategy": "Retire (Q3)"}, "retire", "Retire (Q3)"),
        ({"lifecycle_status": "retired"}, "retire", "retired"),
        ({"planned_decommission": datetime(2026, 1, 1)}, "retire", "2026-01-01"),
        ({"planned_decommission": datetime(2027, 5, 1)}, "retire", "2027-05-01"),
        ({"vanished": True}, "retire", "No current export"),
        ({"is_template": True}, "not_applicable", "template"),
        ({"hostname": "vcls-4c4c4544-0043"}, "not_applicable", "agent machine"),
        ({"hostname": "vclsapp01"}, "rehost", "Windows Server 2022"),
        ({"lifecycle_status": "in_stock"}, "not_applicable", "in_stock"),
        ({"classified_type": "hypervisor"}, "not_applicable", "hypervisor"),
        ({"classified_type": "cluster"}, "not_applicable", "cluster"),
        ({"classified_type": "network_device"}, "not_applicable", "network"),
        ({"classified_type": "printer"}, "not_applicable", "printer"),
        ({"classified_type": "end_user_device"}, "not_applicable", "end-user"),
        ({"platform": "AWS"}, "retain", "AWS"),
        ({"power_state": "off", "last_seen": datetime(2026, 2, 1)}, "retire", "273 days"),
        ({"power_state": "off"}, "rehost", "Windows Server 2022"),
        ({"os_name": "AIX", "os_version": "7.2"}, "refactor", "AIX 7.2"),
        ({"os_name": "z/OS", "os_version": "2.4"}, "rearchitect", "z/OS 2.4"),
        ({"os_name": "RHEL 8.9", "os_architecture": "ppc64le"}, "refactor", "ppc64le"),
        ({"os_name": "Windows Server 2008 R2"}, "replatform", "2020-01-14"),
        ({"os_name": "RHEL 7.9"}, "replatform", "2028-06-30"),
        ({"os_name": "Windows Server 2016"}, "rehost", "2027-01-12"),
        ({"software": "Microsoft Exchange Server 2016"}, "replace", "Microsoft Exchange"),
        ({"classified_type": "database", "database_engine": "Oracle 19c"}, "replatform", "Oracle Database 19"),
        ({"classified_type": "database", "database_engine": "MySQL 5.7"}, "replatform", "2023-10-31"),
        ({"classified_type": "database", "database_engine": None}, "replatform", "does not tell"),
        ({"classified_type": "physical_server"}, "rehost", "physical"),
        ({"os_name": None}, "rehost", "does not tell"),
        ({"classified_type": "other"}, "retain", "could not be told"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_strategies_and_their_reasons(fields: dict[str, Any], strategy: str, said: str) -> None:
    chosen, reason = decided(**fields)
    assert chosen == strategy
    assert said in reason


def test_a_known_server_is_ready_and_decided_with_more_confidence() -> None:
    members = {"application_name": ["CRM"], "ip_address": ["10.0.0.1"]}
    rows = [server("full", **{**GOOD, **members}), server("bare"), application("crm", "CRM")]
    outcome = run(*rows, ties=(("full", "bare", "tier"),))
    found = {r["asset_id"]: r for r in outcome.analysis.iter_rows(named=True)}
    assert found["full"]["readiness"] == 100
    assert found["bare"]["readiness"] < 60
    assert found["full"]["confidence"] > found["bare"]["confidence"]


def test_what_is_planned_for_applications_holds_for_what_runs_them() -> None:
    rows = [
        server("own", **GOOD, application_name=["Core"]),
        server("both", **GOOD, application_name=["Core", "CRM"]),
        server("other", **GOOD, application_name=["Core"], planned_strategy="rehost"),
        {"asset_id": "db", "classified_type": "database", "hostname": "x@own"},
        application("core", "Core", planned_strategy="Retain"),
        application("crm", "CRM"),
    ]
    outcome = run(*rows, ties=(("db", "own", "hosting"),))
    strategies = dict(outcome.analysis.select("asset_id", "strategy").rows())
    assert strategies == {
        "both": "rehost",
        "core": "retain",
        "crm": "rehost",
        "db": "retain",
        "other": "rehost",
        "own": "retain",
    }
    reason = outcome.analysis.filter(pl.col("asset_id") == "own")["reasons"].item()[0]
    assert reason == "It goes the way that is planned for Core: retain."


def test_plans_that_name_no_strategy_are_a_finding() -> None:
    outcome = run(server("x", **GOOD, planned_strategy="perhaps"))
    assert outcome.analysis["strategy"].item() == "rehost"
    assert outcome.findings["code"].to_list() == ["planned_strategy_not_understood"]
