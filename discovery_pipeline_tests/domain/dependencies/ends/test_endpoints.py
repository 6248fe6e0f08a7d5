"""Which asset the end of a connection is, by its name and its address."""

from __future__ import annotations

import polars as pl

from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, WEB, edges, flow, run
from discovery_pipeline_tests.domain.estate import connections, inventory, server


def test_host_names_resolve_with_and_without_domain() -> None:
    estate = inventory(server("web1", fqdn="web1.lab.example"), server("db1", fqdn="db1.lab.example"))
    table = connections(ENDS, ("WEB1.lab.example", None, 51000, "Db1", None, 5432))
    assert edges(run(estate, table)) == [("web1", "db1", "tier")]


def test_a_full_name_decides_between_machines_of_one_short_name() -> None:
    estate = inventory(
        WEB,
        {**server("a", fqdn="app.east.example"), "hostname": "app"},
        {**server("b", fqdn="app.west.example"), "hostname": "app"},
    )
    table = connections(ENDS, ("web1", None, 51000, "app.west.example", None, 8080))
    assert edges(run(estate, table)) == [("web1", "b", "tier")]


def test_an_address_of_two_assets_makes_leads_unless_a_name_decides() -> None:
    estate = inventory(WEB, server("old", "10.0.0.2"), server("new", "10.0.0.2"))
    leads = run(estate, connections(ENDS, *[flow("10.0.0.1", "10.0.0.2", 5432)] * 50))
    assert edges(leads) == [("web1", "new", "tier"), ("web1", "old", "tier")]
    assert leads.dependencies["confidence"].max() < 0.5
    assert "address_ambiguous" in leads.findings["code"].to_list()
    named = run(estate, connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432, server_host="new")))
    assert edges(named) == [("web1", "new", "tier")]
    assert named.dependencies["confidence"].item() >= 0.5


def test_a_name_goes_before_an_address_that_leads_elsewhere() -> None:
    outcome = run(inventory(WEB, DB, server("app1", "10.0.0.3")), connections(
        ENDS, flow("10.0.0.1", "10.0.0.3", 5432, server_host="db1")
    ))  # fmt: skip
    assert edges(outcome) == [("web1", "db1", "tier")]
    assert outcome.findings["code"].to_list() == ["endpoint_name_and_address_differ"]


def test_an_address_shared_with_a_database_instance_is_the_servers() -> None:
    instance = {"asset_id": "pg", "classified_type": "database", "hostname": "pg-orders", "ip_address": ["10.0.0.2"]}
    outcome = run(inventory(WEB, DB, instance), connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432)))
    assert edges(outcome) == [("pg", "db1", "hosting"), ("web1", "db1", "tier")]


def test_an_address_that_nobody_claims_is_learned_from_records_with_names() -> None:
    estate = inventory(server("pc", classified_type="end_user_device"), DB)
    rows = [flow("10.9.0.7", "10.0.0.2", 445, client_host="pc"), flow("10.9.0.7", "10.0.0.2", 5432)]
    outcome = run(estate, connections(ENDS, *rows))
    assert outcome.dependencies.select("from_asset", "ports", "observations").rows() == [("pc", [445, 5432], 2)]


def test_an_address_that_moved_between_named_hosts_stays_ambiguous() -> None:
    estate = inventory(server("a"), server("b"), DB)
    named = [flow("10.9.0.7", "10.0.0.2", 443, client_host=host) for host in "ab"]
    outcome = run(estate, connections(ENDS, *named, flow("10.9.0.7", "10.0.0.2", 5432)))
    assert outcome.dependencies.filter(pl.col("ports").list.contains(5432))["from_asset"].to_list() == ["a", "b"]
    assert outcome.summary["believed"] == 2
