"""Delimited text as tools and people write it: delimiters, line ends, ragged rows, row and line numbers."""

from __future__ import annotations

import pytest

from discovery_pipeline.files.readers import ReadLimits
from discovery_pipeline_tests.files.readers.conftest import ReadOne

RECORDS = [["srv1", "10.0.0.1", "8"], ["srv2", "10.0.0.2", None], ["srv3", "10.0.0.3", "16"]]
LINES = ["Name,IP Address,CPUs", "srv1,10.0.0.1,8", "srv2,10.0.0.2,", "srv3,10.0.0.3,16"]


@pytest.mark.parametrize(
    "delimiter", [",", ";", "\t", "|", "^", "~", "\x1f", "\x01", " "],
    ids=["comma", "semicolon", "tab", "pipe", "caret", "tilde", "unit separator", "ctrl-a", "blank"],
)  # fmt: skip
def test_any_delimiter_is_found(read_one: ReadOne, delimiter: str) -> None:
    lines = [line.replace(" ", "_") for line in LINES]
    seen = read_one("\n".join(line.replace(",", delimiter) for line in lines))
    assert (seen.headers, seen.cells) == (["Name", "IP_Address", "CPUs"], RECORDS)
    assert seen.table.facts["delimiter"] == delimiter


@pytest.mark.parametrize(
    ("text", "headers", "cells"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", ["a", "b"], [["1,5", "2,5"], ["3,5", "4,5"]]),
        ("Name;Owner\na;Doe, Jane\nb;Roe, Max\n", ["Name", "Owner"], [["a", "Doe, Jane"], ["b", "Roe, Max"]]),
        ("Name|Paths\nsrv1|a;b;c\nsrv2|d;e\n", ["Name", "Paths"], [["srv1", "a;b;c"], ["srv2", "d;e"]]),
        ('Name\tNote\nsrv1\t"a,b,c"\n', ["Name", "Note"], [["srv1", "a,b,c"]]),
        ("Host\nsrv1\nsrv2\n", ["Host"], [["srv1"], ["srv2"]]),
        ("Time\n10:00:01\n10:00:02\n10:00:03\n", ["Time"], [["10:00:01"], ["10:00:02"], ["10:00:03"]]),
        ('A,B\n"x\ny",1\n"p\nq",2\n', ["A", "B"], [["x\ny", "1"], ["p\nq", "2"]]),
    ],
    ids=["decimal commas", "names with commas", "lists", "quoted commas", "one column", "times", "line breaks"],
)  # fmt: skip
def test_other_punctuation_does_not_mislead(
    read_one: ReadOne, text: str, headers: list[str], cells: list[list[str]]
) -> None:
    seen = read_one(text)
    assert (seen.headers, seen.cells) == (headers, cells)


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"], ids=["plain", "quoted", "upper case"])
def test_a_separator_line_is_believed_and_is_no_row(read_one: ReadOne, first: str) -> None:
    seen = read_one(f"{first}\r\na;b,c\r\n1;2\r\n")
    assert (seen.headers, seen.cells, seen.lines) == (["a", "b,c"], [["1", "2"]], [3])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", [True, False], ids=["last line ended", "last line open"])
def test_line_ends(read_one: ReadOne, end: str, last: bool) -> None:
    seen = read_one(end.join(LINES) + (end if last else ""))
    assert (seen.cells, seen.rows, seen.lines) == (RECORDS, [0, 1, 2], [2, 3, 4])


def test_mixed_line_ends(read_one: ReadOne) -> None:
    seen = read_one('Name,IP,CPUs\rsrv1,10.0.0.1,8\r\nsrv2,10.0.0.2,\n"srv3",10.0.0.3,16\r')
    assert (seen.cells, seen.lines) == (RECORDS, [2, 3, 4])


def test_blank_lines_are_lines_but_no_rows(read_one: ReadOne) -> None:
    seen = read_one("Name,IP\n\nsrv1,10.0.0.1\n\n   \nsrv2,10.0.0.2\n\n\n\x1a")
    assert (seen.rows, seen.lines, seen.table.rows) == ([0, 1], [3, 6], 2)


def test_a_line_of_delimiters_is_an_empty_row(read_one: ReadOne) -> None:
    seen = read_one("Name,IP\n,\nsrv2,10.0.0.2\n")
    assert seen.cells == [[None, None], ["srv2", "10.0.0.2"]]


def test_a_quoted_line_break_stays_inside_its_record(read_one: ReadOne) -> None:
    seen = read_one('Name,Note,OS\nsrv1,"first\r\nsecond\n\nfourth",Linux\nsrv2,"x",Windows\n')
    assert seen.cells == [["srv1", "first\r\nsecond\n\nfourth", "Linux"], ["srv2", "x", "Windows"]]
    assert (seen.rows, seen.lines) == ([0, 1], [2, 6])


def test_cells_are_verbatim(read_one: ReadOne) -> None:
    cells = [" lead", "trail ", "007", "1.50", "N/A", "TRUE", "1e5", "'x", "ü", "a\tb"]
    seen = read_one(",".join(f"Column {c}" for c in "ABCDEFGHIJ") + "\n" + ",".join(cells) + "\n")
    assert seen.cells == [cells]


@pytest.mark.parametrize("empty", ["", '""'], ids=["nothing", "quotes"])
def test_an_empty_cell_is_null(read_one: ReadOne, empty: str) -> None:
    assert read_one(f"Name,IP\nsrv1,{empty}\n{empty},x\n").cells == [["srv1", None], [None, "x"]]


def test_short_rows_are_filled_up_and_counted_once(read_one: ReadOne) -> None:
    seen = read_one("Name,IP,OS\nsrv1,10.0.0.1,Linux\nsrv2\nsrv3,10.0.0.3\nTotal: 3\n")
    assert seen.cells == [
        ["srv1", "10.0.0.1", "Linux"],
        ["srv2", None, None],
        ["srv3", "10.0.0.3", None],
        ["Total: 3", None, None],
    ]
    assert seen.codes == ["short_rows"]
    assert seen.table.findings[0]["detail"].startswith("3 rows")


def test_a_row_with_too_many_values_is_set_aside(read_one: ReadOne) -> None:
    seen = read_one("Name,IP\nsrv1,10.0.0.1\nsrv2,10.0.0.2,lost,\nsrv3,10.0.0.3,,\nsrv4,10.0.0.4\n")
    assert seen.rejected == [(1, 3, "too_many_cells")]
    assert (seen.rows, seen.cells[1]) == ([0, 2, 3], ["srv3", "10.0.0.3"])


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("Name,IP\nsrv1,10.0.0.1,\nsrv2,10.0.0.2,\n", ["Name", "IP"]),
        ("Name,IP,\nsrv1,10.0.0.1,\nsrv2,10.0.0.2,\n", ["Name", "IP"]),
        ("Name,IP,\nsrv1,10.0.0.1\nsrv2,10.0.0.2\n", ["Name", "IP"]),
        ("Name,IP,,,\nsrv1,10.0.0.1,,,\nsrv2,10.0.0.2,,,\n", ["Name", "IP"]),
        ("Name,IP,\n", ["Name", "IP"]),
        ("Name,,IP\nsrv1,,10.0.0.1\nsrv2,,10.0.0.2\n", ["Name", "", "IP"]),
    ],
    ids=["rows", "header and rows", "header", "several", "header without rows", "inside: kept"],
)
def test_delimiters_at_the_lines_ends_make_no_column(read_one: ReadOne, text: str, headers: list[str]) -> None:
    seen = read_one(text)
    assert seen.headers == headers
    assert seen.rejected == []
    assert all(row[0] and row[-1] for row in seen.cells)


def test_rows_with_a_value_that_the_header_does_not_name(read_one: ReadOne) -> None:
    seen = read_one("Name,IP\nsrv1,10.0.0.1,Linux\nsrv2,10.0.0.2,Windows\nsrv3,10.0.0.3\n")
    assert seen.headers == ["Name", "IP", ""]
    assert [row[2] for row in seen.cells] == ["Linux", "Windows", None]
    assert seen.codes == ["header_shorter_than_rows", "short_rows"]


def test_a_counter_without_a_name_stands_before_the_header(read_one: ReadOne) -> None:
    seen = read_one("Name,IP\n1,srv1,10.0.0.1\n2,srv2,10.0.0.2\n3,srv3,10.0.0.3\n")
    assert (seen.headers, seen.cells[0]) == (["", "Name", "IP"], ["1", "srv1", "10.0.0.1"])


def test_rows_that_all_lack_their_last_cells(read_one: ReadOne) -> None:
    seen = read_one('Name,IP,OS,Note\nsrv1,10.0.0.1\nsrv2,"10.0.0.2"\nsrv3,10.0.0.3,Linux,x\n')
    assert seen.cells == [
        ["srv1", "10.0.0.1", None, None],
        ["srv2", "10.0.0.2", None, None],
        ["srv3", "10.0.0.3", "Linux", "x"],
    ]


def test_a_cell_of_a_megabyte_stays_whole(read_one: ReadOne) -> None:
    long, lines = "x" * 1_048_576, "line\n" * 250_000
    seen = read_one(f'Name,Note\nsrv1,{long}\nsrv2,"{lines}"\nsrv3,z\n')
    assert [row[1] for row in seen.cells] == [long, lines, "z"]
    assert seen.lines == [2, 3, 3 + 250_000 + 1]


def test_a_cell_over_the_limit_costs_its_row(read_one: ReadOne) -> None:
    seen = read_one(f"Name,Note\nsrv1,{'x' * 101}\nsrv2,y\n", limits=ReadLimits(max_cell_chars=100))
    assert (seen.rejected, seen.cells) == ([(0, 2, "cell_too_long")], [["srv2", "y"]])


def test_a_nul_byte_costs_its_row(read_one: ReadOne) -> None:
    seen = read_one(b"Name,IP,OS\nsrv1,10.0.0.1,Linux\nsr\x00v2,10.0.0.2,Linux\nsrv3,10.0.0.3,Linux\n")
    assert (seen.rejected, seen.rows) == ([(1, 3, "nul_byte")], [0, 2])


@pytest.mark.parametrize(
    ("file", "table"),
    [("export.csv", "export"), ("a/b/cmdb.2024.csv", "cmdb.2024"), ("noext", "noext"), ("x.txt", "x")],
    ids=["plain", "folders and dots", "no suffix", "txt"],
)
def test_a_table_is_named_after_its_file(read_one: ReadOne, file: str, table: str) -> None:
    seen = read_one("\n".join(LINES), file)
    assert (seen.table.file, seen.table.table) == (file, table)


def test_odd_names_of_landed_files_are_no_patterns(read_one: ReadOne) -> None:
    assert read_one("\n".join(LINES), "a*[1]?.csv").cells == RECORDS
