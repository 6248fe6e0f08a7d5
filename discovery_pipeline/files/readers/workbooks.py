"""Excel and OpenDocument workbooks: every sheet, every cell as the text a person sees.

Numbers have no `.0`, dates are ISO, booleans True and False, error values empty. Keep out: which row is the header.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from discovery_pipeline.files.readers.content import Content, as_file, unreadable
from discovery_pipeline.files.readers.grids import table_from_grid
from discovery_pipeline.files.readers.tables import FindingFields, ReadTable, finding_at

# What the parser writes for cells that are times without a date: Excel's day nought.
_DAY_NOUGHT = r"^(1899-12-3[01]|1904-01-01) (\d{2}:\d{2}:\d{2})"
_MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"


def read_workbook(content: Content) -> Iterator[ReadTable]:
    """One table per sheet, hidden ones too. Raises UnreadableFile when the workbook can't be opened."""
    import fastexcel

    source = as_file(content)
    try:
        workbook = fastexcel.read_excel(source if isinstance(source, str) else source.getvalue())
    except fastexcel.FastExcelError as error:
        why = str(error).splitlines()[0]
        protected = "password" in str(error).lower() or "encrypt" in str(error).lower()
        advice = "save it without a password" if protected else "open it in Excel, save it as XLSX and ingest it again"
        raise unreadable(content.file, f"it is a workbook that cannot be read: {why}", advice) from error
    for name in workbook.sheet_names:
        yield _sheet(content, workbook, name)


def _sheet(content: Content, workbook: Any, name: str) -> ReadTable:
    sheet = workbook.load_sheet(name, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
    grid = sheet.to_polars() if sheet.width else pl.DataFrame()
    facts = {"visible": sheet.visible == "visible"}
    return table_from_grid(content.file, name, "xlsx", _as_seen(grid), facts, _hidden(content, name, sheet.visible))


def _as_seen(grid: pl.DataFrame) -> pl.DataFrame:
    """The parser's text of dates and booleans, as Excel's user knows it."""
    cell = pl.all().cast(pl.String)
    times = cell.str.replace(_MIDNIGHT, "$1").str.replace(_DAY_NOUGHT, "$2")
    return grid.select(times.replace({"true": "True", "false": "False"})) if grid.width else grid


def _hidden(content: Content, name: str, visible: str) -> tuple[FindingFields, ...]:
    if visible == "visible":
        return ()
    detail = "the sheet is hidden in Excel; its rows were read as well"
    return (
        finding_at(content.file, name, "warning", "hidden_sheet", detail, "delete the sheet if it should not count"),
    )
