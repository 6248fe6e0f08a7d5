"""Move groups of small estates and the waves they go in."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome
from discovery_pipeline.domain.handoffs import MOVE_GROUPS
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import application, server


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
    outcome = run(*rows, application("big", "Big"), groups={"group_size": 15})
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
    outcome = run(
        *[server(s, **GOOD) for s in names], ties=ties, waves={"capacity": 3, "count": 100}, groups={"density": 1.0}
    )
    waves = dict(outcome.analysis.select("asset_id", "wave").rows())
    assert all(waves[provider] <= waves[dependent] for dependent, provider, _ in ties)
    assert outcome.analysis.group_by("wave").len()["len"].max() == 3
    assert sorted(set(waves.values())) == [1, 2, 3, 4]


def test_assets_that_need_each_other_in_a_circle_get_waves() -> None:
    ties = (("a", "b", "tier"), ("b", "a", "tier"))
    outcome = run(server("a", **GOOD), server("b", **GOOD), ties=ties, groups={"density": 3.0})
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
    outcome = run(*rows, ties=(("a", "b", "tier"), ("c", "b", "tier")), groups={"density": 1.0})
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
