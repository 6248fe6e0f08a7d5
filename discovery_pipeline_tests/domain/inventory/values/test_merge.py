"""Whose value wins, by which rule, and which disagreements become findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from discovery_pipeline.domain.handoffs import REGISTRY, empty
from discovery_pipeline.domain.inventory.changes import NOTHING_BEFORE
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline_tests.domain.inventory.builders import asset, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

PRODUCTS = ("rvtools", "servicenow", "sccm", None)


def _merged(field: str, *values: Any, seen: tuple[int, ...] = ()) -> tuple[Any, str]:
    """Value and rule when rvtools, servicenow, sccm and a sheet state these in turn (None: says nothing)."""
    days = [datetime(2026, 1, 1 + day % 28, day // 28) for day in seen]
    outcome = run(
        *[
            clean_table(
                number,
                [{"hostname": "web01", field: value, **({"last_seen": days[number]} if seen else {})}],
                product=PRODUCTS[number],
            )
            for number, value in enumerate(values)
        ]
    )
    assert len(outcome.inventory) == 1
    return asset(outcome)[field], outcome.origin[f"{field}__rule"][0]


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        pytest.param("rack", (None, "R1"), ("R1", "only_claim"), id="one source says it"),
        pytest.param("rack", ("r1", "R1"), ("R1", "agreed"), id="both say it, spelt by the more trusted"),
        pytest.param("memory_mib", (8192.0, 4096.0), (8192.0, "source_precedence"), id="the hypervisor knows memory"),
        pytest.param("environment", ("test", "production"), ("production", "source_precedence"), id="the CMDB knows"),
        pytest.param("os_name", ("Windows 2016", "Windows 2012", "Windows Server 2019"),
                     ("Windows Server 2019", "source_precedence"), id="the agent knows the system"),
        pytest.param("memory_mib", (8192.0, 4096.0, 4096.0), (4096.0, "majority"), id="two agree against one"),
        pytest.param("cpu_count", (0, 4), (4, "plausibility"), id="zero processors are a gap"),
        pytest.param("is_virtual", (True, False), (True, "source_precedence"), id="false is a value too"),
        pytest.param("last_boot", (datetime(2026, 1, 1), datetime(2026, 2, 2)), (datetime(2026, 2, 2), "newest"),
                     id="the last boot is the latest"),
    ],
)  # fmt: skip
def test_a_value_is_chosen(field: str, values: tuple[Any, ...], expected: tuple[Any, str]) -> None:
    assert _merged(field, *values) == expected


def test_what_the_sheets_of_one_export_repeat_is_said_once() -> None:
    row = {"hostname": "web01", "os_name": "Windows Server 2012"}
    sheets = ("vDisk", "vPartition", "vNetwork")
    details = [
        clean_table(number, [row], grain="detail", table=sheet, product="rvtools", source="vc", file="vc.xlsx")
        for number, sheet in enumerate(sheets, 1)
    ]
    found = run(
        clean_table(0, [row], table="vInfo", product="rvtools", source="vc", file="vc.xlsx"),
        *details,
        clean_table(4, [{"hostname": "web01", "os_name": "Windows Server 2012 R2"}], product="sccm"),
    )
    assert asset(found)["os_name"] == "Windows Server 2012 R2"


AGENT, SHEET = "Windows Server 2019", "Windows Server 2019 Standard"


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        pytest.param("os_name", (None, SHEET, AGENT), (SHEET, "most_exact"), id="an edition says more"),
        pytest.param("os_name", ("Linux", "RHEL 8.6"), ("RHEL 8.6", "most_exact"), id="a product says more"),
        pytest.param("os_name", (None, "RHEL 8.6", "RHEL 8"), ("RHEL 8.6", "most_exact"), id="a minor version"),
        pytest.param("os_name", ("Windows Server 2016 or later", "Windows Server 2022"),
                     ("Windows Server 2022", "most_exact"), id="what is later agrees with or later"),
        pytest.param("os_name", ("Windows Server 2016 or later", "Windows Server 2012 R2"),
                     ("Windows Server 2016 or later", "source_precedence"), id="what is earlier does not"),
        pytest.param("os_name", ("Windows Server 2012", "Windows 2012 R2 Standard", "Windows Server 2012 R2"),
                     ("Windows 2012 R2 Standard", "most_exact"), id="a hypervisor knows no R2"),
        pytest.param("os_name", (None, "Windows 11 Enterprise", "Windows NT Workstation 10.0"),
                     ("Windows 11 Enterprise", "most_exact"), id="a kernel of 10 and 11"),
        pytest.param("os_name", ("Ubuntu", "Linux", None, "Ubuntu 20.04 LTS"),
                     ("Ubuntu 20.04 LTS", "most_exact"), id="a release"),
        pytest.param("dns_domain", (None, "corp.example.com", "EXCORP"), ("corp.example.com", "most_exact"), id="DNS"),
        pytest.param("os_version", (None, "7.9", "7"), ("7.9", "most_exact"), id="a longer version says more"),
        pytest.param("memory_mib", (None, 16383.0, 16384.0), (16384.0, "agreed"), id="rounding is no rival"),
        pytest.param("install_date", (None, datetime(2020, 1, 1), datetime(2020, 1, 1, 9)),
                     (datetime(2020, 1, 1, 9), "most_exact"), id="the same day, with the hour"),
    ],
)  # fmt: skip
def test_spellings_of_one_value_are_no_dispute(field: str, values: tuple[Any, ...], expected: tuple[Any, str]) -> None:
    assert _merged(field, *values) == expected


def _rows(*rows: dict[str, Any], params: InventoryParams | None = None) -> InventoryOutcome:
    """web01 as rvtools, servicenow and sccm describe it in turn."""
    tables = [
        clean_table(number, [{"hostname": "web01", **row}], product=PRODUCTS[number]) for number, row in enumerate(rows)
    ]
    return reconcile(tables, empty(REGISTRY), NOTHING_BEFORE, "acme", params or InventoryParams())


@pytest.mark.parametrize(
    ("field", "rows", "expected"),
    [
        pytest.param("cpu_count", ({"cpu_count": 2, "cpu_cores": 16}, {"cpu_count": 16}), 16, id="sockets counted"),
        pytest.param("cpu_cores",
                     ({"cpu_cores": 9, "cpu_sockets": 2, "cores_per_socket": 4},
                      {"cpu_cores": 8, "cpu_sockets": 2, "cores_per_socket": 4}), 8, id="cores that do not add up"),
        pytest.param("storage_used_gib",
                     ({"storage_used_gib": 900.0, "storage_total_gib": 100.0},
                      {"storage_used_gib": 60.0, "storage_total_gib": 100.0}), 60.0, id="more used than there is"),
        pytest.param("os_version",
                     ({"os_name": "Windows Server 2012", "os_version": "6.2"},
                      {"os_name": "Windows Server 2019", "os_version": "10.0.17763"},
                      {"os_name": "Windows Server 2019"}), "10.0.17763", id="the version goes with the system"),
        pytest.param("memory_mib", ({"memory_mib": 64.0, "os_name": "RHEL 8"}, {"memory_mib": 8192.0}), 8192.0,
                     id="no server of today starts with so little"),
        pytest.param("location", ({}, {"location": "FRA-Site"}, {"location": "Frankfurt"}), "Frankfurt",
                     id="a directory's site"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_gives_way(field: str, rows: tuple[dict[str, Any], ...], expected: Any) -> None:
    outcome = _rows(*rows)
    assert asset(outcome)[field] == expected
    assert outcome.origin[f"{field}__rule"][0] == "plausibility"


@pytest.mark.parametrize("shown", ["Loan Engine DB Prod 30", "web01_restored", "web01-migrated", "web01_prod"])
def test_what_a_tool_shows_is_no_host_name(shown: str) -> None:
    rows = [{"hostname": shown, "fqdn": "web01.example.com", "uuid": "422c1c5f-5a1b-4a4b-9f3b-6f3a5c1d2e3f"}]
    assert asset(run(clean_table(0, rows, product="rvtools")))["hostname"] == "web01"


def test_a_copy_that_was_left_keeps_its_own_name() -> None:
    """Its tool still reports the DNS name of the machine that it was copied from."""
    rows = [{"hostname": "web01_old", "fqdn": "web01.example.com", "uuid": "422c1c5f-5a1b-4a4b-9f3b-6f3a5c1d2e3f"}]
    assert asset(run(clean_table(0, rows, product="rvtools")))["hostname"] == "web01_old"


def test_a_renamed_machine_is_called_as_the_hypervisor_sees_it() -> None:
    serial = {"serial_number": "VMware-42 2c 1c 5f 5a 1b 4a 4b-9f 3b 6f 3a 5c 1d 2e 3f"}
    old = {"hostname": "web01", "fqdn": "web01.example.com", **serial}
    found = run(
        clean_table(0, [{"hostname": "app07", "fqdn": "app07.example.com", **serial}], product="rvtools"),
        clean_table(1, [old], product="servicenow"),
        clean_table(2, [old]),
    )
    assert (asset(found)["hostname"], asset(found)["fqdn"]) == ("app07", "app07.example.com")


def test_the_last_sighting_does_not_lie_in_the_future() -> None:
    seen = [datetime(2026, 1, 1 + day) for day in range(20)]
    others = [{"hostname": f"db{n}", "last_seen": day} for n, day in enumerate(seen)]
    outcome = run(
        clean_table(0, [{"hostname": "web01", "last_seen": datetime(2062, 1, 1)}, *others]),
        clean_table(1, [{"hostname": "web01", "last_seen": datetime(2026, 1, 5)}]),
    )
    assert asset(outcome)["last_seen"] == datetime(2026, 1, 5)


def test_an_export_of_long_ago_counts_less_row_by_row() -> None:
    """Its other rows tell its age; what lists machines of the moment is as new as the newest."""
    old = {"environment": "test"}
    outcome = run(
        clean_table(0, [{"hostname": "web01", **old}, {"hostname": "db1", "last_seen": datetime(2022, 1, 1)}],
                    product="servicenow"),
        clean_table(1, [{"hostname": "web01", "environment": "production"},
                        {"hostname": "db2", "last_seen": datetime(2026, 1, 1)}]),
    )  # fmt: skip
    assert asset(outcome)["environment"] == "production"


@pytest.mark.parametrize(
    ("field", "wanted", "expected"),
    [
        pytest.param("memory_mib", {"memory_mib": ("cmdb", "hypervisor")}, (4096.0, "tenant_precedence"), id="a field"),
        pytest.param(
            "memory_mib", {"sizing": ("source1",)}, (4096.0, "tenant_precedence"), id="a group, by the source"
        ),
        pytest.param("memory_mib", {"memory_mib": ("hypervisor",)}, (8192.0, "tenant_precedence"), id="as by default"),
        pytest.param("memory_mib", {"memory_mib": ("agent",)}, (8192.0, "source_precedence"), id="of no claim"),
        pytest.param("ip_address", {"ip_address": ("cmdb",)}, (["10.0.0.2"], "tenant_precedence"), id="a list"),
    ],
)
def test_a_tenant_may_believe_others(field: str, wanted: dict[str, tuple[str, ...]], expected: tuple[Any, str]) -> None:
    rows = (
        {"memory_mib": 8192.0, "ip_address": ["10.0.0.1", "10.0.0.2"]},
        {"memory_mib": 4096.0, "ip_address": ["10.0.0.2"]},
    )
    outcome = _rows(*rows, params=InventoryParams(preferred=wanted))
    assert (asset(outcome)[field], outcome.origin[f"{field}__rule"][0]) == expected


def test_what_cannot_be_right_is_not_believed_however_preferred() -> None:
    params = InventoryParams(preferred={"memory_mib": ("cmdb",)})
    assert asset(_rows({"memory_mib": 8192.0}, {"memory_mib": 0.0}, params=params))["memory_mib"] == 8192.0


def test_a_stale_claim_counts_less() -> None:
    rows = [
        {"hostname": "web01", "memory_mib": 4096.0, "last_seen": datetime(2024, 1, 1)},
        {"hostname": "web01", "memory_mib": 8192.0, "last_seen": datetime(2026, 1, 1)},
    ]
    outcome = run(clean_table(0, rows[:1], product="rvtools"), clean_table(1, rows[1:], product="sccm"))
    assert asset(outcome)["memory_mib"] == 8192.0
    assert outcome.origin["memory_mib__rule"][0] == "newest"


def test_a_name_cut_to_netbios_length_is_written_in_full() -> None:
    both = {"serial_number": "CZ123456"}
    outcome = run(
        clean_table(0, [{**both, "hostname": "AMS-A960-DB0000"}], product="sccm"),
        clean_table(1, [{**both, "hostname": "ams-a960-db000038"}], product="servicenow"),
    )
    assert asset(outcome)["hostname"] == "ams-a960-db000038"


def test_the_origin_points_at_the_record_that_won() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "web01", "rack": "R1"}]),
        clean_table(1, [{"hostname": "web01", "rack": "R2"}], product="servicenow"),
    )
    winner = outcome.lineage.filter(outcome.lineage["record_no"] == outcome.origin["rack"][0])
    assert winner.select("table_no", "row").rows() == [(1, 0)]
    assert asset(outcome)["rack"] == "R2"


def test_lists_are_united() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "web01", "application_name": ["B", "A"]}]),
        clean_table(1, [{"hostname": "web01", "application_name": ["C", "A"]}]),
    )
    assert asset(outcome)["application_name"] == ["A", "B", "C"]
    assert outcome.origin.filter(outcome.origin["hostname"].is_not_null())["application_name__rule"].to_list() == [
        "united"
    ]


def test_an_address_that_was_only_written_down_gives_way_to_what_tools_see() -> None:
    outcome = run(
        clean_table(
            0, [{"hostname": "web01", "ip_address": ["10.0.0.9", "10.0.0.2", "2001:db8::1"]}], product="servicenow"
        ),
        clean_table(1, [{"hostname": "web01", "ip_address": ["10.0.0.1"]}], product="rvtools"),
        clean_table(2, [{"hostname": "web01", "ip_address": ["10.0.0.2"]}], product="sccm"),
    )
    assert asset(outcome)["ip_address"] == ["10.0.0.1", "10.0.0.2", "2001:db8::1"]


def test_an_address_seen_on_another_machine_is_not_this_ones() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "old01", "ip_address": ["10.0.0.1"]}], product="servicenow"),
        clean_table(1, [{"hostname": "web01", "ip_address": ["10.0.0.1"]}], product="rvtools"),
    )
    assert asset(outcome, 0)["ip_address"] is None
    assert asset(outcome, 1)["ip_address"] == ["10.0.0.1"]


def test_an_interface_of_many_machines_is_nobodys_own_beside_another() -> None:
    dock, hosts = "00:e0:4c:68:00:01", [f"pc{n}" for n in range(3)]
    sccm = [{"hostname": name, "mac_address": [dock]} for name in hosts]
    cmdb = [{"hostname": name, "mac_address": [f"94:40:c9:00:00:0{n}"]} for n, name in enumerate(hosts)]
    outcome = run(clean_table(0, sccm, product="sccm"), clean_table(1, cmdb, product="servicenow"))
    assert sorted(outcome.inventory["mac_address"].to_list()) == [[f"94:40:c9:00:00:0{n}"] for n in range(3)]


def test_the_interface_of_a_tunnel_is_nobodys_own() -> None:
    macs = ["02:00:54:55:4e:01", "94:40:c9:00:00:01"]
    assert asset(run(clean_table(0, [{"hostname": "pc1", "mac_address": macs}])))["mac_address"] == macs[1:]


def test_an_address_that_is_one_of_several_elsewhere_may_be_shared() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "sqlcl", "ip_address": ["10.0.0.9"]}], product="servicenow"),
        clean_table(1, [{"hostname": "sql1", "ip_address": ["10.0.0.1", "10.0.0.9"]}], product="sccm"),
    )
    assert asset(outcome, 0)["ip_address"] == ["10.0.0.9"]


def _conflicting(
    field: str, one: Any, other: Any, hosts: int = 1, params: InventoryParams | None = None
) -> InventoryOutcome:
    tables = [
        clean_table(number, [{"hostname": f"web{n}", field: value} for n in range(hosts)])
        for number, value in enumerate((one, other))
    ]
    return reconcile(tables, empty(REGISTRY), NOTHING_BEFORE, "acme", params or InventoryParams())


@pytest.mark.parametrize(
    ("field", "one", "other", "severity"),
    [
        pytest.param("environment", "production", "test", "warning", id="environment"),
        pytest.param("os_name", "Windows Server 2019", "RHEL 8", "warning", id="family of the system"),
        pytest.param("memory_mib", 4096.0, 8192.0, "info", id="memory"),
    ],
)
def test_a_conflict_that_matters_is_found(field: str, one: Any, other: Any, severity: str) -> None:
    findings = _conflicting(field, one, other).findings if field != "os_name" else _agreeing_but_for_os(one, other)
    assert findings.select("code", "severity").rows() == [("value_conflict", severity)]
    assert field in findings["detail"][0]


def _agreeing_but_for_os(one: str, other: str) -> Any:
    """Two systems of one name alone would be taken for two machines."""
    both = {"hostname": "web01", "serial_number": "CZ123456"}
    return run(clean_table(0, [{**both, "os_name": one}]), clean_table(1, [{**both, "os_name": other}])).findings


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        pytest.param("memory_mib", 16384.0, 15999.0, id="memory within a tenth"),
        pytest.param("os_name", "RHEL 8", "Red Hat Enterprise Linux 8.6", id="two words for one system"),
    ],
)
def test_a_conflict_that_does_not_matter_is_none(field: str, one: Any, other: Any) -> None:
    assert _conflicting(field, one, other).findings.is_empty()


def test_many_conflicts_are_summed_up() -> None:
    outcome = _conflicting("environment", "production", "test", hosts=8, params=InventoryParams(conflict_findings=3))
    assert outcome.findings["code"].to_list() == ["value_conflict"] * 3 + ["value_conflicts_more"]
    assert "environment 8" in outcome.findings["detail"][-1]


def test_values_that_rest_on_a_review_mapping_are_marked() -> None:
    outcome = run(
        clean_table(0, [{"hostname": "web01", "rack": "R1"}, {"hostname": "web02"}], review=frozenset({"rack"})),
        clean_table(1, [{"hostname": "web02", "rack": "R7"}]),
    )
    assert asset(outcome, 0, 0)["review_fields"] == ["rack"]
    assert asset(outcome, 0, 1)["review_fields"] == []
