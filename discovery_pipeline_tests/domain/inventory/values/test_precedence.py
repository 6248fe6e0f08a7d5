"""What kind of source a table is, and that every field has its trust."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import TableInfo, TableKind
from discovery_pipeline.domain.inventory.values.precedence import SOURCE_KINDS, precedence, source_kind
from discovery_pipeline.domain.schema import fields


@pytest.mark.parametrize(
    ("product", "file", "table", "carried", "expected"),
    [
        ("rvtools", "x.csv", "x", (), "hypervisor"), (None, "RVTools_tabvDisk.csv", "tabvDisk", (), "hypervisor"),
        (None, "export.xlsx", "vInfo", (), "hypervisor"), (None, "esx_hosts.csv", "esx_hosts", (), "hypervisor"),
        (None, "azure_migrate.csv", "a", (), "agent"), (None, "azure_vms.csv", "a", (), "cloud"),
        (None, "assets_export.csv", "a", ("last_seen", "os_name"), "agent"),
        (None, "list.csv", "list", ("cloud_account",), "cloud"), ("servicenow", "a.csv", "a", (), "cmdb"),
        (None, "infoblox_hosts.csv", "a", (), "ipam"), (None, "zabbix.csv", "a", (), "monitoring"),
        (None, "nessus_scan.csv", "a", (), "scanner"), (None, "ad_computers.csv", "a", (), "directory"),
        (None, "servers.csv", "servers", ("source_id", "technical_owner"), "cmdb"),
        (None, "servers.csv", "servers", ("hostname",), "list"),
    ],
)  # fmt: skip
def test_the_kind_of_a_source(
    product: str | None, file: str, table: str, carried: tuple[str, ...], expected: str
) -> None:
    info = TableInfo(0, file.split(".")[0], file, table, (), 1)
    assert source_kind(info, TableKind(0, "asset", "asset", product, 1.0), carried) == expected


def test_every_field_has_a_group_and_every_group_trusts_every_kind() -> None:
    assert set(precedence().group_of) == set(fields("asset"))
    assert all(set(trust) == set(SOURCE_KINDS) for trust in precedence().trust.values())
    assert all(0 < value <= 1 for trust in precedence().trust.values() for value in trust.values())
