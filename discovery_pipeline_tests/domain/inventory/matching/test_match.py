"""Which rows are one thing: twins, clones, junk and namesakes in the smallest form that shows each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline_tests.domain.inventory.builders import assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import Estate, clean_table, make_estate

UUID = "4c4c4544-0051-3010-8052-b4c04f4e3532"
NOW = datetime(2026, 6, 1)
OTHER_UUID = "564d1f2e-7a3b-9c8d-1e2f-3a4b5c6d7e8f"


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether rows of two different sources become one asset."""
    found = assets_of(run(clean_table(0, [one]), clean_table(1, [other])))
    return found[(0, 0)] == found[(1, 0)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"hostname": "web01"}, {"hostname": "WEB01"}, id="name in another case"),
        pytest.param({"hostname": "web01"}, {"fqdn": "web01.example.com"}, id="short and qualified name"),
        pytest.param({"hostname": "CORP\\web01"}, {"hostname": "web01"}, id="NetBIOS domain before the name"),
        pytest.param(
            {"hostname": "old", "uuid": UUID}, {"hostname": "new", "uuid": UUID.upper()}, id="renamed, same uuid"
        ),
        pytest.param({"uuid": UUID}, {"uuid": "44454c4c-5100-1030-8052-b4c04f4e3532"}, id="uuid with swapped bytes"),
        pytest.param(
            {"uuid": OTHER_UUID},
            {"serial_number": "VMware-56 4d 1f 2e 7a 3b 9c 8d-1e 2f 3a 4b 5c 6d 7e 8f"},
            id="uuid inside a VMware serial",
        ),
        pytest.param(
            {"uuid": OTHER_UUID},
            {"serial_number": "VMAWRE-56 4d 1f 2e 7a 3b 9c 8d-1e 2f 3a 4b 5c 6d 7e 8f"},
            id="uuid inside a mistyped VMware serial",
        ),
        pytest.param(
            {"hostname": "web01", "ip_address": ["10.0.0.1"], "os_name": "Debian 11", "memory_mib": 4096.0},
            {"ip_address": ["10.0.0.1"], "os_name": "Debian GNU/Linux 11", "memory_mib": 4096.0},
            id="an address, and all else agrees",
        ),
        pytest.param(
            {"hostname": "nyc-pay-file32", "ip_address": ["10.0.0.1"], "memory_mib": 4096.0},
            {"hostname": "nyc-pay-fil32", "ip_address": ["10.0.0.1"], "memory_mib": 4096.0},
            id="a slip in the name, with the right address",
        ),
        pytest.param(
            {"hostname": "a1", "mac_address": ["00:1b:21:00:00:01"], "lifecycle_status": "retired"},
            {"hostname": "a1", "mac_address": ["00:1b:21:00:00:01"], "power_state": "off"},
            id="retired and switched off",
        ),
        pytest.param({"mac_address": ["00:1b:21:00:00:01"]}, {"mac_address": ["00:1b:21:00:00:01"]}, id="MAC alone"),
        pytest.param({"hostname": "a1", "serial_number": "CZ-123 456"}, {"serial_number": "cz123456"}, id="serial"),
        pytest.param(
            {"hostname": "web01", "ip_address": ["10.0.0.1"]},
            {"hostname": "web01", "ip_address": ["10.9.9.9"]},
            id="re-addressed",
        ),
    ],
)
def test_one_thing_in_two_sources(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert _same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"hostname": "db01a"}, {"hostname": "db01b"}, id="twins by name"),
        pytest.param({"hostname": "db01", "uuid": UUID}, {"hostname": "db01", "uuid": OTHER_UUID}, id="twins by uuid"),
        pytest.param({"fqdn": "web01.example.com"}, {"fqdn": "web01.example.net"}, id="one short name in two domains"),
        pytest.param(
            {"hostname": "app1", "serial_number": "AAAA1111", "lifecycle_status": "retired"},
            {"hostname": "app1", "serial_number": "BBBB2222", "power_state": "on"},
            id="retired machine and its successor",
        ),
        pytest.param({"ip_address": ["10.0.0.1"]}, {"hostname": "a1", "ip_address": ["10.0.0.1"]}, id="address alone"),
        pytest.param(
            {"hostname": "a1", "serial_number": "To be filled by O.E.M."},
            {"hostname": "b2", "serial_number": "To Be Filled By O.E.M."},
            id="placeholder serial",
        ),
        pytest.param(
            {"hostname": "orders", "asset_type": "MSFT SQL Instance"},
            {"hostname": "orders", "asset_type": "Windows Server"},
            id="database instance and server of one name",
        ),
        pytest.param(
            {"application_name": ["Jira"], "asset_type": "Business Application"}, {"hostname": "jira"}, id="application"
        ),
        pytest.param(
            {"hostname": "vm-a", "serial_number": "CHASSIS77", "is_virtual": True},
            {"hostname": "esx01", "serial_number": "CHASSIS77", "is_virtual": False},
            id="virtual machine that shows its host's serial",
        ),
        pytest.param(
            {"hostname": "app1", "ip_address": ["10.0.0.1"], "lifecycle_status": "retired"},
            {"hostname": "app1", "ip_address": ["10.0.0.1"], "power_state": "on"},
            id="retired machine and its successor of the same name and address",
        ),
        pytest.param(
            {"hostname": "app1", "lifecycle_status": "retired", "is_virtual": False, "os_name": "RHEL 7.9"},
            {"hostname": "app1", "power_state": "off", "is_virtual": True, "os_name": "RHEL 7"},
            id="retired hardware and the virtual machine that took over, switched off",
        ),
        pytest.param(
            {"hostname": "lonfile71\\orcl", "asset_type": "Oracle Instance"},
            {"hostname": "mucdb11\\orcl", "asset_type": "Oracle Instance"},
            id="instances of one name on two servers",
        ),
        pytest.param(
            {
                "hostname": "iis@web088",
                "fqdn": "web088.example.com",
                "ip_address": ["10.0.0.1"],
                "asset_type": "Microsoft iis Web Server",
            },
            {"hostname": "web088", "fqdn": "web088.example.com", "ip_address": ["10.0.0.1"], "uuid": UUID},
            id="web server and its machine",
        ),
        pytest.param(
            {"hostname": "shop@web088", "ip_address": ["10.0.0.1"], "asset_type": "Web Server"},
            {"hostname": "web088", "ip_address": ["10.0.0.1"], "uuid": UUID},
            id="a service named at its machine",
        ),
        pytest.param({"hostname": "a1", "source_id": "17"}, {"hostname": "b2", "source_id": "17"}, id="counters"),
    ],
)
def test_two_things_in_two_sources(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not _same(one, other)


def test_a_cloned_uuid_does_not_join_its_clones() -> None:
    source = [{"hostname": "vm1", "uuid": UUID}, {"hostname": "vm2", "uuid": UUID}]
    found = assets_of(run(clean_table(0, source), clean_table(1, list(reversed(source)))))
    assert found[(0, 0)] != found[(0, 1)]
    assert found[(0, 0)] == found[(1, 1)]
    assert found[(0, 1)] == found[(1, 0)]


def test_a_value_on_many_machines_identifies_nothing() -> None:
    machines = [{"hostname": f"pc{n:02d}", "serial_number": "LAB-STOCK-1"} for n in range(10)]
    others = [{"hostname": f"ws{n:02d}", "serial_number": "LAB-STOCK-1"} for n in range(10)]
    outcome = run(clean_table(0, machines), clean_table(1, others))
    assert len(outcome.inventory) == 20
    assert outcome.summary["guarded_values"] == {"serial": 1}


def test_a_name_that_a_table_repeats_needs_support() -> None:
    twins = [{"hostname": "db01", "uuid": UUID}, {"hostname": "db01", "uuid": OTHER_UUID}]
    alone = assets_of(run(clean_table(0, twins), clean_table(1, [{"hostname": "db01"}])))
    helped = assets_of(run(clean_table(0, twins), clean_table(1, [{"hostname": "db01", "uuid": OTHER_UUID}])))
    assert alone[(1, 0)] not in (alone[(0, 0)], alone[(0, 1)])
    assert helped[(1, 0)] == helped[(0, 1)] != helped[(0, 0)]


def test_the_live_machine_is_preferred_to_the_retired_one_of_its_name() -> None:
    cmdb = [
        {"hostname": "app1", "source_id": "a" * 32, "lifecycle_status": "retired"},
        {"hostname": "app1", "source_id": "b" * 32, "lifecycle_status": "in_use"},
    ]
    found = assets_of(run(clean_table(0, cmdb), clean_table(1, [{"hostname": "app1", "power_state": "on"}])))
    assert found[(1, 0)] == found[(0, 1)] != found[(0, 0)]


def test_rows_of_a_table_are_one_only_when_they_repeat_each_other() -> None:
    rows = [
        {"hostname": "a1", "source_id": "vm-1", "application_name": ["Billing"]},
        {"hostname": "a1", "source_id": "vm-1", "application_name": ["Payroll"]},
        {"hostname": "a1", "source_id": "vm-2"},
        {"hostname": "a1", "source_id": "vm-2"},
    ]
    outcome = run(clean_table(0, rows))
    found = assets_of(outcome)
    assert found[(0, 0)] == found[(0, 1)] != found[(0, 2)] == found[(0, 3)]
    assert outcome.lineage["duplicate"].to_list() == [False, False, False, True]


def test_a_chain_of_weak_links_does_not_cross_a_contradiction() -> None:
    """The middle record has the name of both and the id of neither."""
    found = assets_of(
        run(
            clean_table(0, [{"hostname": "app1", "uuid": UUID}]),
            clean_table(1, [{"hostname": "app1"}]),
            clean_table(2, [{"hostname": "app1", "uuid": OTHER_UUID}]),
        )
    )
    assert found[(0, 0)] != found[(2, 0)]


def test_a_row_that_nothing_identifies_is_set_aside() -> None:
    outcome = run(clean_table(0, [{"hostname": "a1", "model": "X"}, {"model": "X"}]))
    assert outcome.set_aside.select("row", "reason", "disposition").rows() == [(1, "no_identifier", "quarantined")]


@pytest.mark.parametrize(
    ("rows", "things"),
    [
        pytest.param(
            [
                {"hostname": "muclt1", "serial_number": "YD42NWKB", "uuid": UUID, "source_id": "16780443"},
                {"hostname": "mucnb2", "serial_number": "YD42NWKB", "uuid": UUID, "source_id": "16701076"},
            ],
            1,
            id="re-imaged: another name, all of the hardware the same",
        ),
        pytest.param(
            [
                {"hostname": "app57", "serial_number": "TXHWR0Y", "ip_address": ["10.0.0.1"], "source_id": "a" * 32},
                {"hostname": "app57", "serial_number": "TXHWR0Y", "ip_address": ["10.0.0.1"], "source_id": "b" * 32},
            ],
            1,
            id="entered twice",
        ),
        pytest.param(
            [{"hostname": f"vm{n}", "uuid": UUID, "source_id": f"vm-{n}"} for n in range(2)],
            2,
            id="cloned with its uuid",
        ),
        pytest.param(
            [
                {"hostname": "app1", "serial_number": "AAAA1111", "lifecycle_status": "retired", "source_id": "a" * 32},
                {"hostname": "app1", "serial_number": "BBBB2222", "lifecycle_status": "in_use", "source_id": "b" * 32},
            ],
            2,
            id="replaced under its name",
        ),
        pytest.param(
            [
                {"hostname": "app1", "last_seen": datetime(2023, 5, 12), "source_id": "a" * 32},
                {"hostname": "app1", "last_seen": NOW, "source_id": "b" * 32, "lifecycle_status": "in_use"},
            ],
            2,
            id="not seen since it was replaced under its name",
        ),
        pytest.param(
            [
                {"hostname": "app1", "uuid": UUID, "last_seen": datetime(2023, 5, 12), "source_id": "16780443"},
                {"hostname": "app1", "uuid": UUID, "last_seen": NOW, "source_id": "16701076"},
            ],
            1,
            id="an agent's record from before it was installed anew",
        ),
        pytest.param([{"hostname": "a1", "rack": "R1"}, {"hostname": "a1", "rack": "R2"}], 1, id="only the name"),
    ],
)  # fmt: skip
def test_two_rows_of_one_table(rows: list[dict[str, Any]], things: int) -> None:
    assert len(run(clean_table(0, rows)).inventory) == things


def test_what_holds_a_second_row_holds_other_sources_too() -> None:
    """A second record of a machine in one source does not tear it from the others."""
    cmdb = [{"hostname": "app57", "serial_number": "TXHWR0Y", "source_id": key * 32} for key in "ab"]
    found = assets_of(
        run(
            clean_table(0, cmdb),
            clean_table(1, [{"hostname": "app57"}]),
            clean_table(2, [{"serial_number": "TXHWR0Y"}]),
        )
    )
    assert len(set(found.values())) == 1


@pytest.mark.parametrize(
    ("beside", "same"),
    [
        pytest.param(("example.com",) * 4, False, id="another domain stands beside it elsewhere"),
        pytest.param(("example.net",) * 4, True, id="this domain stands beside it elsewhere"),
        pytest.param(("example.com", "example.net") * 2, True, id="it stands beside several"),
        pytest.param(("example.com",), True, id="too few rows to tell"),
    ],
)
def test_what_a_netbios_domain_stands_for_is_learned(beside: tuple[str, ...], same: bool) -> None:
    known = [{"hostname": f"pc{n}", "fqdn": f"pc{n}.{domain}", "dns_domain": "ACME"} for n, domain in enumerate(beside)]
    found = assets_of(
        run(
            clean_table(0, known),
            clean_table(1, [{"fqdn": "web01.example.net"}]),
            clean_table(2, [{"hostname": "web01", "dns_domain": "ACME"}]),
        )
    )
    assert (found[(2, 0)] == found[(1, 0)]) is same


def test_an_old_name_is_bridged_by_the_source_that_knows_both() -> None:
    found = assets_of(
        run(
            clean_table(0, [{"hostname": "old01", "uuid": UUID}]),
            clean_table(1, [{"hostname": "new01", "uuid": UUID, "ip_address": ["10.0.0.1"]}]),
            clean_table(2, [{"hostname": "new01", "ip_address": ["10.0.0.1"]}]),
        )
    )
    assert len(set(found.values())) == 1


def test_a_scanners_row_goes_to_the_cluster_whose_name_it_bears() -> None:
    cmdb = [{"hostname": "sqlcl1", "ip_address": ["10.0.0.9"], "asset_type": "Cluster"}, {"hostname": "sqln1"}]
    found = assets_of(run(clean_table(0, cmdb), clean_table(1, [{"hostname": "sqlcl1", "ip_address": ["10.0.0.9"]}])))
    assert found[(0, 0)] == found[(1, 0)] != found[(0, 1)]


def test_the_address_of_a_cluster_does_not_go_to_one_of_its_nodes() -> None:
    cmdb = [{"hostname": "sqlcl1", "ip_address": ["10.0.0.9"], "asset_type": "Cluster", "last_seen": NOW}]
    nodes = [{"hostname": "sqln1", "ip_address": ["10.0.0.1", "10.0.0.9"], "power_state": "on"}]
    scanned = [{"ip_address": ["10.0.0.9"], "last_seen": NOW}]
    found = assets_of(run(*(clean_table(no, rows) for no, rows in enumerate((cmdb, nodes, scanned)))))
    assert found[(0, 0)] == found[(2, 0)] != found[(1, 0)]


@pytest.fixture(scope="module")
def estate() -> tuple[Estate, InventoryOutcome]:
    made = make_estate(machines=300)
    return made, run(*made.tables)


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        pytest.param("cmdb_ci", {"hostname": "renamed-by-hand"}, id="another name"),
        pytest.param("cmdb_ci", {"ip_address": ["10.200.0.1"]}, id="another address"),
        pytest.param("cmdb_ci", {"lifecycle_status": "retired"}, id="retired"),
        pytest.param("cmdb_ci", {"serial_number": None, "ip_address": None}, id="identifiers lost"),
        pytest.param("vInfo", {"uuid": OTHER_UUID}, id="another uuid"),
        pytest.param("vInfo", {"power_state": "off"}, id="switched off"),
        pytest.param("sccm", {"memory_mib": 123.0, "last_seen": datetime(2020, 1, 1)}, id="not seen for long"),
        pytest.param("server list", {"hostname": "nobody-knows-it"}, id="a name that nobody knows"),
        pytest.param("vDisk", {"storage_total_gib": 4711.0}, id="a larger disk"),
    ],
)
@pytest.mark.parametrize("row", [20, 40])
def test_one_changed_row_changes_its_own_asset_only(
    estate: tuple[Estate, InventoryOutcome], table: str, cells: dict[str, Any], row: int
) -> None:
    made, before = estate
    number = next(t.info.table_no for t in made.tables if t.info.table == table)
    after = run(*(_with_cells(t, row, cells) if t.info.table_no == number else t for t in made.tables))
    mine = {assets_of(each)[(number, row)] for each in (before, after)}
    for frame in ("inventory", "lineage"):
        others = pl.col("asset_id").is_in(mine).not_()
        assert_frame_equal(getattr(before, frame).filter(others), getattr(after, frame).filter(others))


def _with_cells(table: CleanTable, row: int, cells: dict[str, Any]) -> CleanTable:
    frame = table.frame.collect()
    changed = [
        pl.when(pl.col("row") == row).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
        for name, value in cells.items()
    ]
    return replace(table, frame=frame.with_columns(changed).lazy())
