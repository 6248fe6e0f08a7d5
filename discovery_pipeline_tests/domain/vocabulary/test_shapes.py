"""Which shapes one value has, and which it only seems to have."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.vocabulary.profile import profile_table
from discovery_pipeline_tests.domain.tables import raw_table


def _shapes(value: str) -> set[str]:
    return {shape for shape, share in profile_table(raw_table({"c": [value]}))[0].shares.items() if share == 1.0}


@pytest.mark.parametrize(
    ("value", "shapes", "others"),
    [
        # addresses
        ("10.0.3.17", {"ip"}, {"netmask", "cidr", "gateway_ip"}),
        ("10.0.3.254", {"ip", "gateway_ip"}, {"cidr"}),
        ("10.0.0.1, 10.0.0.2", {"ip"}, {"name_list"}),
        ("10.0.0.1-10.0.0.20", {"ip"}, {"phone"}),
        ("eth0: 10.0.0.5", {"ip"}, {"key_value"}),
        ("fe80::1%eth0", {"ip"}, {"relation"}),
        ("['10.0.0.1', 'fe80::1']", {"ip", "bracketed_list"}, set()),
        ("10.0.0.0/24", {"cidr"}, {"path"}),
        ("255.255.255.0", {"netmask"}, {"gateway_ip"}),
        ("005056aabb01", {"bare_mac", "vm_bare_mac"}, {"date"}),
        ("web01:443", {"host_port"}, {"key_value"}),
        ("443/tcp", {"port_text"}, {"ip"}),
        # names and keys
        ("web01", {"numbered_name", "hostname"}, {"fqdn", "name_list"}),
        ("web01, web02", {"name_list"}, {"hostname"}),
        ("web01.corp.example.com", {"fqdn"}, {"numbered_name", "person"}),
        ("CORP\\jdoe", {"login", "with_domain"}, {"path"}),
        ("i-0abc12345def", {"cloud_id"}, {"uuid"}),
        ("AWS::EC2::Instance", {"cloud_type"}, {"relation"}),
        ("OU=Servers,DC=corp", {"ldap_path"}, {"name_list"}),
        # people
        ("Doe, Jane", {"person"}, {"name_list"}),
        ("J. Doe", {"person"}, set()),
        ("Dr. Max Muster", {"person"}, {"sentence"}),
        ("佐藤 太郎", {"person"}, set()),
        ("j.doe@a.example", {"email"}, {"login", "person", "fqdn"}),
        ("Linux Team", {"team_word"}, {"person"}),
        # amounts
        ("1,234", {"number"}, {"version"}),
        ("€ 1.200,00", {"money", "number"}, {"date"}),
        ("1200 USD", {"money"}, {"quantity"}),
        ("16GiB RAM", {"quantity"}, {"counted"}),
        ("2 x 480GB SSD", {"counted", "capacity"}, {"number"}),
        ("4 vCPU", {"counted"}, {"number"}),
        ("12 %", {"percentage"}, {"number"}),
        ("3:1", {"ratio"}, {"clock", "ip"}),
        ("100 Mbps", {"rate"}, {"number"}),
        # time
        ("Q1 2025", {"month"}, {"date"}),
        ("令和5年4月1日", {"date"}, set()),
        ("1700000000", {"epoch"}, {"date"}),
        ("3 days 4h", {"duration"}, {"date", "clock"}),
        ("12:30", {"clock"}, {"ratio", "ip"}),
        # things
        ("Windows 10.0.19045", {"os"}, {"version", "date"}),
        ("PowerEdge R740", {"hardware_model"}, {"os"}),
        ("VMware, Inc.", {"vendor"}, {"name_list", "platform"}),
        ("Hewlett-Packard Enterprise", {"vendor"}, {"hostname"}),
        ("AMD EPYC 7543", {"cpu_model"}, {"vendor"}),
        ("SQL Server 2019", {"db_engine"}, {"os"}),
        ("m5.large", {"instance_size"}, {"ip"}),
        ("VLAN 120", {"vlan"}, {"rack"}),
        ("Rack A / U22", {"rack"}, {"ip"}),
        # words of closed vocabularies
        ("Prod", {"environment"}, {"lifecycle"}),
        ("Mission critical", {"criticality"}, {"person"}),
        ("In use", {"lifecycle"}, {"environment"}),
        ("poweredOn", {"power", "power_only"}, {"lifecycle"}),
        ("ESTABLISHED", {"tcp_state"}, {"verdict"}),
        ("allow", {"verdict"}, {"tcp_state"}),
        ("rehost", {"strategy"}, set()),
        ("GDPR", {"regulation"}, {"classification"}),
        ("RTO 4h", {"recovery"}, {"duration"}),
        ("yes", {"bool"}, {"virtual"}),
    ],
)
def test_a_value_has_its_shapes_and_no_look_alikes(value: str, shapes: set[str], others: set[str]) -> None:
    found = _shapes(value)

    assert shapes <= found
    assert not others & found


@pytest.mark.parametrize("value", ["n/a", "-", "unknown", "unbekannt", "なし", "<null>", "to be filled by o.e.m."])
def test_a_placeholder_has_no_shape(value: str) -> None:
    assert _shapes(value) == set()
