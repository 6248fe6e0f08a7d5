"""Edges out of the columns that say what runs where."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import CLUSTER, DB, ESX, edges, run
from discovery_pipeline_tests.domain.estate import inventory, server


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
