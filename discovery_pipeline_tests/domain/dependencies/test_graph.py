"""The dependencies of small estates, from evidence to edges."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.graph import DependencyOutcome, build
from discovery_pipeline.domain.handoffs import DEPENDENCIES, LINEAGE, CleanTable, empty
from discovery_pipeline_tests.domain.estate import application, connections, inventory, relationships, server

ENDS = "source_host source_ip source_port destination_host destination_ip destination_port"
ESX = {"asset_id": "esx1", "classified_type": "hypervisor", "hostname": "esx1.lab.example"}
CLUSTER = {"asset_id": "cl1", "classified_type": "cluster", "hostname": "prod-a"}
LAPTOP = {"asset_id": "pc1", "classified_type": "end_user_device", "hostname": "pc1", "ip_address": ["10.9.0.1"]}
WEB, DB = server("web1", "10.0.0.1"), server("db1", "10.0.0.2")


def run(estate: pl.DataFrame, *tables: CleanTable) -> DependencyOutcome:
    return build(estate, empty(LINEAGE), tables)


def edges(outcome: DependencyOutcome) -> list[tuple[str, str | None, str]]:
    return outcome.dependencies.select("from_asset", pl.coalesce("to_asset", "to_address"), "kind").rows()


def flow(client: str, service: str, port: int | None, **names: Any) -> tuple[Any, ...]:
    return (names.get("client_host"), client, 51000, names.get("server_host"), service, port)


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
    assert confidence(1, said) == pytest.approx(1 - 0.4 * 0.15)


def test_two_rows_that_state_the_same_are_one_opinion() -> None:
    twice = relationships(("web1", "Uses", "db1"), ("db1", "Used by", "web1"))
    outcome = run(inventory(WEB, DB), twice)
    assert outcome.dependencies.select("confidence", "observations").rows() == [(0.85, 2)]


@pytest.mark.parametrize(
    "row",
    [
        flow("10.0.0.1", "127.0.0.1", 443),
        flow("10.0.0.1", "10.0.0.1", 443),
        flow("10.0.0.1", "224.0.0.251", 5353),
        flow("10.0.0.1", "255.255.255.255", 67),
        flow("10.0.0.1", "10.0.0.255", 137),
        flow("10.0.0.1", "0.0.0.0", 443),
        flow("10.0.0.1", "fe80::1", 443),
        flow("192.0.2.9", "10.0.0.1", 443),
    ],
    ids=[
        "loopback",
        "itself",
        "multicast",
        "broadcast",
        "subnet broadcast",
        "unspecified",
        "link-local",
        "unknown client",
    ],
)
def test_no_edge(row: tuple[Any, ...]) -> None:
    assert edges(run(inventory(WEB, DB), connections(ENDS, row))) == []


def test_an_unknown_server_is_external_with_its_address() -> None:
    outcome = run(inventory(WEB), connections(ENDS, flow("10.0.0.1", "203.0.113.7", 443)))
    assert outcome.dependencies.select("from_asset", "to_asset", "to_address", "kind").rows() == [
        ("web1", None, "203.0.113.7", "external")
    ]


def test_unknown_clients_are_counted_and_reported() -> None:
    outcome = run(inventory(WEB), connections(ENDS, flow("192.0.2.9", "10.0.0.1", 443)))
    assert outcome.summary["connections_from_unknown_clients"] == 1
    assert outcome.findings["code"].to_list() == ["client_unknown"]


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


@pytest.mark.parametrize(
    ("client", "port", "kind"),
    [
        ("10.0.0.1", 53, "infrastructure"),
        ("10.0.0.1", 123, "infrastructure"),
        ("10.0.0.1", 22, "management"),
        ("10.0.0.1", 10050, "management"),
        ("10.0.0.1", 8443, "tier"),
        ("10.9.0.1", 443, "access"),
        ("10.9.0.1", 3389, "access"),
        ("10.9.0.1", 53, "infrastructure"),
    ],
)
def test_ports_and_types_tell_the_kind(client: str, port: int, kind: str) -> None:
    outcome = run(inventory(WEB, DB, LAPTOP), connections(ENDS, flow(client, "10.0.0.2", port)))
    assert outcome.dependencies["kind"].to_list() == [kind]


def test_windows_traffic_to_a_directory_host_is_infrastructure_and_to_a_file_server_is_not() -> None:
    clients = [server(f"c{n}", f"10.0.1.{n}") for n in range(4)]
    estate = inventory(*clients, server("dc", "10.0.0.5"), server("files", "10.0.0.6"))
    rows = [flow(f"10.0.1.{n}", "10.0.0.5", port) for n in range(4) for port in (88, 445)]
    outcome = run(estate, connections(ENDS, *rows, flow("10.0.1.1", "10.0.0.6", 445)))
    kinds = set(outcome.dependencies.select("to_asset", "kind").rows())
    assert kinds == {("dc", "infrastructure"), ("files", "tier")}


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


def test_hosting_columns_make_the_chain_from_guest_to_cluster() -> None:
    guests = [server(f"vm{n}", hypervisor_host="ESX1", cluster="prod-a") for n in range(3)]
    loose = server("vm9", cluster="PROD-A")
    outcome = run(inventory(*guests, loose, ESX, CLUSTER))
    assert edges(outcome) == [
        ("esx1", "cl1", "hosting"),
        *((f"vm{n}", "esx1", "hosting") for n in range(3)),
        ("vm9", "cl1", "hosting"),
    ]


@pytest.mark.parametrize("name", ["MSSQLSERVER@db1", "DB1\\PAYROLL", "db1:5432"])
def test_an_instance_is_hosted_on_the_server_in_its_name(name: str) -> None:
    instance = {"asset_id": "inst", "classified_type": "database", "hostname": name}
    assert edges(run(inventory(DB, instance))) == [("inst", "db1", "hosting")]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("db1", ["db1"]),
        ("DB1; app01", ["app01", "db1"]),
        ("app01-03", ["app01", "app02", "app03"]),
        ("app01/2", ["app01", "app02"]),
        ("app01-09", []),
        ("n/a", []),
        ("reporting-srver", ["reporting-server"]),
        ("app04", []),
    ],
    ids=["one", "list", "range", "pair", "range with a gap", "nothing", "typo", "number is no typo"],
)
def test_depends_on_texts(text: str, targets: list[str]) -> None:
    others = [server(name) for name in ("db1", "app01", "app02", "app03", "reporting-server")]
    outcome = run(inventory(server("x", depends_on=[text]), *others))
    assert outcome.dependencies["to_asset"].to_list() == targets


def test_initials_name_an_application_of_several_words() -> None:
    estate = inventory(application("bil", "Billing", depends_on=["GL"]), application("gl", "General Ledger"))
    assert edges(run(estate)) == [("bil", "gl", "application")]


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
