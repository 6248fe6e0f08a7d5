"""Files as people and tools write them, read and inspected: what is no record goes with a reason, records stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from discovery_pipeline.domain.handoffs import RawTable, TableInfo
from discovery_pipeline.domain.validation.intake import Intake, inspect
from discovery_pipeline_tests.files.readers.conftest import ReadAll, Seen

Rows = Sequence[Sequence[Any]]
Write = Callable[[Rows], bytes]

_HEADERS = ["Name", "IP Address", "Operating System", "Memory (GB)", "Owner"]
_RECORDS = [[f"srv-{i:02d}", f"10.0.0.{i}", "Debian 12", 16, "Jo Doe"] for i in range(30)]


def _csv(rows: Rows) -> bytes:
    return "\r\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows).encode("utf-16")


def _xlsx(rows: Rows) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Servers")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


_WRITERS = pytest.mark.parametrize(("write", "file"), [(_csv, "s.csv"), (_xlsx, "s.xlsx")], ids=["CSV", "workbook"])


def _inspected(seen: Seen) -> Intake:
    table = seen.table
    info = TableInfo(0, "s", table.file, table.table, table.headers, table.rows, table.format)
    return inspect([RawTable(info, table.frame.lazy())])


def _kept(seen: Seen, intake: Intake) -> list[str | None]:
    aside = set(intake.set_aside["row"])
    return [cells[0] for row, cells in zip(seen.rows, seen.cells, strict=True) if row not in aside]


@_WRITERS
def test_a_printed_report_becomes_its_records(read_all: ReadAll, write: Write, file: str) -> None:
    rows: Rows = [
        ["Server list of the north", None, None, None, None],
        _HEADERS,
        *_RECORDS[:10],
        ["Subtotal", None, None, 160, None],
        ["Page 1 of 2", None, None, None, None],
        ["Servername", "IP-Adresse", "Betriebssystem", "Arbeitsspeicher (GB)", None],
        *_RECORDS[10:20],
        ["-----", "-----", "-----", "-----", "-----"],
        *_RECORDS[20:],
        [None, None, "Grand total", 480, None],
        ["Legend:", None, None, None, None],
        ["red", "to be removed", None, None, None],
    ]

    (seen,) = read_all(write(rows), file)
    intake = _inspected(seen)

    assert _kept(seen, intake) == [record[0] for record in _RECORDS]
    assert sorted(set(intake.set_aside["reason"])) == [
        "footer_total", "legend", "page_break", "repeated_header", "ruled_line", "subtotal",
    ]  # fmt: skip
    assert len(seen.rows) == len(_RECORDS) + len(intake.set_aside)


@_WRITERS
def test_units_below_the_header_are_part_of_it(read_all: ReadAll, write: Write, file: str) -> None:
    headers = ["Name", "IP Address", "CPU", "Memory", "Disk"]
    records = [[f"srv-{i:02d}", f"10.0.0.{i}", 2400, 16, 80] for i in range(30)]

    (seen,) = read_all(write([headers, [None, None, "[MHz]", "(GB)", "(GB)"], *records]), file)

    assert seen.headers == ["Name", "IP Address", "CPU [MHz]", "Memory (GB)", "Disk (GB)"]
    assert _kept(seen, _inspected(seen)) == [record[0] for record in records]


@_WRITERS
def test_a_file_that_breaks_off_is_told_and_keeps_its_rows(read_all: ReadAll, write: Write, file: str) -> None:
    (seen,) = read_all(write([_HEADERS, *_RECORDS, ["srv-30", "10.0.0.30", "Deb"]]), file)
    intake = _inspected(seen)

    (found,) = intake.findings.filter(pl.col("code") == "last_row_breaks_off").rows(named=True)
    assert (found["row"], found["position"]) == (30, 2)
    assert "'Deb', where others have 'Debian 12'" in found["detail"]
    assert len(_kept(seen, intake)) == 31


def test_two_sheets_with_the_same_rows_are_told(read_all: ReadAll) -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name in ("Servers", "Copy of Servers"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([_HEADERS, *_RECORDS]):
                sheet.write_row(number, 0, row)

    tables = [
        RawTable(TableInfo(n, "s", "s.xlsx", t.table.table, t.table.headers, t.table.rows), t.table.frame.lazy())
        for n, t in enumerate(read_all(buffer.getvalue(), "s.xlsx"))
    ]
    found = inspect(tables).findings.filter(pl.col("code") == "table_delivered_twice")

    assert found["table"].to_list() == ["Copy of Servers"]
