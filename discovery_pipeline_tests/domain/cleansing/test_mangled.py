"""What spreadsheets made of identifiers: put back where the column tells it, else left empty with a finding."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from discovery_pipeline.domain.cleansing import CleanParams, Step, trace
from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned, cleaned_one, codes, outcome, rules, values

_IDS = [f"{number:08d}" for number in random.Random(7).sample(range(10**8), 300)]
_CUT = [number.lstrip("0") for number in _IDS]


@pytest.mark.parametrize("field", ["serial_number", "asset_tag"])
def test_leading_zeros_of_numbers_of_one_width_are_put_back(field: str) -> None:
    result = outcome(Column(field, _CUT))

    assert values(result, field) == _IDS
    assert rules(result, field) == {"leading_zeros_restored_to_8": sum(len(number) < 8 for number in _CUT)}
    assert codes(result) == ["leading_zeros_lost"]


def test_the_same_in_a_column_too_long_to_hold() -> None:
    result = outcome(Column("serial_number", _CUT), params=CleanParams(50, 40, 10))

    assert values(result, "serial_number") == _IDS


def test_the_step_is_shown_for_a_cell() -> None:
    applied = tuple(rules(outcome(Column("asset_tag", _CUT)), "asset_tag"))

    assert trace("7654321", "asset_tag", None, applied) == [Step("leading_zeros_restored_to_8", "7654321", "07654321")]
    assert trace("7654321", "asset_tag", None, ()) == []


def test_some_zeros_kept_and_some_lost_are_one_width() -> None:
    half = [*_IDS[:150], *_CUT[150:]]

    assert cleaned("serial_number", half) == _IDS


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([str(i) for i in range(99_500, 100_900)], id="counted up"),
        pytest.param([str(i * 7) for i in range(10_000, 24_000, 9)], id="counted up with gaps"),
        pytest.param([*_CUT, *(f"ABC{i:05d}" for i in range(300))], id="makers that write letters"),
        pytest.param([number[: 4 + i % 5] for i, number in enumerate(_IDS)], id="every width"),
        pytest.param([*_CUT, "007", "0123"], id="zeros kept at another width"),
        pytest.param(_IDS, id="nothing lost"),
        pytest.param(_CUT[:15], id="too few to tell"),
        pytest.param([number[:5] for number in _CUT], id="short numbers"),
    ],
)
def test_other_numbers_keep_their_digits(numbers: list[str]) -> None:
    result = outcome(Column("asset_tag", numbers))

    assert not rules(result, "asset_tag").keys() - {"junk_identifier_to_null"}
    assert {*values(result, "asset_tag")} - {None} <= {*numbers}


def test_keys_of_records_are_never_padded() -> None:
    assert cleaned("source_id", _CUT) == _CUT


@pytest.mark.parametrize("field", ["serial_number", "asset_tag", "source_id"])
def test_a_decimal_point_behind_a_whole_number_goes(field: str) -> None:
    result = outcome(Column(field, ["9100047.0", "9100048.00", "10.5"]), Column("hostname", ["a", "b", "c"]))

    assert values(result, field) == ["9100047", "9100048", "10.5"]
    assert rules(result, field)["decimal_of_whole_number"] == 2


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("hostname", "1-Dec", "date_out_of_identifier"),
        ("hostname", "01-Mar-24", "date_out_of_identifier"),
        ("hostname", "2024-12-01 00:00:00", "date_out_of_identifier"),
        ("hostname", "TRUE", "truth_value_out_of_name"),
        ("hostname", "#REF!", "spreadsheet_error"),
        ("hostname", "########", "spreadsheet_error"),
        ("asset_tag", "Mar-01", "date_out_of_identifier"),
        ("serial_number", "1. Mrz", "date_out_of_identifier"),
        ("serial_number", "Falsch", "truth_value_out_of_name"),
        ("serial_number", "123456789012345000", "rounded_identifier"),
        ("asset_tag", "#NAME?", "spreadsheet_error"),
        ("os_name", "#WERT!", "spreadsheet_error"),
        ("memory_mib", "#####", "spreadsheet_error"),
        ("application_name", "#VALUE!", "spreadsheet_error"),
    ],
)
def test_what_cannot_be_put_back_is_left_empty_with_a_finding(field: str, cell: str, code: str) -> None:
    result = outcome(Column(field, [cell]))

    assert values(result, field) == [None]
    assert codes(result) == [code]
    assert cell in result.findings["detail"][0]


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("hostname", "mar-01"), ("hostname", "dec-db-1"), ("hostname", "truenas"),
        ("hostname", "1-decimal"), ("hostname", "fw-1"), ("asset_tag", "MAR-01"), ("asset_tag", "DEC-2024-01"),
        ("serial_number", "123456789012345678"), ("serial_number", "1234567890120000"), ("serial_number", "9100000"),
        ("source_id", "4711"), ("asset_tag", "#12"), ("asset_tag", "10.20.30"), ("asset_tag", "WA0.00"),
    ],
)  # fmt: skip
def test_names_and_numbers_that_look_a_little_like_it_stay(field: str, cell: str) -> None:
    assert cleaned_one(field, cell) == cell


def test_a_lookup_that_found_nothing_is_a_placeholder() -> None:
    result = outcome(Column("hostname", ["#N/A", "#NV"]))

    assert values(result, "hostname") == [None, None]
    assert codes(result) == []


@pytest.mark.parametrize("write", [str.upper, str.lower], ids=["upper case", "lower case"])
def test_months_in_one_case_are_names(write: Callable[[str], str]) -> None:
    names = [write(f"Dec-{i:02d}") for i in range(3)]

    assert [str(name).lower() for name in cleaned("hostname", names)] == [name.lower() for name in names]
