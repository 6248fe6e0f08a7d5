"""Strategies, readiness, applications, groups and waves of small estates."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome, assess, data_date
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.handoffs import ANALYSIS, APPLICATIONS, DEPENDENCIES, MOVE_GROUPS
from discovery_pipeline_tests.domain.estate import Row, application, inventory, server

DAY = date(2026, 11, 1)
GOOD: Row = {
    "os_name": "Windows Server 2022", "environment": "production", "cpu_count": 4, "memory_mib": 8192.0,
    "storage_total_gib": 100.0, "business_owner": "Ann Example", "power_state": "on",
    "last_seen": datetime(2026, 10, 30),
}  # fmt: skip


def edges(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Believed edges (from, to, kind)."""
    full = [
        {"from_asset": a, "to_asset": b, "kind": k, "evidence": ["observed:1"], "confidence": 0.9, "observations": 5}
        for a, b, k in rows
    ]
    return pl.DataFrame(full, schema=DEPENDENCIES)


def run(*rows: Row, ties: tuple[tuple[str, str, str], ...] = (), **params: Any) -> AnalysisOutcome:
    return assess(inventory(*rows), edges(*ties), DAY, AnalysisParams(**params))


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
        ({"lifecycle_status": "in_stock"}, "not_applicable", "in_stock"),
        ({"classified_type": "hypervisor"}, "not_applicable", "hypervisor"),
        ({"classified_type": "cluster"}, "not_applicable", "cluster"),
        ({"classified_type": "network_device"}, "not_applicable", "network"),
        ({"classified_type": "printer"}, "not_applicable", "printer"),
        ({"classified_type": "end_user_device"}, "not_applicable", "end-user"),
        ({"platform": "AWS"}, "retain", "AWS"),
        ({"power_state": "off", "last_seen": datetime(2026, 2, 1)}, "retire", "273 days"),
        ({"power_state": "off"}, "rehost", "Windows Server 2022"),
        ({"os_name": "AIX", "os_version": "7.2"}, "refactor", "IBM AIX 7.2"),
        ({"os_name": "z/OS", "os_version": "2.4"}, "rearchitect", "IBM z/OS 2.4"),
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


def test_every_asset_has_a_strategy_reasons_readiness_and_confidence() -> None:
    types = ["virtual_machine", "cluster", "database", "storage", "load_balancer", "container_node", "other", None]
    outcome = run(*[{**server(f"a{n}"), "classified_type": kind} for n, kind in enumerate(types)])
    assert dict(outcome.analysis.schema) == ANALYSIS
    assert outcome.analysis["asset_id"].to_list() == [f"a{n}" for n in range(len(types))]
    assert (outcome.analysis["reasons"].list.len() >= 1).all()
    assert outcome.analysis["readiness"].is_between(0, 100).all()
    assert outcome.analysis["confidence"].is_between(0, 1).all()


def test_readiness_is_100_less_the_points_that_the_reasons_tell() -> None:
    row = run(server("x", **{**GOOD, "os_name": "CentOS 7", "memory_mib": None})).analysis.row(0, named=True)
    told = [int(reason.split("-")[1].split(":")[0]) for reason in row["reasons"] if reason.startswith("Readiness -")]
    assert len(told) >= 3
    assert row["readiness"] == 100 - sum(told)


def test_a_known_server_is_ready_and_decided_with_more_confidence() -> None:
    members = {"application_name": ["CRM"], "ip_address": ["10.0.0.1"]}
    rows = [server("full", **{**GOOD, **members}), server("bare"), application("crm", "CRM")]
    outcome = run(*rows, ties=(("full", "bare", "tier"),))
    found = {r["asset_id"]: r for r in outcome.analysis.iter_rows(named=True)}
    assert found["full"]["readiness"] == 100
    assert found["bare"]["readiness"] < 60
    assert found["full"]["confidence"] > found["bare"]["confidence"]


def test_applications_list_named_and_hosting_members_and_follow_them() -> None:
    rows = [
        server("w1", **{**GOOD, "os_name": "CentOS 7", "application_name": ["crm"]}),
        server("w2", **{**GOOD, "os_name": "CentOS 7"}),
        server("w3", **{**GOOD, "application_name": ["CRM "]}),
        application("app", "CRM"),
        application("lost", "Lost"),
    ]
    outcome = run(*rows, ties=(("app", "w2", "hosting"),))
    assert dict(outcome.applications.schema) == APPLICATIONS
    assert outcome.applications.rows() == [("app", "CRM", ["w1", "w2", "w3"]), ("lost", "Lost", [])]
    found = {r["asset_id"]: r for r in outcome.analysis.iter_rows(named=True)}
    assert found["app"]["strategy"] == "replatform"
    assert "2 of 3 replatform, 1 of 3 rehost" in found["app"]["reasons"][0]
    assert found["lost"]["strategy"] == "retain"


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


def groups(outcome: AnalysisOutcome) -> set[frozenset[str]]:
    return {frozenset(members) for members in outcome.move_groups["members"].to_list()}


def test_an_applications_servers_and_databases_move_together() -> None:
    rows = [
        server("w", **GOOD, application_name=["CRM"]),
        server("d", **GOOD, application_name=["CRM"]),
        {"asset_id": "db", "classified_type": "database", "hostname": "x@d"},
        application("crm", "CRM"),
        server("alone", **GOOD),
    ]
    outcome = run(*rows, ties=(("db", "d", "hosting"),))
    assert dict(outcome.move_groups.schema) == MOVE_GROUPS
    assert groups(outcome) == {frozenset({"w", "d", "db", "crm"}), frozenset({"alone"})}


def test_shared_hosts_and_services_glue_nothing() -> None:
    rows = [
        server("a", **GOOD),
        server("b", **GOOD),
        server("dns", **GOOD),
        {"asset_id": "esx", "classified_type": "hypervisor", "hostname": "esx"},
    ]
    ties = [(s, "esx", "hosting") for s in "ab"] + [(s, "dns", "infrastructure") for s in "ab"]
    ties += [("dns", s, "management") for s in "ab"]
    assert groups(run(*rows, ties=tuple(ties))) == {frozenset({"a"}), frozenset({"b"}), frozenset({"dns"})}


def test_test_and_production_of_one_application_are_groups_of_their_own_and_test_goes_first() -> None:
    rows = [
        server("p1", **GOOD, application_name=["CRM"]),
        server("p2", **GOOD, application_name=["CRM"]),
        server("t1", **{**GOOD, "environment": "test"}, application_name=["CRM"]),
        application("crm", "CRM"),
    ]
    outcome = run(*rows)
    assert groups(outcome) == {frozenset({"p1", "p2", "crm"}), frozenset({"t1"})}
    waves = dict(outcome.analysis.select("asset_id", "wave").rows())
    assert waves["t1"] < waves["p1"] == waves["crm"]


def test_groups_keep_their_bound() -> None:
    rows = [server(f"s{n:03}", **GOOD, application_name=["Big"]) for n in range(40)]
    outcome = run(*rows, application("big", "Big"), group_size=15)
    sizes = outcome.move_groups["members"].list.len()
    assert (sizes.max(), sizes.sum()) == (15, 41)


def test_communities_of_traffic_are_groups_and_a_single_call_joins_none() -> None:
    cliques = [[f"{team}{n}" for n in range(5)] for team in "ab"]
    ties = [(x, y, "tier") for team in cliques for x in team for y in team if x < y]
    outcome = run(*[server(s, **GOOD) for team in cliques for s in team], ties=(*ties, ("a0", "b0", "tier")))
    assert groups(outcome) == {frozenset(team) for team in cliques}


def test_a_provider_moves_before_or_with_its_dependents_within_capacity() -> None:
    names = [f"s{n:02}" for n in range(12)]
    ties = tuple((names[n], names[n + 1], "tier") for n in range(11))
    outcome = run(*[server(s, **GOOD) for s in names], ties=ties, wave_capacity=3, waves=100, density=1.0)
    waves = dict(outcome.analysis.select("asset_id", "wave").rows())
    assert all(waves[provider] <= waves[dependent] for dependent, provider, _ in ties)
    assert outcome.analysis.group_by("wave").len()["len"].max() == 3
    assert sorted(set(waves.values())) == [1, 2, 3, 4]


def test_assets_that_need_each_other_in_a_circle_get_waves() -> None:
    ties = (("a", "b", "tier"), ("b", "a", "tier"))
    outcome = run(server("a", **GOOD), server("b", **GOOD), ties=ties, density=3.0)
    assert (len(outcome.move_groups), outcome.analysis["wave"].to_list()) == (2, [1, 1])


def test_shared_services_set_no_order() -> None:
    estate = [server("t", **{**GOOD, "environment": "test"}), server("dns", **GOOD)]
    waves = dict(run(*estate, ties=(("t", "dns", "infrastructure"),)).analysis.select("asset_id", "wave").rows())
    assert waves["t"] < waves["dns"]


def test_a_balancer_goes_with_the_one_application_before_which_it_stands() -> None:
    apps = [server(name, **GOOD, application_name=[name[0]]) for name in ("a1", "a2", "b1", "b2")]
    devices = [{"asset_id": name, "classified_type": "load_balancer", "hostname": name} for name in ("lb1", "lb2")]
    ties = [("lb1", s, "tier") for s in ("a1", "a2")] + [("lb2", s, "tier") for s in ("a1", "a2", "b1", "b2")]
    outcome = run(*apps, *devices, application("pa", "a"), application("pb", "b"), ties=tuple(ties))
    assert groups(outcome) == {frozenset({"a1", "a2", "pa", "lb1"}), frozenset({"b1", "b2", "pb"}), frozenset({"lb2"})}


def test_planned_waves_are_kept_and_their_order_is_checked() -> None:
    rows = [
        server("a", **GOOD, planned_wave="Wave 2"),
        server("b", **GOOD, planned_wave="W5"),
        server("c", **GOOD, planned_wave="soon"),
    ]
    outcome = run(*rows, ties=(("a", "b", "tier"), ("c", "b", "tier")), density=1.0)
    waves = dict(outcome.analysis.select("asset_id", "wave").rows())
    assert (waves["a"], waves["b"]) == (2, 5)
    assert waves["c"] >= 5
    assert outcome.findings["code"].to_list() == ["planned_waves_against_dependencies"]


def test_what_does_not_move_has_no_wave_and_no_group() -> None:
    rows = [
        server("go", **GOOD),
        server("gone", **GOOD, vanished=True),
        server("old", **GOOD, lifecycle_status="retired"),
        server("stay", **GOOD, planned_strategy="retain"),
        {"asset_id": "sw", "classified_type": "network_device", "hostname": "sw"},
    ]
    outcome = run(*rows)
    assert groups(outcome) == {frozenset({"go"})}
    assert outcome.analysis.filter(pl.col("wave").is_not_null())["asset_id"].to_list() == ["go"]


def test_group_ids_follow_their_members_only() -> None:
    first = run(server("a", **GOOD), server("b", **GOOD))
    second = run(server("b", **GOOD), server("c", **GOOD))
    ids = [
        dict(zip(o.move_groups["members"].list.first(), o.move_groups["group_id"], strict=True))
        for o in (first, second)
    ]
    assert ids[0]["b"] == ids[1]["b"] != ids[0]["a"]
    assert len(ids[0]["b"]) == 22


def test_plans_that_name_no_strategy_are_a_finding() -> None:
    outcome = run(server("x", **GOOD, planned_strategy="perhaps"))
    assert outcome.analysis["strategy"].item() == "rehost"
    assert outcome.findings["code"].to_list() == ["planned_strategy_not_understood"]


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
