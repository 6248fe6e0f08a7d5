"""Edges out of stated relationships."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import CLUSTER, DB, ENDS, ESX, WEB, edges, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, relationships


@pytest.mark.parametrize(
    ("parent", "words", "child", "expected"),
    [
        ("web1", "Depends on::Used by", "db1", ("web1", "db1", "tier")),
        ("db1", "Used by::Depends on", "web1", ("web1", "db1", "tier")),
        ("esx1", "Hosts::Hosted on", "web1", ("web1", "esx1", "hosting")),
        ("web1.lab.example", "Virtualized by::Virtualizes", "ESX1", ("web1", "esx1", "hosting")),
        ("prod-a", "Contains::Contained by", "esx1.lab.example", ("esx1", "cl1", "hosting")),
        ("CRM", "Runs on::Runs", "web1", ("crm", "web1", "hosting")),
        ("CRM", "Contains::Contained by", "web1", ("crm", "web1", "hosting")),
        ("web1", "Member of::Members", "CRM", ("crm", "web1", "hosting")),
        ("CRM", "Depends on::Used by", "Billing", ("crm", "bil", "application")),
        ("web1", "Monitored by::Monitors", "db1", ("web1", "db1", "management")),
        ("db1", "Backs up::Backed up by", "web1", ("web1", "db1", "management")),
        ("web1", "Connects to::Connected by", "db1", ("web1", "db1", "tier")),
    ],
)
def test_stated_relations(parent: str, words: str, child: str, expected: tuple[str, str, str]) -> None:
    estate = inventory(WEB, DB, ESX, CLUSTER, application("crm", "CRM"), application("bil", "Billing"))
    assert edges(run(estate, relationships((parent, words, child)))) == [expected]


def test_ownership_and_place_are_no_dependencies_and_no_findings() -> None:
    outcome = run(
        inventory(WEB, DB), relationships(("web1", "Owned by::Owns", "db1"), ("web1", "Located in", "Room 5"))
    )
    assert (edges(outcome), len(outcome.findings)) == ([], 0)


def test_unknown_words_make_a_lead_and_a_finding() -> None:
    outcome = run(inventory(WEB, DB), relationships(("web1", "frobnicates", "db1")))
    assert edges(outcome) == [("web1", "db1", "tier")]
    assert outcome.dependencies["confidence"].item() < 0.5
    assert outcome.findings["code"].to_list() == ["relationship_wording_unknown"]
    assert "'frobnicates'" in outcome.findings["detail"].item()


def test_names_of_no_asset_are_one_finding_with_examples() -> None:
    outcome = run(inventory(WEB), relationships(("web1", "Uses", "ghost1"), ("ghost2", "Uses", "web1")))
    assert edges(outcome) == []
    assert outcome.findings["code"].to_list() == ["relationship_end_unknown"]
    assert "2 names" in outcome.findings["detail"].item()


def test_statements_against_each_other_are_a_finding() -> None:
    outcome = run(inventory(WEB, DB), relationships(("web1", "Uses", "db1")), connections(
        ENDS, flow("10.0.0.2", "10.0.0.1", 443)
    ))  # fmt: skip
    assert len(outcome.dependencies) == 2
    assert outcome.findings["code"].to_list() == ["direction_contradicted"]
