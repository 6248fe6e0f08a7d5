"""Needs that cross: which, why, and how risky."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.analysis.waves.small_plans import Edge, codes, machine, planned


def risk_of(*ties: Edge, **provider: object) -> list[float]:
    """Risks of needs of planned machine a (wave 2) in b (wave 1), one plan each."""
    found = []
    for tie in ties:
        assets = [machine("a", planned_wave="2"), machine("b", planned_wave="1", **provider)]
        found.append(planned(assets, [tie]).cut_edges["risk"].item())
    return found


def test_a_need_between_waves_says_what_happens() -> None:
    plan = planned(
        [machine("web", planned_wave="2"), machine("db", planned_wave="1")], [("web", "db", {"ports": [1433]})]
    )
    row = plan.cut_edges.row(0, named=True)
    assert (row["from_wave"], row["to_wave"], row["crossing"]) == (2, 1, "provider_first")
    assert row["reason"] == (
        "web moves in wave 2, its provider db before in 1: calls cross until then; database traffic; seen 5 times"
    )


@pytest.mark.parametrize(
    ("strategies", "crossing", "found"),
    [
        ({"b": "retain"}, "provider_stays", ["retained_provider_needed"]),
        ({"a": "retain"}, "dependent_stays", []),
        ({"b": "retire"}, "provider_retired", ["retired_provider_needed"]),
        ({"a": "retain", "b": "retire"}, "provider_retired", ["retired_provider_needed"]),
        ({"a": "retire"}, None, []),
        ({"a": "retain", "b": "retain"}, None, []),
        ({"b": "not_applicable"}, None, []),
    ],
)
def test_what_stays_and_what_goes(strategies: dict[str, str], crossing: str | None, found: list[str]) -> None:
    plan = planned([machine("a"), machine("b")], [("a", "b")], strategies=strategies)
    assert plan.cut_edges["crossing"].to_list() == ([crossing] if crossing else [])
    assert codes(plan) == found


def test_risk_grows_with_confidence_talk_latency_and_criticality() -> None:
    plain: Edge = ("a", "b", {"ports": [443]})
    sure, chatty, near = (
        ("a", "b", {"ports": [443], **more})
        for more in ({"confidence": 1.0}, {"observations": 50_000}, {"ports": [443, 1521]})
    )
    base, *others = risk_of(plain, sure, chatty, near)
    assert all(other > base for other in others)
    assert risk_of(plain, criticality="critical") > [base] > risk_of(plain, criticality="low")[:0]
    assert risk_of(plain, criticality="critical")[0] > base


def test_leads_shared_services_and_hosts_are_no_cut_needs_but_services_are_named() -> None:
    assets = [
        machine("a", planned_wave="1"),
        machine("b", planned_wave="2"),
        machine("dns", planned_wave="3"),
        {**machine("esx"), "classified_type": "hypervisor"},
    ]
    ties: list[Edge] = [
        ("a", "b", {"confidence": 0.4}),
        ("a", "dns", {"kind": "infrastructure"}),
        ("a", "esx", {"kind": "hosting"}),
    ]
    plan = planned(assets, ties, strategies={"esx": "not_applicable"})
    assert len(plan.cut_edges) == 0
    assert "shared services to be reached from both sides: 1 (dns)" in plan.waves["reasons"][0].to_list()
