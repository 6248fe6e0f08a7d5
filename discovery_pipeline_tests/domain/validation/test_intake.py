"""What tables are, which rows are no records, and what a person is told about their structure."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import FINDINGS, SET_ASIDE, RawTable
from discovery_pipeline.domain.validation.intake import Intake, inspect
from discovery_pipeline.domain.validation.rows import rows_that_are_no_records
from discovery_pipeline.domain.vocabulary.profile import profile_table
from discovery_pipeline_tests.domain.tables import raw_table

_NAMES = [f"srv-{i:02d}" for i in range(6)]
_IPS = [f"10.0.0.{i}" for i in range(6)]


def _codes(intake: Intake) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for code, position in intake.findings.select("code", "position").iter_rows():
        found.setdefault(code, []).append(position)
    return found


def _dropped(columns: dict[str, list[str | None]]) -> dict[int, str]:
    return dict(inspect([raw_table(columns)]).set_aside.select("row", "reason").iter_rows())


@pytest.mark.parametrize(
    ("headers", "record"),
    [
        (["Name", "OS", "Memory (MB)", "IP Address"], "asset"),
        (["Name"], "asset"),
        ([""], "asset"),
        (["srcaddr", "dstaddr", "dstport", "protocol", "bytes"], "connection"),
        (["Local Address", "Local Port", "Foreign Address", "Foreign Port", "State"], "connection"),
        (["Quell-IP", "Ziel-IP", "Zielport", "Protokoll"], "connection"),
        (["IP source", "IP destination", "Port destination", "Protocole", "Octets"], "connection"),
        (["送信元IP", "宛先IP", "宛先ポート", "プロトコル"], "connection"),
        (["Parent", "Type", "Child"], "relationship"),
        (["Source CI", "Relationship", "Target CI"], "relationship"),
        (["Quelle", "Beziehung", "Ziel"], "relationship"),
        (["Name", "OS", "Serial number", "Parent", "Depends on", "Location"], "asset"),
    ],
)
def test_record_kind(headers: list[str], record: str) -> None:
    table = raw_table([(header, ["x", "y"]) for header in headers])

    assert inspect([table]).kinds[0].record == record


def test_values_tell_a_relation_whose_headers_say_little() -> None:
    table = raw_table({"From": ["a", "b"], "How": ["depends on", "runs on"], "To": ["c", "d"]})

    assert inspect([table]).kinds[0].record == "relationship"


def test_a_power_state_between_two_names_is_no_relation() -> None:
    hosts = {"Name": _NAMES, "State": ["Powered On"] * 6, "Host": [f"esx-{i}" for i in range(6)], "Cluster": ["A"] * 6}
    table = raw_table({**hosts, "Provisioned Space": ["360 GB"] * 6, "IP Address": _IPS})

    assert inspect([table]).kinds[0].record == "asset"


def test_profiles_are_handed_on_where_all_values_were_judged() -> None:
    short = raw_table({"Name": [f"srv-{i}" for i in range(300)], "IP": ["10.0.0.1"] * 300}, table_no=4)
    long = raw_table({"Name": [f"srv-{i}" for i in range(301)]}, table_no=5)

    assert inspect([long, short]).profiles == {4: profile_table(short)}


_THINGS = ["webshop", "erp", "mail", "portal", "crm"]
_OTHERS = ["pgsql7", "oradb2", "dns1", "radius1", "erp"]


@pytest.mark.parametrize(
    ("columns", "record"),
    [
        ({"this...": _THINGS, "...how...": ["needs", "logs in via"], "...that": _OTHERS}, "relationship"),
        ({"System": _THINGS, "Verb": ["relies on", "reads from"], "Other system": _OTHERS}, "relationship"),
        ({"Sendendes System": _THINGS, "Art": ["nutzt"], "Empfangendes System": _OTHERS}, "relationship"),
        ({"Server": _NAMES, "Purpose": ["runs payroll", "hosts intranet"], "Application": _THINGS}, "asset"),
        ({"Application": _THINGS, "Upstream systems": _OTHERS, "Downstream systems": _NAMES, "Owner": ["x"]}, "asset"),
        ({"caller": _THINGS, "callee": _OTHERS, "calls": ["100", "2000"]}, "connection"),
        (
            {
                "client_net_address": _IPS,
                "client_tcp_port": ["51422"],
                "local_net_address": _IPS,
                "local_tcp_port": ["1433"],
            },
            "connection",
        ),
    ],
)
def test_record_kind_by_names_and_values(columns: dict[str, list[str]], record: str) -> None:
    rows = max(map(len, columns.values()))
    table = raw_table([(header, (cells * rows)[:rows]) for header, cells in columns.items()])

    assert inspect([table]).kinds[0].record == record


@pytest.mark.parametrize(
    ("columns", "grain"),
    [
        ({"Computer": _NAMES, "Software Name": ["Java"] * 6, "Version": ["8"] * 6}, "detail"),
        ({"Server": _NAMES, "Drive": ["C:"] * 6, "Size (GB)": ["80"] * 6}, "detail"),
        ({"Server": _NAMES, "Interface": ["eth0"] * 6, "IP address": _IPS}, "detail"),
        ({"Server": _NAMES, "OS": ["Debian 12"] * 6, "Memory (GB)": ["8"] * 6, "Disk": ["80"] * 6}, "asset"),
        ({"Name": _NAMES, "NICs": ["2"] * 6}, "asset"),
        ({"VM": _NAMES, "OS": ["Debian"] * 6, "NIC Name": ["n-1"] * 6, "Serial number": ["AB12345"] * 6}, "asset"),
        ({"Instance": ["ORCL"] * 6, "Host": _NAMES, "Version": ["19"] * 6, "Edition": ["EE"] * 6}, "asset"),
    ],
)
def test_grain(columns: dict[str, list[str]], grain: str) -> None:
    assert inspect([raw_table(columns)]).kinds[0].grain == grain


def test_kinds_come_in_the_order_of_the_tables() -> None:
    tables = [raw_table({"Name": _NAMES}, table_no=3), raw_table({"Parent": ["a"], "Child": ["b"]}, table_no=1)]

    assert [kind.table_no for kind in inspect(tables).kinds] == [3, 1]


def test_blank_rows_repeated_headers_and_footers_are_dropped() -> None:
    dropped = _dropped(
        {
            "Name": ["a1", None, "Name", "a2", "  ", "Total: 2"],
            "IP": ["10.0.0.1", None, "IP", "10.0.0.2", None, None],
            "OS": ["Debian", None, "OS", "Debian", None, None],
        }
    )

    assert dropped == {1: "blank_row", 2: "repeated_header", 4: "blank_row", 5: "footer_total"}


def test_a_blank_row_is_found_under_a_thousand_columns(tmp_path: Path) -> None:
    table = raw_table({f"attribute {i}": ["x", None, " ", ""] for i in range(1_000)})
    table.frame.collect().write_parquet(tmp_path / "wide.parquet")  # as a run reads it: what is slow is slow there

    began = process_time()
    found = rows_that_are_no_records(RawTable(table.info, pl.scan_parquet(tmp_path / "wide.parquet")))

    assert found["row"].to_list() == [1, 2, 3]
    assert process_time() - began < 10  # CPU seconds: 3 at worst; a condition per column took 16


@pytest.mark.parametrize(
    "text",
    ["Total", "Summe", "Gesamtsumme: 12", "合計", "(12 rows affected)", "Generated by Example 2025", "-- end --"],
)
def test_footers_in_several_languages(text: str) -> None:
    columns = {"Name": [*_NAMES, text], "IP": [*_IPS, None], "OS": [*["Debian"] * 6, None], "RAM": [*["8"] * 6, None]}

    assert _dropped(columns) == {6: "footer_total"}


def test_records_that_look_a_little_like_footers_stay() -> None:
    columns = {
        "Name": ["total-db-01", "Total Recall", "name", "summe01"],
        "IP": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"],
        "OS": ["Debian"] * 4,
    }

    assert _dropped(columns) == {}


_OWNERS = ["Jo Doe"] * 6
_OSES = ["Debian 12"] * 6


@pytest.mark.parametrize(
    ("tail", "reasons"),
    [
        pytest.param([["servers in scope: 71"]], {6: "footer_note"}, id="label"),
        pytest.param(
            [["Total", None, "71"], ["servers in scope: 71"]],
            {6: "footer_total", 7: "footer_note"},
            id="after the total",
        ),
        pytest.param(
            [[None, "blue rows are still to be checked"]], {6: "footer_note"}, id="sentence in another column"
        ),
        pytest.param([[None, None, None, None, "see mail"]], {6: "footer_note"}, id="beside the table"),
        pytest.param([["as agreed: 71"], ["srv-99", "10.0.0.99", "Debian 12"]], {}, id="a record follows"),
        pytest.param([["srv-99"]], {}, id="a name and nothing else"),
        pytest.param([["Web Shop"]], {}, id="a name of two words"),
        pytest.param([[None, None, None, "Jo Doe and Al Roe"]], {6: "footer_note"}, id="more words than any owner"),
        pytest.param([[None, None, None, "Al Roe"]], {}, id="an owner"),
    ],
)
def test_notes_below_the_last_record(tail: list[list[str | None]], reasons: dict[int, str]) -> None:
    columns = {"Name": _NAMES, "IP": _IPS, "OS": _OSES, "Owner": _OWNERS, "": [None] * 6}
    below = [[*row, *[None] * (len(columns) - len(row))] for row in tail]
    cells = {h: [*column, *(row[i] for row in below)] for i, (h, column) in enumerate(columns.items())}

    assert _dropped(cells) == reasons


def test_a_table_that_fills_only_its_names_has_no_notes() -> None:
    names = ["Payroll", "Web Shop", "Human Resources Portal", "ledger: main"]
    columns = {"Application": names, "Owner": [None] * 4, "Tier": [None] * 4, "Notes": [None] * 4}

    assert _dropped(columns) == {}


def test_a_total_in_the_middle_is_no_footer() -> None:
    columns = {"Name": ["Total", *_NAMES * 4], "IP": [None, *_IPS * 4], "OS": [None, *["Debian"] * 24]}

    assert _dropped(columns) == {}


def test_set_aside_rows_keep_their_line_and_say_what_they_held() -> None:
    aside = inspect([raw_table({"Name": [*_NAMES, "Total 6"], "IP": [*_IPS, None]}, table_no=4)]).set_aside

    assert aside.schema == pl.Schema(SET_ASIDE)
    assert aside.row(0) == (4, 6, 8, "footer_total", "Total 6", "dropped")


def test_headers_without_names_and_twice_the_same() -> None:
    table = raw_table([("Name", _NAMES), ("", ["x"] * 6), ("IP", _IPS), ("ip ", _IPS)])

    codes = _codes(inspect([table]))

    assert codes["blank_header"] == [1]
    assert codes["repeated_header"] == [3]


def test_empty_and_constant_columns_are_told() -> None:
    names = [f"srv-{i}" for i in range(30)]
    table = raw_table({"Name": names, "Fax": [None] * 30, "Site": ["HQ"] * 30})

    codes = _codes(inspect([table]))

    assert codes["empty_column"] == [1]
    assert codes["constant_column"] == [2]


def test_thousands_of_blank_headers_are_one_problem() -> None:
    table = raw_table([("", ["x"]) for _ in range(3_000)])

    found = inspect([table]).findings.filter(pl.col("code") == "blank_header")

    assert len(found) == 21
    assert "2980 more columns" in found["detail"][-1]


@pytest.mark.parametrize(("rows", "severity"), [(10_000, "warning"), (5_000, "info"), (9_999, None)])
def test_row_counts_at_export_limits_are_suspicious(rows: int, severity: str | None) -> None:
    table = raw_table({"Name": [f"srv-{i}" for i in range(rows)]})

    found = inspect([table]).findings.filter(pl.col("code") == "truncated_export")

    assert found["severity"].to_list() == ([severity] if severity else [])


def test_columns_shifted_against_their_headers_are_an_error() -> None:
    macs = [f"00:50:56:aa:bb:{i:02d}" for i in range(6)]
    mails = [f"p{i}@example.com" for i in range(6)]
    headers = ["Name", "IP Address", "MAC Address", "E-mail", "Notes"]
    shifted = raw_table(list(zip(headers, [["x"] * 6, _NAMES, _IPS, macs, mails], strict=True)))
    straight = raw_table(list(zip(headers, [_NAMES, _IPS, macs, mails, ["x"] * 6], strict=True)))

    found = inspect([shifted]).findings.filter(pl.col("code") == "shifted_columns")

    assert found.select("severity", "position").rows() == [("error", 1)]
    assert "shifted_columns" not in _codes(inspect([straight]))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"Colour": ["red means off", "green means on"], "Meaning": ["a b", "c d"]}, True),
        ({"Name": _NAMES}, False),
        ({"": _IPS}, False),
    ],
)
def test_a_table_that_identifies_nothing_is_told(columns: dict[str, list[str]], told: bool) -> None:
    assert ("no_identity" in _codes(inspect([raw_table(columns)]))) is told


def test_detail_tables_are_told() -> None:
    table = raw_table({"Computer": _NAMES, "Software Name": ["Java"] * 6})

    assert "detail_table" in _codes(inspect([table]))


def test_every_finding_has_a_place_and_advice() -> None:
    findings = inspect([raw_table([("", ["x", None]), ("", [None, None])])]).findings

    assert findings.schema == pl.Schema(FINDINGS)
    assert findings["file"].to_list() == ["t.csv"] * len(findings)
    assert all(findings["advice"].to_list())


def test_tables_without_rows_or_columns() -> None:
    intake = inspect([raw_table({"Name": []}, table_no=0), raw_table({}, table_no=1)])

    assert [kind.record for kind in intake.kinds] == ["asset", "asset"]
    assert intake.set_aside.is_empty()


def test_no_tables() -> None:
    intake = inspect([])

    assert (intake.kinds, len(intake.findings), len(intake.set_aside)) == ((), 0, 0)


def test_how_the_frame_is_cut_changes_nothing() -> None:
    table = raw_table(
        {"Name": [f"srv-{i % 700}" for i in range(6_000)], "IP": [f"10.0.{i % 9}.{i % 200}" for i in range(6_000)]}
    )
    frame = table.frame.collect()
    cut = RawTable(table.info, pl.concat([frame[:11], frame[11:4_000], frame[4_000:]], rechunk=False).lazy())

    one, other = inspect([table]), inspect([cut])

    assert one.kinds == other.kinds
    assert one.findings.equals(other.findings)
    assert one.set_aside.equals(other.set_aside)
