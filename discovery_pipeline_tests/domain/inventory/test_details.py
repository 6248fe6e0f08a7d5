"""Detail rows attach to their asset, add up, and never make or split one."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline.domain.handoffs import TableInfo
from discovery_pipeline.domain.inventory.details import lists_disks
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


ID_SPACE = 25


def _list_of_machines(number: int, file: str, rows: list[dict[str, Any]]) -> Any:
    """An export of a file of its own, with enough machines for its ids to be recognised elsewhere."""
    others = [{"hostname": f"m{n}", "source_id": f"vm-{n}"} for n in range(ID_SPACE)]
    return clean_table(number, rows + others, file=file, source=file)


def _details_of(number: int, rows: list[dict[str, Any]]) -> Any:
    others = [{"hostname": f"m{n}", "source_id": f"vm-{n}"} for n in range(ID_SPACE)]
    return clean_table(number, rows + others, grain="detail", file="disks.csv", source="disks")


def test_ids_are_recognised_across_the_files_of_one_export() -> None:
    twins = [{"hostname": "db01", "source_id": f"vm-9{n}", "uuid": UUID[:-1] + str(n)} for n in range(2)]
    disks = [{"hostname": "db01", "source_id": "vm-91", "storage_total_gib": 1.0}]
    found = assets_of(run(_list_of_machines(0, "vms.csv", twins), _details_of(1, disks)))
    assert found[(1, 0)] == found[(0, 1)] != found[(0, 0)]


def test_a_name_means_the_machine_of_the_list_that_the_details_are_of() -> None:
    """Another source has a retired machine of that name."""
    gone = [{"hostname": "db01", "lifecycle_status": "retired", "serial_number": "AAAA1111"}]
    live = [{"hostname": "db01", "power_state": "on", "uuid": UUID, "source_id": "vm-90"}]
    found = assets_of(
        run(clean_table(0, gone), _list_of_machines(1, "vms.csv", live), _details_of(2, [{"hostname": "db01"}]))
    )
    assert found[(2, 0)] == found[(1, 0)] != found[(0, 0)]


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param({"cluster": "CL-11"}, id="cluster"),
        pytest.param({"hypervisor_host": "esx285.example.com"}, id="host"),
        pytest.param({"mac_address": ["00:50:56:00:00:02"]}, id="MAC"),
        pytest.param({"ip_address": ["10.0.0.2"]}, id="address"),
    ],
)
def test_namesakes_are_told_apart_by_what_the_detail_repeats(repeated: dict[str, Any]) -> None:
    one = {
        "cluster": "CL-1",
        "hypervisor_host": "esx1",
        "mac_address": ["00:50:56:00:00:01"],
        "ip_address": ["10.0.0.1"],
    }
    other = {
        "cluster": "CL-11",
        "hypervisor_host": "esx285",
        "mac_address": ["00:50:56:00:00:02"],
        "ip_address": ["10.0.0.2"],
    }
    rows = [
        {"hostname": "db01", "uuid": UUID, **one},
        {"hostname": "db01", "uuid": UUID.replace("4c", "5d"), **other},
    ]
    found = assets_of(run(clean_table(0, rows, table="vInfo", **VMWARE), _disks([{"hostname": "db01", **repeated}])))
    assert found[(1, 0)] == found[(0, 1)]


def test_disks_and_their_partitions_count_once() -> None:
    parts = [{"hostname": "vm1", "storage_total_gib": 39.5, "storage_used_gib": 20.0}]
    outcome = run(
        clean_table(0, [{"hostname": "vm1"}], table="vInfo", **VMWARE),
        _disks([{"hostname": "vm1", "storage_total_gib": 40.0}]),
        clean_table(2, parts, grain="detail", table="vPartition", **VMWARE),
    )
    found = asset(outcome)
    assert found["storage_total_gib"] in (39.5, 40.0)
    assert (found["storage_used_gib"], found["disk_count"]) == (20.0, 1)


@pytest.mark.parametrize(
    ("table", "headers", "lists"),
    [
        ("vDisk", ("VM", "Disk", "Disk Key", "Capacity MiB"), True),
        ("platten", ("Server", "Festplatte", "GB"), True),
        ("vPartition", ("VM", "Disk", "Capacity MiB"), False),
        ("perfInfo", ("MachineId", "TimeStamp", "DiskReadOperationsPerSec", "DiskWriteOperationsPerSec"), False),
        ("vNetwork", ("VM", "Adapter"), False),
    ],
)
def test_a_table_lists_disks_when_it_names_them(table: str, headers: tuple[str, ...], lists: bool) -> None:
    assert lists_disks(TableInfo(0, "s", "f.csv", table, headers, 1)) is lists
