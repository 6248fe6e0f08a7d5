"""Detail rows attach to their asset, add up, and never make or split one."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline_tests.domain.inventory.builders import asset, assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

UUID = "4c4c4544-0051-3010-8052-b4c04f4e3532"
VMWARE = {"source": "rvtools", "file": "rvtools.xlsx", "product": "rvtools"}


def _disks(rows: list[dict[str, Any]], **place: Any) -> Any:
    return clean_table(1, rows, grain="detail", **{"table": "vDisk", **VMWARE, **place})


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param({"hostname": "VM1"}, id="by name"),
        pytest.param({"fqdn": "vm1.example.com"}, id="by qualified name"),
        pytest.param({"uuid": UUID}, id="by uuid"),
        pytest.param({"source_id": "vm-17"}, id="by id of the same source"),
        pytest.param({"source_id": "vm-17", "hostname": "renamed"}, id="by id before name"),
        pytest.param({"source_id": "2", "hostname": "vm1"}, id="by name before a counter"),
    ],
)
def test_a_detail_finds_its_asset(reference: dict[str, Any]) -> None:
    rows = [
        {"hostname": "vm1", "fqdn": "vm1.example.com", "uuid": UUID, "source_id": "vm-17"},
        {"hostname": "vm2", "source_id": "2"},
        {"hostname": "vm3", "source_id": "vm-18"},
    ]
    found = assets_of(
        run(clean_table(0, rows, table="vInfo", **VMWARE), _disks([{**reference, "storage_total_gib": 1.0}]))
    )
    assert found[(1, 0)] == found[(0, 0)]


def test_an_id_of_another_source_says_nothing() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "vm1", "source_id": "vm-17"}], **VMWARE),
        clean_table(1, [{"source_id": "vm-17"}], grain="detail", source="other", product="veeam"),
    )
    assert outcome.set_aside["reason"].to_list() == ["detail_without_asset"]


def test_disks_are_added_and_counted() -> None:
    disks = [{"hostname": "vm1", "storage_total_gib": size} for size in (40.0, 60.0, 60.0)]
    outcome = run(clean_table(0, [{"hostname": "vm1"}], table="vInfo", **VMWARE), _disks(disks))
    found = asset(outcome)
    assert (found["storage_total_gib"], found["disk_count"], found["record_count"]) == (100.0 + 60.0, 3, 4)
    origin = outcome.origin.to_dicts()[0]
    assert (origin["storage_total_gib"], origin["storage_total_gib__rule"]) == (None, "detail_sum")


def test_a_stated_total_is_preferred_to_the_sum() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "vm1", "storage_total_gib": 120.0}], table="vInfo", **VMWARE),
        _disks([{"hostname": "vm1", "storage_total_gib": 40.0}]),
    )
    assert asset(outcome)["storage_total_gib"] == 120.0


def test_addresses_of_interfaces_are_united() -> None:
    interfaces = [
        {"hostname": "vm1", "ip_address": ["10.0.0.2"], "mac_address": ["00:50:56:00:00:02"], "vlan": "A"},
        {"hostname": "vm1", "ip_address": ["10.0.0.1"], "mac_address": ["00:50:56:00:00:01"], "vlan": "B"},
    ]
    outcome = run(clean_table(0, [{"hostname": "vm1"}], table="vInfo", **VMWARE), _disks(interfaces, table="vNetwork"))
    found = asset(outcome)
    assert found["ip_address"] == ["10.0.0.1", "10.0.0.2"]
    assert len(found["mac_address"]) == 2  # type: ignore[arg-type]
    assert found["vlan"] is None


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param([{"hostname": "nobody"}], "detail_without_asset", id="nobody of that name"),
        pytest.param([{"hostname": "db01"}], "detail_ambiguous", id="two of that name"),
    ],
)
def test_a_detail_that_fits_no_one_asset_is_set_aside(rows: list[dict[str, Any]], reason: str) -> None:
    twins = [{"hostname": "db01", "uuid": UUID}, {"hostname": "db01", "uuid": UUID.replace("4c", "5d")}]
    outcome = run(clean_table(0, twins, table="vInfo", **VMWARE), _disks(rows))
    assert outcome.set_aside.select("table_no", "reason").rows() == [(1, reason)]
    assert len(outcome.inventory) == 2
