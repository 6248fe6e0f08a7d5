"""Workbooks: every sheet, every cell as a person sees it, and what Excel makes hard."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
import xlwt

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.files.readers import ReadLimits
from discovery_pipeline.files.readers.apart import parse_apart
from discovery_pipeline.files.readers.content import Content
from discovery_pipeline.files.readers.sheet_sizes import _LONGEST_INDEX, stated_sizes
from discovery_pipeline.files.readers.sheets import ParserFailed
from discovery_pipeline_tests.files.readers.conftest import ReadAll

Build = Callable[[Any], None]


def xlsx(build: Build) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy"}) as book:
        build(book)
    return buffer.getvalue()


def xls(rows: list[list[Any]], name: str = "Server") -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet(name)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_of(*rows: list[Any]) -> Build:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("vInfo")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return build


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8, "8"), (8.0, "8"), (2.5, "2.5"), (0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (-3, "-3"),
        (dt.datetime(2024, 1, 5), "2024-01-05"), (dt.datetime(2024, 1, 5, 13, 4, 5), "2024-01-05 13:04:05"),
        (True, "True"), (False, "False"), ("00042", "00042"), ("8.0", "8.0"), (" x ", " x "), ("a\nb", "a\nb"),
        ("N/A", "N/A"),
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_is_what_a_person_sees(read_all: ReadAll, value: Any, text: str) -> None:
    (seen,) = read_all(xlsx(sheet_of(["VM", "Value"], ["srv1", value], ["srv2", "other"])), "rv.xlsx")
    assert seen.cells == [["srv1", text], ["srv2", "other"]]


def test_times_formulas_and_errors(read_all: ReadAll) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("vInfo")
        sheet.write_row(0, 0, ["VM", "Start", "Sum", "Broken"])
        sheet.write(1, 0, "srv1")
        sheet.write_datetime(1, 1, dt.time(13, 4, 5), book.add_format({"num_format": "hh:mm:ss"}))
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")

    (seen,) = read_all(xlsx(build), "rv.xlsx")
    assert seen.cells == [["srv1", "13:04:05", "2", None]]


def test_every_sheet_is_a_table(read_all: ReadAll) -> None:
    def build(book: Any) -> None:
        for name in ("vInfo", "vDisk", "empty"):
            book.add_worksheet(name)
        book.get_worksheet_by_name("vInfo").write_column(0, 0, ["VM", "srv1", "srv2"])
        book.get_worksheet_by_name("vDisk").write_column(0, 0, ["Disk", "d1"])
        hidden = book.add_worksheet("old")
        hidden.write_column(0, 0, ["VM", "srv9"])
        hidden.hide()

    info, disk, empty, old = read_all(xlsx(build), "dir/rv.xlsx")
    assert [(s.table.file, s.table.table, s.table.rows) for s in (info, disk, old)] == [
        ("dir/rv.xlsx", "vInfo", 2), ("dir/rv.xlsx", "vDisk", 1), ("dir/rv.xlsx", "old", 1),
    ]  # fmt: skip
    assert (empty.table.is_table, empty.table.table, empty.codes) == (False, "empty", ["empty_table"])
    assert (old.codes, old.table.facts["visible"]) == (["hidden_sheet"], False)


def test_titles_blank_rows_and_trailing_columns(read_all: ReadAll) -> None:
    rows = [["Server report"], [], ["VM", "CPUs", None], ["srv1", 8, None], [], ["srv2", 4, None], ["Total", 12]]
    (seen,) = read_all(xlsx(sheet_of(*rows)), "rv.xlsx")
    assert (seen.headers, seen.cells) == (["VM", "CPUs"], [["srv1", "8"], ["srv2", "4"], ["Total", "12"]])
    assert (seen.rows, seen.lines) == ([0, 1, 2], [None, None, None])
    assert seen.table.facts["title_rows"] == ["Server report"]


def test_merged_group_headers(read_all: ReadAll) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("Server")
        sheet.merge_range("B1:C1", "Hardware")
        sheet.merge_range("A1:A2", "Name")
        sheet.write_row("B2", ["CPU", "RAM"])
        sheet.write_row("A3", ["srv1", 4, 8])
        sheet.write_row("A4", ["srv2", 8, 16])

    (seen,) = read_all(xlsx(build), "server.xlsx")
    assert (seen.headers, seen.table.rows) == (["Name", "Hardware CPU", "Hardware RAM"], 2)


def test_an_old_workbook(read_all: ReadAll) -> None:
    (seen,) = read_all(xls([["Name", "CPUs", "Since"], ["srv1", 8, "x"], ["srv2", 2.5, True]]), "old.xls")
    assert (seen.table.table, seen.headers) == ("Server", ["Name", "CPUs", "Since"])
    assert seen.cells == [["srv1", "8", "x"], ["srv2", "2.5", "True"]]


def test_a_workbook_named_csv_is_still_a_workbook(read_all: ReadAll) -> None:
    (seen,) = read_all(xlsx(sheet_of(["VM"], ["srv1"])), "rv.csv")
    assert (seen.table.format, seen.cells) == ("xlsx", [["srv1"]])


def test_a_protected_workbook_says_so(read_all: ReadAll) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
    with pytest.raises(UnreadableFile, match=r"secret\.xlsx: it is protected by a password"):
        read_all(content, "secret.xlsx")


def test_a_stray_cell_far_away_costs_its_sheet_only(read_all: ReadAll) -> None:
    def build(book: Any) -> None:
        book.add_worksheet("far").write("XFD1048576", "x")
        book.get_worksheet_by_name("far").write("A1", "VM")
        book.add_worksheet("vInfo").write_column(0, 0, ["VM", "srv1"])

    near, far = read_all(xlsx(build), "rv.xlsx")
    assert near.cells == [["srv1"]]
    assert (far.table.is_table, far.table.table, far.codes) == (False, "far", ["unreadable_table"])


def test_the_limit_of_a_sheet_can_be_set(read_all: ReadAll) -> None:
    content = xlsx(sheet_of(["VM", "CPUs"], ["srv1", 8]))
    (seen,) = read_all(content, "rv.xlsx", ReadLimits(max_sheet_cells=3))
    assert seen.codes == ["unreadable_table"]


def test_a_list_of_sheets_that_unpacks_to_anything_is_not_read_here() -> None:
    """A megabyte of blanks is a kilobyte of a workbook, and a gigabyte a megabyte."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (_LONGEST_INDEX + 1))
        archive.writestr("xl/_rels/workbook.xml.rels", b"")
    assert stated_sizes(Content("x.xlsx", buffer.getvalue())) is None


def test_a_damaged_old_workbook_cannot_take_the_process_along(read_all: ReadAll) -> None:
    """A cell that claims row 65535 and column 65535: the parser asks for 100 GB and dies, elsewhere."""
    content = xls([["Name"], ["srv1"], [12345.678]])
    start = content.index(b"\x03\x02\x0e\x00")
    claimed = content[: start + 4] + b"\xff\xff\xff\xff" + content[start + 8 :]
    with pytest.raises(UnreadableFile, match=r"old\.xls: it is a workbook that cannot be read"):
        read_all(claimed, "old.xls")


def test_the_other_process_gives_the_same_sheets() -> None:
    sheets = list(parse_apart(xlsx(sheet_of(["VM", "CPUs"], ["srv1", 8])), ["elsewhere"]))
    assert [(s.name, s.is_visible, s.grid.rows()) for s in sheets] == [("vInfo", True, [("VM", "CPUs"), ("srv1", "8")])]
    assert list(parse_apart(xlsx(sheet_of(["VM"])), ["vInfo"])) == []
    with pytest.raises(ParserFailed):
        list(parse_apart(b"no workbook"))
