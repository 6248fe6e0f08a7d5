from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned, cleaned_one, codes, outcome, rules, values

_UUID = "421c9d11-aabb-ccdd-791e-abfac967cc11"


@pytest.mark.parametrize(
    ("cell", "uuid"),
    [
        pytest.param("{421C9D11-AABB-CCDD-791E-ABFAC967CC11}", _UUID, id="braces"),
        pytest.param("421c9d11aabbccdd791eabfac967cc11", _UUID, id="bare"),
        pytest.param("42 1c 9d 11 aa bb cc dd-79 1e ab fa c9 67 cc 11", _UUID, id="VMware"),
        pytest.param("VMware-42 1c 9d 11 aa bb cc dd-79 1e ab fa c9 67 cc 11", _UUID, id="VMware serial"),
        pytest.param("urn:uuid:421C9D11-AABB-CCDD-791E-ABFAC967CC11", _UUID, id="URN"),
        pytest.param("I-0ABC123", "i-0abc123", id="another kind of id"),
        pytest.param("00000000-0000-0000-0000-000000000000", None, id="zeros"),
        pytest.param("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", None, id="ones"),
        pytest.param("03000200-0400-0500-0006-000700080009", None, id="on every board of one maker"),
    ],
)
def test_uuids(cell: str, uuid: str | None) -> None:
    assert cleaned_one("uuid", cell) == uuid


@pytest.mark.parametrize(
    ("cell", "serial"),
    [
        ("czj0031v3g", "CZJ0031V3G"),
        ("VMware-42 f6 67 8a-79 1e", "VMWARE-42 F6 67 8A-79 1E"),
        ('="00123"', "00123"),
        ("9100047", "9100047"),
    ],
)
def test_serial_numbers(cell: str, serial: str) -> None:
    assert cleaned_one("serial_number", cell) == serial


@pytest.mark.parametrize(
    "cell",
    ["0", "0000000", "111111", "XXXXXXX", "123456", "0123456789", "none", "System Serial Number", "see vCenter",
     "Not Specified",
     "To Be Filled By O.E.M.", "Default string", "SN", "....", "VM"],
)  # fmt: skip
def test_junk_serial_numbers(cell: str) -> None:
    result = outcome(Column("serial_number", [cell]))
    assert values(result, "serial_number") == [None]
    assert codes(result) == []


@pytest.mark.parametrize("field", ["serial_number", "asset_tag", "source_id", "uuid"])
def test_digits_that_a_spreadsheet_cut_off_are_not_guessed(field: str) -> None:
    whole = "4c4c4544-0032-3010-8056-b7c04f503532" if field == "uuid" else "9100047"
    result = outcome(Column("hostname", ["a", "b"]), Column(field, ["1.23457E+12", whole]))
    assert values(result, field)[0] is None
    assert codes(result) == ["scientific_notation_identifier"]


def test_keys_of_records_stay_as_they_are() -> None:
    keys = ["VirtualMachine-vm-9735", "domain-c450", "19CAE7f1fda189cdb2a824b23e8e093c", "0042"]
    assert cleaned("source_id", keys) == keys


@pytest.mark.parametrize("cell", ["S/N: ABC1234", "SN:ABC1234", "Serial No. = ABC1234", "Service Tag: ABC1234"])
def test_a_label_is_no_part_of_a_serial_number(cell: str) -> None:
    result = outcome(Column("serial_number", [cell]))
    assert values(result, "serial_number") == ["ABC1234"]
    assert "identifier_label_dropped" in rules(result, "serial_number")


def test_the_name_of_a_hypervisor_s_maker_is_no_serial_number() -> None:
    assert cleaned_one("serial_number", "VMware, Inc.") is None


@pytest.mark.parametrize(
    "cell",
    ["not-a-uuid", "0", "12345678-1234-1234-1234", "11111111-1111-1111-1111-111111111111"],
)
def test_what_is_no_uuid_identifies_nothing(cell: str) -> None:
    assert values(outcome(Column("uuid", [cell])), "uuid") == [None]


def test_what_is_no_uuid_is_told() -> None:
    assert codes(outcome(Column("uuid", ["not-a-uuid"]))) == ["unparsable_value"]


@pytest.mark.parametrize(
    ("field", "cell", "clean"),
    [
        pytest.param(
            "uuid", "GUID:4C4C4544-0032-3010-8056-B7C04F503532", "4c4c4544-0032-3010-8056-b7c04f503532", id="guid"
        ),
        pytest.param("uuid", "i-0abc12def3456", "i-0abc12def3456", id="id of a cloud's instance"),
        pytest.param("serial_number", "S/N: 70022631", "70022631", id="mark behind the label"),
        pytest.param("serial_number", "Serial No. 70022631", "70022631", id="blank behind the label"),
        pytest.param("serial_number", "SERIAL ABC", "SERIAL ABC", id="no number behind it"),
    ],
)
def test_labels_of_identifiers(field: str, cell: str, clean: str) -> None:
    assert values(outcome(Column(field, [cell])), field) == [clean]
