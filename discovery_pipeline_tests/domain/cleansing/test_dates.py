from __future__ import annotations

from datetime import datetime

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned, cleaned_one, codes, outcome, rules, values

_DAY = datetime(2024, 3, 1)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("2024-03-01", _DAY, id="ISO date"),
        pytest.param("2024-03-01 10:00:00", datetime(2024, 3, 1, 10), id="ServiceNow"),
        pytest.param("2024-03-01T10:00:00Z", datetime(2024, 3, 1, 10), id="ISO with Z"),
        pytest.param("2024-03-01T10:00:00.1234567+02:00", datetime(2024, 3, 1, 8, 0, 0, 123456), id="ISO with offset"),
        pytest.param("2024-03-01 09:00:00-05:00", datetime(2024, 3, 1, 14), id="offset without T"),
        pytest.param("2024-03-01 10:00:00 CET", datetime(2024, 3, 1, 9), id="named zone"),
        pytest.param("2024-03-01 10:00:00 +0100 CET", datetime(2024, 3, 1, 9), id="offset and name"),
        pytest.param("2024/11/03 04:12:51", datetime(2024, 11, 3, 4, 12, 51), id="RVTools"),
        pytest.param("01-Mar-2024", _DAY, id="Oracle"),
        pytest.param("1. März 2024", _DAY, id="German month"),
        pytest.param("01 mars 2024 14:05", datetime(2024, 3, 1, 14, 5), id="French month"),
        pytest.param("Mar 1, 2024 10:00 PM", datetime(2024, 3, 1, 22), id="American month with PM"),
        pytest.param("12 AM", None, id="no date at all"),
        pytest.param("3/31/2024 12:15 AM", datetime(2024, 3, 31, 0, 15), id="midnight by the 12-hour clock"),
        pytest.param("Fri Mar  1 12:00:00 UTC 2024", datetime(2024, 3, 1, 12), id="Unix date"),
        pytest.param("Fri, 01 Mar 2024 12:00:00 GMT", datetime(2024, 3, 1, 12), id="mail"),
        pytest.param("Jun-17", datetime(2017, 6, 1), id="month and year"),
        pytest.param("03/2019", datetime(2019, 3, 1), id="numeric month and year"),
        pytest.param("2023", datetime(2023, 1, 1), id="year"),
        pytest.param("Oct 2023!!", datetime(2023, 10, 1), id="emphasis"),
        pytest.param("12.03.2019 08:05", datetime(2019, 3, 12, 8, 5), id="dots are day first"),
        pytest.param("15/06/24", datetime(2024, 6, 15), id="two-digit year"),
        pytest.param("45292", datetime(2024, 1, 1), id="Excel serial"),
        pytest.param("45292.5", datetime(2024, 1, 1, 12), id="Excel serial with time"),
        pytest.param("1700000000", datetime(2023, 11, 14, 22, 13, 20), id="epoch seconds"),
        pytest.param("1700000000000", datetime(2023, 11, 14, 22, 13, 20), id="epoch milliseconds"),
        pytest.param("20240301", _DAY, id="compact"),
        pytest.param("20240301101112.0Z", datetime(2024, 3, 1, 10, 11, 12), id="Active Directory"),
        pytest.param("20240301120000.000000+060", datetime(2024, 3, 1, 11), id="WMI"),
        pytest.param("133500000000000000", datetime(2024, 1, 17, 21, 20), id="Windows file time"),
        pytest.param("/Date(1700000000000)/", datetime(2023, 11, 14, 22, 13, 20), id=".NET JSON"),
        pytest.param("7/28/2025 12:00-18:00", datetime(2025, 7, 28, 12), id="time slot"),
        pytest.param("2024-03-01 24:00", datetime(2024, 3, 2), id="hour 24"),
    ],
)
def test_forms(cell: str, value: datetime | None) -> None:
    assert cleaned_one("last_seen", cell) == value


@pytest.mark.parametrize(
    "cell",
    ["0001-01-01T00:00:00", "1970/01/01 01:00:00", "1970-01-01", "9999-12-31", "1601-01-01", "0000-00-00",
     "1/1/1900", "0", "never", "nie"],
)  # fmt: skip
def test_the_zeros_of_clocks_are_no_dates(cell: str) -> None:
    result = outcome(Column("last_boot", [cell]))
    assert values(result, "last_boot") == [None]
    assert codes(result) == []


@pytest.mark.parametrize("cell", ["2024-02-30", "31/02/2024", "expired", "199x", "13:45", "2024-13-01"])
def test_what_is_no_date_is_told(cell: str) -> None:
    result = outcome(Column("warranty_end", [cell]))
    assert values(result, "warranty_end") == [None]
    assert codes(result) == ["unparsable_value"]


@pytest.mark.parametrize(
    ("cells", "march_or_february"),
    [
        pytest.param(["02/03/2024", "25/12/2023"], datetime(2024, 3, 2), id="a 25th in front proves day first"),
        pytest.param(["02/03/2024", "12/25/2023"], datetime(2024, 2, 3), id="a 25th behind proves month first"),
        pytest.param(["02/03/2024 1:00 PM", "1/1/2024"], datetime(2024, 2, 3, 13), id="PM speaks for month first"),
    ],
)
def test_order_is_decided_per_column(cells: list[str], march_or_february: datetime) -> None:
    result = outcome(Column("install_date", cells))
    assert values(result, "install_date")[0] == march_or_february
    assert codes(result) == []


def test_another_date_column_of_the_table_decides() -> None:
    result = outcome(Column("install_date", ["02/03/2024"]), Column("last_seen", ["12/25/2023"]))
    assert values(result, "install_date") == [datetime(2024, 2, 3)]


def test_an_order_that_nothing_decides_is_assumed_and_told() -> None:
    result = outcome(Column("install_date", ["02/03/2024", "05/06/2024"]))
    assert values(result, "install_date") == [datetime(2024, 3, 2), datetime(2024, 6, 5)]
    assert rules(result, "install_date")["date_day_first_assumed"] == 2
    assert codes(result) == ["ambiguous_date_order"]


def test_cells_that_prove_both_orders_are_each_read_their_own_way() -> None:
    result = outcome(Column("install_date", ["25/12/2023", "12/26/2023", "27/12/2023", "01/02/2024"]))
    assert values(result, "install_date") == [
        datetime(2023, 12, 25), datetime(2023, 12, 26), datetime(2023, 12, 27), datetime(2024, 2, 1),
    ]  # fmt: skip
    assert codes(result) == ["mixed_date_order"]


def test_day_first_dashes_of_servicenow() -> None:
    assert cleaned("first_seen", ["09-26-2020 01:00:33", "02-03-2020 23:32:03"]) == [
        datetime(2020, 9, 26, 1, 0, 33), datetime(2020, 2, 3, 23, 32, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value", "rule"),
    [
        pytest.param("2024-W05", datetime(2024, 1, 29), "date_iso_week", id="ISO week"),
        pytest.param("2024-W05-3", datetime(2024, 1, 31), "date_iso_week", id="day of an ISO week"),
        pytest.param("2024年1月31日", datetime(2024, 1, 31), "date_cjk", id="Japanese and Chinese"),
        pytest.param("5. 3. 2021", datetime(2021, 3, 5), "date_blanks_dropped", id="Czech"),
        pytest.param("31 мая 2024", datetime(2024, 5, 31), "date_month_name", id="Russian month"),
        pytest.param("31 stycznia 2024", datetime(2024, 1, 31), "date_month_name", id="Polish month"),
        pytest.param("ca. 2019", datetime(2019, 1, 1), "date_approximate", id="about"),
        pytest.param("20240131123000.000000+***", datetime(2024, 1, 31, 12, 30), "date_wmi", id="CIM without its zone"),
        pytest.param("1706704200000000", datetime(2024, 1, 31, 12, 30), "epoch_microseconds", id="epoch microseconds"),
        pytest.param("06.07.2017 - 11:20", datetime(2017, 7, 6, 11, 20), "date_time_joined", id="dash before the time"),
        pytest.param("2013-08-30_17:01:45", datetime(2013, 8, 30, 17, 1, 45), "date_time_joined", id="underscore"),
        pytest.param("2025-01-12-05.00.19", datetime(2025, 1, 12, 5, 0, 19), "date_time_joined", id="Db2"),
        pytest.param("20230228T10:45:09Z", datetime(2023, 2, 28, 10, 45, 9), "date_compact", id="half compact"),
        pytest.param("02FEB25", datetime(2025, 2, 2), "date_month_name", id="no gaps"),
        pytest.param("Tue May 14 08:00:01 2024 UTC", datetime(2024, 5, 14, 8, 0, 1), "zone_to_utc", id="zone last"),
        pytest.param(
            "02 Aug 2022 04:11:09 PM IST",
            datetime(2022, 8, 2, 16, 11, 9),
            "zone_ambiguous_dropped",
            id="one of three zones",
        ),
        pytest.param("2026-Q2", datetime(2026, 4, 1), "date_quarter", id="quarter"),
        pytest.param("Q2/26", datetime(2026, 4, 1), "date_quarter", id="quarter of a short year"),
        pytest.param("R5.1.31", datetime(2023, 1, 31), "date_japanese_era", id="Reiwa"),
        pytest.param("14/08/2024 EXPIRED", datetime(2024, 8, 14), "date_note_dropped", id="a word behind"),
        pytest.param("3 days ago", None, "date_relative_to_null", id="relative"),
        pytest.param("gestern", None, "date_relative_to_null", id="relative in German"),
        pytest.param("2155-06-01", None, "date_out_of_bounds", id="too far ahead"),
        pytest.param("1899-12-30", None, "date_sentinel_to_null", id="Excel's zero"),
        pytest.param("9999-12-31", None, "date_sentinel_to_null", id="no end"),
        pytest.param("2023-02-29", None, "not_a_date", id="no leap year"),
    ],
)
def test_rules_for_dates(cell: str, value: datetime | None, rule: str) -> None:
    result = outcome(Column("install_date", [cell]))
    assert values(result, "install_date") == [value]
    assert rule in rules(result, "install_date")
