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


def _portal_estate(*, stores_call: bool) -> set[tuple[str | None, str]]:
    """Ten applications with a server and a database each; all of them call a named portal, the databases perhaps."""
    apps = [application(f"p{n}", f"App {n}") for n in range(13)]
    front = [server(f"s{n}", f"10.0.1.{n}", application_name=[f"App {n // 2}"]) for n in range(24)]
    stores = [server(f"d{n}", f"10.0.2.{n}", application_name=[f"App {n}"]) for n in range(12)]
    portal = server("portal", "10.0.0.9", application_name=["App 12"])
    rows = [flow(f"10.0.1.{n}", f"10.0.2.{n // 2}", 5432) for n in range(24)]
    rows += [flow(f"10.0.1.{n}", "10.0.0.9", 443) for n in range(24)]
    rows += [flow(f"10.0.2.{n}", "10.0.0.9", 443) for n in range(12) if stores_call]
    outcome = run(inventory(*apps, *front, *stores, portal), connections(ENDS, *rows))
    called = outcome.dependencies.filter(pl.col("to_asset") == "portal")
    return set(called.select("to_asset", "kind").rows())


def test_a_portal_that_databases_never_call_is_an_application() -> None:
    assert _portal_estate(stores_call=False) == {("portal", "tier")}
    assert _portal_estate(stores_call=True) == {("portal", "infrastructure")}


def test_who_tries_many_hosts_in_vain_is_a_scanner() -> None:
    targets = [server(f"t{n:02}", f"10.0.1.{n}") for n in range(30)]
    tried = [(*flow("10.0.0.1", f"10.0.1.{n}", 443), "denied" if n else "allowed") for n in range(30)]
    outcome = run(inventory(WEB, *targets), connections(f"{ENDS} action", *tried))
    assert edges(outcome) == [("web1", "t00", "management")]


def test_what_is_pushed_to_servers_of_many_applications_is_management() -> None:
    apps = [application(f"p{n}", f"App {n}") for n in range(10)]
    targets = [server(f"t{n:02}", f"10.0.1.{n}", application_name=[f"App {n % 10}"]) for n in range(30)]
    rows = [flow("10.0.0.1", f"10.0.1.{n}", 10006) for n in range(30)]
    outcome = run(inventory(WEB, *apps, *targets), connections(ENDS, *rows))
    assert set(outcome.dependencies["kind"]) == {"management"}
