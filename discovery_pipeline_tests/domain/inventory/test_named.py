"""Things that rows only name: made once, never beside an asset of that name."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline_tests.domain.inventory.builders import run
from discovery_pipeline_tests.domain.inventory.estate import clean_table


def _named(outcome: InventoryOutcome) -> list[tuple[str, str]]:
    """(type, name) of the assets that no row describes."""
    only = outcome.inventory.filter(pl.col("record_count") == 0)
    name = pl.coalesce(pl.col("application_name").list.first(), pl.col("hostname"))
    return sorted(only.select("classified_type", name).iter_rows())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param({"application_name": ["Billing", "Payroll"]},
                     [("application", "Billing"), ("application", "Payroll")], id="applications"),
        pytest.param({"hypervisor_host": "ESX01.example.com"}, [("hypervisor", "ESX01.example.com")], id="hypervisor"),
        pytest.param({"cluster": "CL-01"}, [("cluster", "CL-01")], id="cluster"),
        pytest.param({"cluster": "/DC/CL-01/Resources/Gold"}, [("cluster", "CL-01")], id="cluster of a resource pool"),
    ],
)  # fmt: skip
def test_what_a_row_names_becomes_an_asset(row: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    outcome = run(clean_table(0, [{"hostname": "vm1", **row}, {"hostname": "vm2", **row}], source="list"))
    only = outcome.inventory.filter(pl.col("record_count") == 0)
    assert _named(outcome) == expected
    assert only["sources"].to_list() == [["list"]] * len(expected)
    assert only["type_confidence"].is_between(0.5, 0.99).all()
    assert outcome.lineage["asset_id"].is_in(only["asset_id"].implode()).sum() == 0


@pytest.mark.parametrize(
    "described",
    [
        pytest.param({"hostname": "esx01", "os_name": "VMware ESXi 8"}, id="hypervisor by short name"),
        pytest.param({"asset_type": "Business Application", "application_name": ["BILLING"]}, id="application"),
        pytest.param({"asset_type": "Business Application", "hostname": "Billing"}, id="application by host name"),
        pytest.param({"asset_type": "Cluster", "hostname": "cl-01"}, id="cluster"),
    ],
)
def test_a_described_name_makes_no_second_asset(described: dict[str, Any]) -> None:
    field = {"esx01": "hypervisor_host", "cl-01": "cluster"}.get(str(described.get("hostname")), "application_name")
    named = {"hypervisor_host": "ESX01.example.com", "cluster": "CL-01", "application_name": ["Billing"]}[field]
    outcome = run(clean_table(0, [described]), clean_table(1, [{"hostname": "vm1", field: named}]))
    assert _named(outcome) == []
    assert len(outcome.inventory) == 2


def test_spellings_of_an_application_are_one_and_the_commonest_is_shown() -> None:
    rows = [
        {"hostname": f"h{n}", "application_name": [name]} for n, name in enumerate(("SAP-ERP", "SAP ERP", "SAP ERP"))
    ]
    assert _named(run(clean_table(0, rows))) == [("application", "SAP ERP")]


def test_an_application_known_by_a_host_name_gets_it_as_its_name() -> None:
    outcome = run(clean_table(0, [{"hostname": "Online Shop", "asset_type": "Business Application"}]))
    assert outcome.inventory["application_name"].to_list() == [["Online Shop"]]
    assert outcome.origin["application_name__rule"].to_list() == ["own_name"]


def _related(parent: str, words: str, child: str) -> list[tuple[str, str]]:
    hosts = clean_table(0, [{"hostname": "srv01", "os_name": "RHEL 8"}])
    relation = {"parent": parent, "relationship_type": words, "child": child}
    return _named(run(hosts, clean_table(1, [relation], record="relationship")))


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        pytest.param(
            ("Online Banking", "Depends on::Used by", "srv01"), [("application", "Online Banking")], id="parent"
        ),
        pytest.param(("ledger", "Runs on::Runs", "SRV01.example.com"), [("application", "ledger")], id="one word"),
        pytest.param(
            ("srv01", "Used by::Depends on", "Online Banking"), [("application", "Online Banking")], id="child"
        ),
        pytest.param(("srv99", "Depends on::Used by", "srv01"), [], id="reads as a machine"),
        pytest.param(("10.0.0.7", "Depends on::Used by", "srv01"), [], id="an address"),
        pytest.param(("ledger", "Depends on::Used by", "nobody"), [], id="nothing else is known of it"),
        pytest.param(("srv01", "Depends on::Used by", "ledger"), [], id="on the serving side"),
    ],
)
def test_an_end_of_a_relation_that_reads_as_an_application(
    relation: tuple[str, str, str], expected: list[tuple[str, str]]
) -> None:
    assert _related(*relation) == expected
