"""Writes spreadsheets whose bytes depend on their content only."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from benchmarks.northwind.exports import Table

CREATED = datetime(2025, 6, 30, 8, 0, 0)


@dataclass(frozen=True)
class Sheet:
    """A table on a sheet.

    above: lines before the header. upper: a first header line. gaps: rows after which a line is blank.
    """

    table: Table
    above: Sequence[Sequence[str]] = ()
    upper: Sequence[str] = ()
    gaps: frozenset[int] = frozenset()


def workbook(sheets: Sequence[Sheet], empty_sheets: Sequence[str] = ()) -> bytes:
    """An .xlsx file of these sheets, then sheets with nothing on them."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": CREATED})
    for sheet in sheets:
        write(book.add_worksheet(sheet.table.name), sheet)
    for name in empty_sheets:
        book.add_worksheet(name)
    book.close()
    return buffer.getvalue()


def write(worksheet: Any, sheet: Sheet) -> None:
    lines: list[Sequence[object]] = [*sheet.above]
    if sheet.upper:
        lines.append(sheet.upper)
    lines.append([h for h, _ in sheet.table.headers])
    for number, row in enumerate(sheet.table.rows):
        lines.append(row.cells)
        if number in sheet.gaps:
            lines.append(())
    for y, line in enumerate(lines):
        for x, cell in enumerate(line):
            write_cell(worksheet, y, x, cell)


def write_cell(worksheet: Any, y: int, x: int, cell: object) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, (int, float)):
        worksheet.write_number(y, x, cell)
    elif isinstance(cell, date):
        worksheet.write_datetime(y, x, cell)
    else:
        worksheet.write_string(y, x, str(cell))
