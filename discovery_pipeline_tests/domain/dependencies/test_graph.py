"""The dependencies of small estates, from evidence to edges."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.params import reliabilities
from discovery_pipeline.domain.handoffs import DEPENDENCIES, CleanTable
from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, ESX, LAPTOP, WEB, edges, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, relationships, server


def test_a_connection_is_an_edge_from_client_to_server() -> None:
    outcome = run(inventory(WEB, DB), connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432)))
    assert edges(outcome) == [("web1", "db1", "tier")]
    assert dict(outcome.dependencies.schema) == DEPENDENCIES
    assert outcome.dependencies["evidence"].to_list() == [["observed:5432/tcp postgresql"]]


def test_confidence_grows_with_observations_and_with_other_evidence() -> None:
    estate = inventory(WEB, DB)
    said = relationships(("web1", "Depends on::Used by", "db1"))

    def confidence(count: int, *more: CleanTable) -> float:
        table = connections(f"{ENDS} connection_count", (*flow("10.0.0.1", "10.0.0.2", 5432), count))
        return float(run(estate, table, *more).dependencies["confidence"].item())

    assert 0.5 <= confidence(1) < confidence(2) < confidence(100) < confidence(100, said) < 1
    once, stated = reliabilities()["observed"]["once"], reliabilities()["classes"]["stated"]
    assert confidence(1, said) == pytest.approx(1 - (1 - once) * (1 - stated), abs=1e-4)


def test_two_rows_that_state_the_same_are_one_opinion() -> None:
    twice = relationships(("web1", "Uses", "db1"), ("db1", "Used by", "web1"))
    outcome = run(inventory(WEB, DB), twice)
    assert outcome.dependencies.select("confidence", "observations").rows() == [
        (reliabilities()["classes"]["stated"], 2)
    ]


def test_a_server_speaks_for_its_application() -> None:
    estate = inventory(
        server("web1", application_name=["CRM"], depends_on=["Billing", "CRM"]),
        application("crm", "CRM"),
        application("bil", "Billing"),
    )
    assert edges(run(estate)) == [("crm", "bil", "application"), ("crm", "web1", "hosting")]


def test_traffic_between_servers_of_two_applications_joins_the_applications() -> None:
    estate = inventory(
        server("web1", "10.0.0.1", application_name=["CRM"]),
        server("db1", "10.0.0.2", application_name=["Billing"]),
        server("db2", "10.0.0.3", application_name=["CRM", "Billing"]),
        application("crm", "CRM"),
        application("bil", "Billing"),
    )
    rows = [flow("10.0.0.1", "10.0.0.2", 5432), flow("10.0.0.1", "10.0.0.3", 5432)]
    outcome = run(estate, connections(ENDS, *rows))
    between = outcome.dependencies.filter(pl.col("kind") == "application")
    assert between.select("from_asset", "to_asset", "evidence").rows() == [("crm", "bil", ["derived:1 tier edges"])]


def test_the_order_of_rows_changes_nothing() -> None:
    estate = inventory(
        WEB, DB, server("x", "10.0.0.2", application_name=["CRM"]), ESX, application("crm", "CRM"), LAPTOP
    )
    rows = [
        flow("10.0.0.1", "10.0.0.2", 5432),
        flow("10.9.0.1", "10.0.0.1", 443),
        flow("10.0.0.1", "203.0.113.7", 443),
        flow("10.0.0.1", "10.0.0.2", 443),
    ]
    said = [("web1", "Uses", "db1"), ("esx1", "Hosts", "web1"), ("a", "Uses", "b")]
    forward = run(estate, connections(ENDS, *rows), relationships(*said))
    # Not DataFrame.reverse, which loses the type of an all-null list column (polars 1.44).
    backward = run(estate.sort("asset_id", descending=True), relationships(*said[::-1]), connections(ENDS, *rows[::-1]))
    assert forward.dependencies.equals(backward.dependencies)
    assert forward.findings.equals(backward.findings)


def test_an_empty_estate_has_no_edges() -> None:
    outcome = run(inventory())
    assert (len(outcome.dependencies), len(outcome.set_aside), outcome.summary["edges"]) == (0, 0, 0)
