from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned_one, codes, outcome, rules, values


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        pytest.param("10.0.0.1", ["10.0.0.1"], id="one"),
        pytest.param("10.0.0.1; 10.0.0.2", ["10.0.0.1", "10.0.0.2"], id="semicolon"),
        pytest.param("10.0.0.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"], id="comma"),
        pytest.param("10.0.0.1 10.0.0.2", ["10.0.0.1", "10.0.0.2"], id="blank"),
        pytest.param("10.0.0.1\n10.0.0.2", ["10.0.0.1", "10.0.0.2"], id="line break"),
        pytest.param("10.0.0.1|10.0.0.2", ["10.0.0.1", "10.0.0.2"], id="bar"),
        pytest.param("10.3.1.33 / 10.3.9.33", ["10.3.1.33", "10.3.9.33"], id="slash as separator"),
        pytest.param("10.0.0.1,10.0.0.1", ["10.0.0.1"], id="the same twice"),
        pytest.param("10.0.0.1/24", ["10.0.0.1"], id="prefix"),
        pytest.param("10.0.0.1 /24", ["10.0.0.1"], id="prefix after a blank"),
        pytest.param("10.0.0.1/255.255.255.0", ["10.0.0.1"], id="netmask"),
        pytest.param("10.0.0.1:8080", ["10.0.0.1"], id="port"),
        pytest.param("[2001:db8::1]:443", ["2001:db8::1"], id="v6 with port"),
        pytest.param("2001:DB8:0:0::1/64", ["2001:db8::1"], id="v6 canonical"),
        pytest.param("::ffff:10.0.0.9", ["10.0.0.9"], id="mapped v4"),
        pytest.param("2001:db8::1%12", ["2001:db8::1"], id="zone"),
        pytest.param('["10.0.0.1","10.0.0.2"]', ["10.0.0.1", "10.0.0.2"], id="JSON"),
        pytest.param("{10.0.0.1, fe80::2}", ["10.0.0.1"], id="PowerShell, link-local dropped"),
        pytest.param("eth0: 10.0.0.7", ["10.0.0.7"], id="label"),
        pytest.param("10.0.0.1 (mgmt)", ["10.0.0.1"], id="note"),
        pytest.param("010.001.002.003", ["10.1.2.3"], id="padded octets"),
        pytest.param("127.0.0.1", None, id="loopback"),
        pytest.param("169.254.3.3", None, id="APIPA"),
        pytest.param("0.0.0.0", None, id="unspecified"),
        pytest.param("255.255.255.255", None, id="broadcast"),
        pytest.param("224.0.0.251", None, id="multicast"),
    ],
)
def test_addresses_of_an_asset(cell: str, addresses: list[str] | None) -> None:
    assert cleaned_one("ip_address", cell) == addresses


@pytest.mark.parametrize(
    ("cell", "code"), [("10.0.0.300", "impossible_value"), ("DHCP", "unparsable_value"), ("eth0:", "unparsable_value")]
)
def test_no_addresses_are_told(cell: str, code: str) -> None:
    result = outcome(Column("ip_address", [cell]))
    assert values(result, "ip_address") == [None]
    assert codes(result) == [code]


def test_one_bad_item_leaves_the_others() -> None:
    result = outcome(Column("ip_address", ["10.0.0.1; DHCP; 127.0.0.1; 10.0.0.2"]))
    assert values(result, "ip_address") == [["10.0.0.1", "10.0.0.2"]]
    assert rules(result, "ip_address") == {"ip_split_list": 1, "not_an_address": 1, "ip_loopback_dropped": 1}


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="loopback was observed"),
        pytest.param("*", "0.0.0.0", id="any"),
        pytest.param("0.0.0.0:*", "0.0.0.0", id="listening"),
        pytest.param("::", "0.0.0.0", id="listening on IPv6"),
        pytest.param("10.1.1.1:443", "10.1.1.1", id="port"),
        pytest.param("[::1]:80", "::1", id="v6 with port"),
    ],
)
def test_ends_of_a_connection_keep_what_was_observed(cell: str, address: str) -> None:
    assert cleaned_one("destination_ip", cell, record="connection") == address


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        pytest.param("00-50-56-DB-2B-19", ["00:50:56:db:2b:19"], id="dashes"),
        pytest.param("0050.56db.2b19", ["00:50:56:db:2b:19"], id="Cisco"),
        pytest.param("005056DB2B19", ["00:50:56:db:2b:19"], id="bare"),
        pytest.param("00 50 56 9A 01 02", ["00:50:56:9a:01:02"], id="blanks"),
        pytest.param("0:c:29:1:2:3", ["00:0c:29:01:02:03"], id="without leading zeros"),
        pytest.param("00:50:56:8e:06:92, 00:50:56:CB:B2:03", ["00:50:56:8e:06:92", "00:50:56:cb:b2:03"], id="list"),
        pytest.param("00:50:56:8e:06:92;00-50-56-8E-06-92", ["00:50:56:8e:06:92"], id="one in two notations"),
        pytest.param("00:00:00:00:00:00", None, id="zeros"),
        pytest.param("FF-FF-FF-FF-FF-FF", None, id="broadcast"),
    ],
)
def test_hardware_addresses(cell: str, addresses: list[str] | None) -> None:
    assert cleaned_one("mac_address", cell) == addresses


@pytest.mark.parametrize("cell", ["hello", "50:00:14:42:00:00:00:01"])
def test_no_hardware_address_is_told(cell: str) -> None:
    result = outcome(Column("mac_address", [cell]))
    assert values(result, "mac_address") == [None]
    assert codes(result) == ["unparsable_value"]


@pytest.mark.parametrize(
    ("cell", "addresses", "rule"),
    [
        pytest.param("10.0.0.1 and 10.0.0.2", ["10.0.0.1", "10.0.0.2"], "ip_words_between", id="a word between"),
        pytest.param("10.0.0.1 & 10.0.0.2", ["10.0.0.1", "10.0.0.2"], "ip_words_between", id="ampersand"),
        pytest.param("https://10.0.0.1:8443/ui", ["10.0.0.1"], "ip_url", id="link"),
        pytest.param("10.0.0.1.", ["10.0.0.1"], "ip_trailing_mark", id="trailing dot"),
        pytest.param("fe80::1%eth0", None, "ip_link_local_dropped", id="link-local with its zone"),
        pytest.param("169.254.7.7", None, "ip_link_local_dropped", id="an address that a machine gave itself"),
        pytest.param("0.0.0.0", None, "ip_unspecified_dropped", id="no address"),
        pytest.param("::", None, "ip_unspecified_dropped", id="no IPv6 address"),
        pytest.param("127.0.0.1", None, "ip_loopback_dropped", id="loopback"),
        pytest.param("::ffff:10.0.0.1", ["10.0.0.1"], "ipv6_canonical", id="an IPv4 address as IPv6"),
    ],
)
def test_rules_for_addresses(cell: str, addresses: list[str] | None, rule: str) -> None:
    result = outcome(Column("ip_address", [cell]))
    assert values(result, "ip_address") == [addresses]
    assert rule in rules(result, "ip_address")
    assert codes(result) == []


@pytest.mark.parametrize("cell", ["10.0.0.0/24", "10.1.0.0/16", "10.0.0.1-10.0.0.9", "10.0.0.1-9"])
def test_networks_and_ranges_are_no_machine_s_address(cell: str) -> None:
    result = outcome(Column("ip_address", [cell]))
    assert values(result, "ip_address") == [None]
    assert codes(result) == ["network_not_address"]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        pytest.param("50569A0102", "mac_leading_zeros", id="zeros that a spreadsheet dropped"),
        pytest.param("00_50_56_9A_01_02", "mac_normalise", id="underscores"),
        pytest.param("0050.569a.0102", "mac_normalise", id="Cisco"),
        pytest.param("0:50:56:9a:1:2", "mac_normalise", id="Solaris"),
        pytest.param("{'eno1': '00:50:56:9a:01:02'}", "list_brackets", id="dictionary"),
        pytest.param("10.0.0.1(0050569A0102)", "mac_in_brackets", id="behind an IP address"),
        pytest.param("NIC 1: 00:50:56:9a:01:02", "mac_label_stripped", id="numbered adapter"),
        pytest.param("00:50:56:9a:01:02 [net-db-120]", "mac_note_stripped", id="network"),
        pytest.param("MAC 00:50:56:9A:01:02", "mac_label_stripped", id="label"),
        pytest.param("00:50:56:9a:01:02 (eth0)", "mac_note_stripped", id="adapter"),
    ],
)
def test_rules_for_hardware_addresses(cell: str, rule: str) -> None:
    result = outcome(Column("mac_address", [cell]))
    assert values(result, "mac_address") == [["00:50:56:9a:01:02"]]
    assert rule in rules(result, "mac_address")
    assert codes(result) == []


@pytest.mark.parametrize("cell", ["01:00:5e:00:00:fb", "33-33-00-00-00-01"])
def test_addresses_of_groups_are_no_interfaces(cell: str) -> None:
    assert values(outcome(Column("mac_address", [cell])), "mac_address") == [None]
