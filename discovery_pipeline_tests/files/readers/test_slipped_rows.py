"""Rows that slipped, in files as people and tools write them: put right in their place, told of, none lost."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter

from discovery_pipeline_tests.files.readers.conftest import ReadOne, Seen

_HEADERS = ["Name", "IP Address", "Responsible", "Operating System", "Power", "MAC", "Memory MB", "E-mail"]
_TEAMS = ("Platform team of the north", "Data team", "Networks and more in room", "Web shop crew two")


def _record(i: int) -> list[str]:
    return [
        f"srv-{i:03d}", f"10.0.{i % 3}.{i}", f"{_TEAMS[i % 4]} {i}"[: 9 + i % 17],
        ["Windows Server 2019", "Debian 12"][i % 2], ["poweredOn", "poweredOff"][i % 2],
        "" if i % 5 == 0 else f"00:50:56:aa:{i:02d}:0f", str(4096 * (1 + i % 4)), f"p{i}@example.com",
    ]  # fmt: skip


def _csv(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in [_HEADERS, *rows]).encode()


def _xlsx(rows: list[list[str]]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Servers")
        for number, row in enumerate([_HEADERS, *rows]):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def _cells(seen: Seen, row: int) -> list[str]:
    return [cell or "" for cell in seen.cells[seen.rows.index(row)]]


@pytest.mark.parametrize(("write", "file"), [(_csv, "servers.csv"), (_xlsx, "servers.xlsx")], ids=["CSV", "workbook"])
def test_a_row_that_slipped_is_put_right(
    read_one: ReadOne, write: Callable[[list[list[str]]], bytes], file: str
) -> None:
    rows = [_record(i) for i in range(60)]
    rows[20] = [*rows[20][:2], "Doe", " Jane", *rows[20][3:7]]
    rows[41] = [*rows[41][:5], *rows[41][6:]]

    seen = read_one(write(rows), file)

    assert _cells(seen, 20) == [*_record(20)[:2], "Doe, Jane", *_record(20)[3:7], ""]
    assert _cells(seen, 41) == [*_record(41)[:5], "", *_record(41)[6:]]
    assert seen.rows == list(range(60))
    assert seen.codes.count("slipped_rows_mended") == 2


def test_an_unquoted_separator_gives_no_row_too_many_cells(read_one: ReadOne) -> None:
    rows = [_record(i) for i in range(60)]
    rows[20] = [*rows[20][:2], "Doe", " Jane", *rows[20][3:]]

    seen = read_one(_csv(rows))

    assert _cells(seen, 20) == [*_record(20)[:2], "Doe, Jane", *_record(20)[3:]]
    assert (seen.rows, seen.lines, seen.rejected) == (list(range(60)), list(range(2, 62)), [])
    (found,) = [f for f in seen.table.findings if f["code"] == "slipped_rows_mended"]
    assert (found["row"], found["position"], found["severity"]) == (20, 3, "warning")
    assert "line 22" in found["detail"]


def test_a_row_that_slipped_nobody_can_say_where_is_set_aside_with_its_reason(read_one: ReadOne) -> None:
    rows = [[*_record(i)[:1], *_record(i)[2:3], f"note of {_record(i)[2]}", *_record(i)[3:]] for i in range(60)]
    rows[20] = [rows[20][0], "one", "two", "three", *rows[20][3:7]]

    seen = read_one(_csv(rows))

    assert seen.rejected == [(20, 22, "slipped_cells")]
    assert len(seen.rows) == 59
    assert "slipped_rows" in seen.codes


def test_cells_behind_the_last_column_are_no_part_of_a_text(read_one: ReadOne) -> None:
    rows = [_record(i) for i in range(60)]
    rows[20] = [*rows[20], "imported", "twice"]

    seen = read_one(_csv(rows))

    assert seen.rejected == [(20, 22, "too_many_cells")]


@pytest.mark.parametrize("at", [0, 30, 59], ids=["first", "middle", "last"])
def test_rows_keep_their_order(read_one: ReadOne, at: int) -> None:
    rows = [_record(i) for i in range(60)]
    rows[at] = [*rows[at][:2], "Doe", " Jane", *rows[at][3:]]

    assert [cells[0] for cells in read_one(_csv(rows)).cells] == [f"srv-{i:03d}" for i in range(60)]
