"""Which rows are one thing: twins, clones, junk and namesakes in the smallest form that shows each."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline_tests.domain.inventory.builders import assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

UUID = "4c4c4544-0051-3010-8052-b4c04f4e3532"
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
