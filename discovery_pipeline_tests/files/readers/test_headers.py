"""Finding the header: titles above it, two lines of it, none at all; and never taking a record for it."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.files.readers.conftest import ReadOne

THREE = "Name,IP,OS"
TWO = ("Name,IP", "a,10.0.0.1", "b,10.0.0.2")


def table(*lines: str) -> str:
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "headers", "line", "first"),
    [
        (table("Report", THREE, "a,10.0.0.1,x"), ["Name", "IP", "OS"], 2, ["a", "10.0.0.1", "x"]),
        (table("Report,,", THREE, "a,10.0.0.1,x"), ["Name", "IP", "OS"], 2, ["a", "10.0.0.1", "x"]),
        (table("Report", "As of 2024-05-01", "", *TWO), ["Name", "IP"], 4, ["a", "10.0.0.1"]),
        (table("Report:,CMDB", "Date:,2024-05-01", "", *TWO), ["Name", "IP"], 4, ["a", "10.0.0.1"]),
        (table("Report,CMDB", "By,Jane", "", *TWO), ["Name", "IP"], 4, ["a", "10.0.0.1"]),
        (table("#TYPE Computer", *TWO), ["Name", "IP"], 2, ["a", "10.0.0.1"]),
        (table("Name,IP", "", "srv1,web", "srv2,db"), ["Name", "IP"], 1, ["srv1", "web"]),
        (table("Name,Owner,Site", "srv1,jane,north"), ["Name", "Owner", "Site"], 1, ["srv1", "jane", "north"]),
        (table("Name,,Owner", "srv1,foo,bob", "srv2,bar,eve"), ["Name", "", "Owner"], 1, ["srv1", "foo", "bob"]),
        (table("Name,Size,Size", "srv1,1,2"), ["Name", "Size", "Size"], 1, ["srv1", "1", "2"]),
        (table("Server,2023,2024", "srv1,10,20", "srv2,30,40"), ["Server", "2023", "2024"], 1, ["srv1", "10", "20"]),
        (table("Name,IP,CPUs", "unknown,n/a,-", "srv2,10.0.0.2,8"), ["Name", "IP", "CPUs"], 1, ["unknown", "n/a", "-"]),
        (table(" Name ,IP\tv4", "a,10.0.0.1"), [" Name ", "IP\tv4"], 1, ["a", "10.0.0.1"]),
        (table('"Server\nname",IP', "a,10.0.0.1"), ["Server\nname", "IP"], 1, ["a", "10.0.0.1"]),
    ],
    ids=[
        "title", "title padded by Excel", "title, date and blank line", "keys with colons", "keys as wide as the table",
        "type comment", "blank line below the header", "one record of words", "blank name", "repeated name", "years",
        "placeholders in the first record", "blanks kept", "line break in a name",
    ],
)  # fmt: skip
def test_the_header_is_found(read_one: ReadOne, text: str, headers: list[str], line: int, first: list[str]) -> None:
    seen = read_one(text)
    assert (seen.headers, seen.table.facts["header_line"], seen.cells[0]) == (headers, line, first)


def test_titles_are_kept_as_facts(read_one: ReadOne) -> None:
    seen = read_one(table("Server report,,", "", "Name,IP,OS", "a,10.0.0.1,x"))
    assert seen.table.facts["title_rows"] == ["Server report"]


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        ((",Hardware,,Network", "Name,CPU,RAM,IP"), ["Name", "Hardware CPU", "Hardware RAM", "Network IP"]),
        (("Server,Hardware,,Network", ",CPU,RAM,IP"), ["Server", "Hardware CPU", "Hardware RAM", "Network IP"]),
        (("Server,,Hardware,Net", "Name,Kind,CPU,IP"), ["Server Name", "Server Kind", "Hardware CPU", "Net IP"]),
        (("Name,RAM,Disk,IP", ",MB,(GB),"), ["Name", "RAM MB", "Disk (GB)", "IP"]),
    ],
    ids=["groups above", "groups with cells merged down", "all grouped", "units below"],
)  # fmt: skip
def test_headers_of_two_lines_are_joined(read_one: ReadOne, lines: tuple[str, str], headers: list[str]) -> None:
    seen = read_one(table("Inventory", *lines, "srv1,8,16,10.0.0.1", "srv2,4,8,10.0.0.2"))
    assert (seen.headers, len(seen.cells)) == (headers, 2)


@pytest.mark.parametrize("records", range(1, 7))
def test_records_of_words_only_are_never_taken_for_a_header(read_one: ReadOne, records: int) -> None:
    body = [f"node {c},prod,Jane Doe,north" for c in "abcdef"[:records]]
    seen = read_one(table("Name,Stage,Owner,Site", *body))
    assert (seen.headers, seen.table.rows) == (["Name", "Stage", "Owner", "Site"], records)


@pytest.mark.parametrize(
    "text",
    [
        table("srv1,10.0.0.1,8", "srv2,10.0.0.2,4"),
        table("srv1,10.0.0.1,8"),
        table("srv1,2024-01-05,Linux", "srv2,2024-01-06,Windows", "srv3,unknown,Linux"),
        table("1,8,2048,srv1", "2,4,1024,srv2", "3,2,512,srv3"),
        table("00:50:56:00:00:01;srv1", "00:50:56:00:00:02;srv2"),
    ],
    ids=["addresses", "one record", "dates", "numbers", "MAC addresses"],
)
def test_without_a_header_no_record_is_lost(read_one: ReadOne, text: str) -> None:
    seen = read_one(text)
    assert set(seen.headers) == {""}
    assert seen.lines == list(range(1, text.count("\n") + 1))
    assert seen.codes == ["no_header"]


def test_a_header_without_rows_is_a_table(read_one: ReadOne) -> None:
    seen = read_one("Name,IP\r\n")
    assert (seen.headers, seen.cells, seen.codes) == (["Name", "IP"], [], ["no_rows"])


def test_a_broken_first_record_does_not_move_the_header(read_one: ReadOne) -> None:
    seen = read_one(b"Name,IP\n\x00,10.0.0.1\nsrv2,10.0.0.2\n")
    assert (seen.headers, seen.rejected, seen.rows) == (["Name", "IP"], [(0, 2, "nul_byte")], [1])


def test_totals_and_repeated_headers_stay_rows(read_one: ReadOne) -> None:
    """Whether they are records is not the reader's to say."""
    seen = read_one(table("Name,CPUs", "srv1,8", "Name,CPUs", "srv2,4", "Total,12"))
    assert seen.cells == [["srv1", "8"], ["Name", "CPUs"], ["srv2", "4"], ["Total", "12"]]
