"""Services that everything shares, and scanners."""

from __future__ import annotations

import polars as pl

from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, WEB, edges, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, server


def test_named_shared_services_are_infrastructure_for_applications() -> None:
    estate = inventory(
        application("crm", "CRM", depends_on=["Active Directory"]), application("ad", "Active Directory")
    )
    assert edges(run(estate)) == [("crm", "ad", "infrastructure")]


def test_a_service_that_most_applications_use_glues_none() -> None:
    clients = [server(f"s{n:02}", f"10.0.1.{n}", application_name=[f"App {n % 8}"]) for n in range(32)]
    apps = [application(f"p{n}", f"App {n}") for n in range(8)]
    estate = inventory(*clients, *apps, server("bus", "10.0.0.9", application_name=["App 0"]))
    outcome = run(estate, connections(ENDS, *[flow(f"10.0.1.{n}", "10.0.0.9", 8080) for n in range(32)]))
    assert set(outcome.dependencies["kind"]) == {"infrastructure"}
    data = run(estate, connections(ENDS, *[flow(f"10.0.1.{n}", "10.0.0.9", 5432) for n in range(32)]))
    assert {"tier", "application"} == set(data.dependencies["kind"])


def test_a_balancer_with_many_backends_is_no_scanner() -> None:
    backends = [server(f"t{n:02}", f"10.0.1.{n}") for n in range(30)]
    rows = [flow("10.0.0.1", f"10.0.1.{n}", (80, 443, 8080, 8443)[n % 4]) for n in range(30)]
    outcome = run(inventory(WEB, *backends), connections(ENDS, *rows))
    assert set(outcome.dependencies["kind"]) == {"tier"}


def test_a_scanner_manages_and_depends_on_nothing() -> None:
    targets = [server(f"t{n:02}", f"10.0.1.{n}") for n in range(30)]
    rows = [flow("10.0.0.1", f"10.0.1.{n}", port) for n in range(30) for port in (80, 443, 1433, 8080)]
    outcome = run(inventory(WEB, *targets), connections(ENDS, *rows))
    assert set(outcome.dependencies["kind"]) == {"management"}


def test_a_scanner_still_looks_names_up() -> None:
    targets = [server(f"t{n:02}", f"10.0.1.{n}") for n in range(30)]
    rows = [flow("10.0.0.1", f"10.0.1.{n}", port) for n in range(30) for port in (80, 443, 1433, 8080)]
    rows += [flow(client, "10.0.0.2", 53) for client in ("10.0.0.1", "10.0.1.1", "10.0.1.2")]
    outcome = run(inventory(WEB, DB, *targets), connections(ENDS, *rows))
    names = outcome.dependencies.filter(pl.col("to_asset") == "db1")
    assert names["kind"].unique().to_list() == ["infrastructure"]
