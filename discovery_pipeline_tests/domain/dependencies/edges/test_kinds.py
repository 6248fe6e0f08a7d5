"""The kind of an edge, from the types of its ends and the service used."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, LAPTOP, WEB, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, relationships, server


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


def test_several_rows_that_say_the_same_of_a_server_are_shared_among_its_applications_only() -> None:
    estate = inventory(
        server("srv1", application_name=["CRM"]), application("crm", "CRM"), application("bil", "Billing")
    )
    said = [("srv1", "Depends on::Used by", "Billing"), ("srv1", "Uses", "Billing"), ("SRV1", "Requires", "Billing")]
    one, three = (run(estate, relationships(*rows)).dependencies for rows in (said[:1], said))
    confidence = [frame.filter(from_asset="crm", to_asset="bil")["confidence"].item() for frame in (one, three)]
    assert confidence[1] >= confidence[0] > 0.5
