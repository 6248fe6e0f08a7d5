"""Writes workbooks (XLSX) of tables: a bold first row that stays in sight, filters, widths, number formats.

Keep out: what the tables are; formulas, charts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Literal

import polars as pl
import xlsxwriter

Format = Literal["text", "number", "whole", "share", "money", "date", "moment"]
# A sheet holds 1,048,576 rows: the header, the rows, and one that says what is left out.
SHEET_ROWS = 1_048_574
# Excel's limit for a cell is 32,767 UTF-16 units.
MAX_CELL = 16_000
_CUT = " … (cut here; whole in the export)"
# What a spreadsheet may take for a formula at the start of a cell; full-width forms included.
_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
# Characters that XML can't hold: the library writes them as codes that people would see.
_ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_CODES: dict[Format, str] = {
    "text": "General", "number": "#,##0.0#", "whole": "#,##0", "share": "0%", "money": "#,##0.00",
    "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm",
}  # fmt: skip
_FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}
_HEADING = {**_FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4F6C", "text_wrap": True}
_WIDTH, _HEADING_HEIGHT = 16, 27
# Days before the first of March 1900 are counted otherwise by spreadsheets: they are written as text.
_FIRST_DAY = date(1900, 3, 1)


@dataclass(frozen=True)
class Sheet:
    """name: at most 31 characters, none of []:*?/\\. formats: by column, else by type. widths: in characters.

    wrapped: columns of text whose cells grow in height.
    """

    name: str
    frame: pl.DataFrame
    formats: Mapping[str, Format] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)
    wrapped: frozenset[str] = frozenset()


def write_book(
    sheets: Sequence[Sheet], target: Path | str | IO[bytes], title: str, created: date, most: int = SHEET_ROWS
) -> None:
    """Write the sheets in order; the same frames give the same bytes. Rows beyond `most` are told, not written."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True, "in_memory": False}) as book:
        book.use_zip64()
        moment = datetime(created.year, created.month, created.day)
        book.set_properties({"title": title, "created": moment})
        for sheet in sheets:
            _add(book, sheet, most)
    if isinstance(target, Path | str):
        Path(target).write_bytes(content.getvalue())
    else:
        target.write(content.getvalue())


def _add(book: Any, sheet: Sheet, most: int) -> None:
    part, shown = book.add_worksheet(sheet.name), sheet.frame.head(most)
    part.hide_gridlines(2)
    part.freeze_panes(1, 0)
    part.autofilter(0, 0, len(shown), max(len(shown.columns) - 1, 0))
    part.set_row(0, _HEADING_HEIGHT)
    heading = book.add_format(_HEADING)
    for column, name in enumerate(shown.columns):
        part.set_column(column, column, sheet.widths.get(name, _WIDTH))
        part.write_string(0, column, f"{name[:1].upper()}{name[1:]}".replace("_", " "), heading)
    writers = [_writer(book, part, sheet, name, dtype) for name, dtype in shown.schema.items()]
    cells = shown.select(_cell(name, dtype) for name, dtype in shown.schema.items())
    for row, values in enumerate(cells.iter_rows(), start=1):
        for column, value in enumerate(values):
            if value is not None:
                write, style = writers[column]
                write(row, column, value, style)
    if len(sheet.frame) > len(shown):
        part.write_string(len(shown) + 1, 0, f"{len(sheet.frame) - len(shown)} more rows are in the export")


def _writer(book: Any, part: Any, sheet: Sheet, name: str, dtype: pl.DataType) -> tuple[Callable[..., Any], Any]:
    """What writes a column's cells, and their style."""
    style = book.add_format(
        {**_FONT, "num_format": _CODES[sheet.formats.get(name, _format(dtype))], "text_wrap": name in sheet.wrapped}
    )
    if dtype == pl.Boolean:
        return part.write_boolean, style
    if dtype.is_temporal():
        return _days(part), style
    return (part.write_number if dtype.is_numeric() else part.write_string), style


def _days(part: Any) -> Callable[..., Any]:
    def write(row: int, column: int, value: date, style: Any) -> None:
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_DAY:
            part.write_string(row, column, day.isoformat(), style)
        else:
            part.write_datetime(row, column, value, style)

    return write


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as the values that its cells hold; lists are one text, an empty text is no cell."""
    value = pl.col(name)
    if dtype.is_float():
        return pl.when(value.is_finite()).then(value).alias(name)
    if dtype.is_numeric() or dtype.is_temporal() or dtype == pl.Boolean:
        return value
    if isinstance(dtype, pl.List):
        value = value.list.eval(pl.element().cast(pl.String)).list.join("; ", ignore_nulls=True)
    text = value.cast(pl.String).str.replace_all(_ILLEGAL, "")
    return neutralised(pl.when(text != "").then(text)).alias(name)


def neutralised(text: pl.Expr) -> pl.Expr:
    """Text with an apostrophe before what a spreadsheet would run, cut to what a cell holds."""
    long = text.str.len_chars() > MAX_CELL
    shown = pl.when(long).then(text.str.head(MAX_CELL) + pl.lit(_CUT)).otherwise(text)
    return pl.when(shown.str.contains(_FORMULA)).then(pl.lit("'") + shown).otherwise(shown)


def _format(dtype: pl.DataType) -> Format:
    if dtype == pl.Date:
        return "date"
    if isinstance(dtype, pl.Datetime):
        return "moment"
    return "whole" if dtype.is_integer() else "number" if dtype.is_float() else "text"
