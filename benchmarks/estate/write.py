"""Writes the cells of an export as the file that its tool would save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import xlsxwriter

from benchmarks.estate.layouts import Layout

# A workbook tells when it was made; the same estate must be the same bytes.
_MADE = datetime(2025, 6, 30)
_NUMBER = r"^(0|[1-9]\d{0,14})(\.\d+)?$"


def written(folder: Path, layout: Layout, cells: pl.DataFrame) -> str:
    """The name of the text file written."""
    name = f"{layout.file}.csv"
    buffer = BytesIO()
    if layout.title:
        buffer.write(f"{layout.title}\n\n".encode())
    cells.write_csv(buffer, separator=layout.delimiter)
    if layout.footer:
        buffer.write(
            f"{layout.footer}{layout.delimiter}{cells.height}{layout.delimiter * (cells.width - 2)}\n".encode()
        )
    data = buffer.getvalue()
    if layout.encoding != "utf-8":
        data = data.decode("utf-8").encode(layout.encoding, errors="replace")
    (folder / name).write_bytes(data)
    return name


def workbook(path: Path, sheets: Mapping[str, pl.DataFrame]) -> None:
    """A sheet per table; columns of plain numbers are numbers."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _MADE})
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for position, column in enumerate(cells.get_columns()):
                sheet.write_string(0, position, column.name)
                sheet.write_column(1, position, _typed(column))


def _typed(column: pl.Series) -> list[float | str | None]:
    numbers = column.drop_nulls().str.contains(_NUMBER).all()
    return (column.cast(pl.Float64) if numbers else column).to_list()
