"""Excel and OpenDocument workbooks: every sheet, every cell as the text a person sees.

Numbers have no `.0`, dates are ISO, booleans True and False, error values empty. The parser allocates the whole
rectangle that a sheet's cells span, and aborts its process when that is too much: an XLSX states it, which is
checked first; whatever doesn't state it is parsed in a process of its own. Keep out: which row is the header.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

import polars as pl

from discovery_pipeline.files.readers.apart import parse_apart
from discovery_pipeline.files.readers.content import Content, as_file, unreadable
from discovery_pipeline.files.readers.grids import table_from_grid
from discovery_pipeline.files.readers.sheet_sizes import stated_sizes
from discovery_pipeline.files.readers.sheets import ParserFailed, parse
from discovery_pipeline.files.readers.tables import FindingFields, ReadLimits, ReadTable, finding_at, no_table

# What the parser writes for cells that are times without a date: Excel's day nought.
_DAY_NOUGHT = r"^(1899-12-3[01]|1904-01-01) (\d{2}:\d{2}:\d{2})"
SPANS_TOO_FAR = "cells; it was not read"
_MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"


def read_workbook(content: Content, limits: ReadLimits) -> Iterator[ReadTable]:
    """One table per sheet, hidden ones too. Raises UnreadableFile when the workbook can't be opened."""
    sizes = _sizes(content)
    is_safe = sizes is not None and None not in sizes.values()
    too_large = [name for name, size in (sizes or {}).items() if size is not None and size > limits.max_sheet_cells]
    source = as_file(content)
    try:
        if is_safe:
            sheets = parse(source if isinstance(source, str) else source.getvalue(), too_large)
        else:
            sheets = parse_apart(content.data[:], too_large)
        for sheet in sheets:
            facts = {"visible": sheet.is_visible}
            notes = () if sheet.is_visible else (_hidden(content, sheet.name),)
            yield table_from_grid(content.file, sheet.name, "xlsx", _as_seen(sheet.grid), facts, notes)
    except ParserFailed as error:
        advice = "save it without a password" if error.is_protected else "open it in Excel, save it as XLSX"
        raise unreadable(content.file, f"it is a workbook that cannot be read: {error}", advice) from error
    for name in too_large:
        yield no_table(content.file, name, "xlsx", _too_large(content, name, limits))


def _sizes(content: Content) -> dict[str, int | None] | None:
    try:
        return stated_sizes(content)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise unreadable(content.file, f"it is a damaged workbook: {error}", "save or copy it again") from error


def _as_seen(grid: pl.DataFrame) -> pl.DataFrame:
    """The parser's text of dates and booleans, as Excel's user knows it."""
    times = pl.all().cast(pl.String).str.replace(_MIDNIGHT, "$1").str.replace(_DAY_NOUGHT, "$2")
    return grid.select(times.replace({"true": "True", "false": "False"})) if grid.width else grid


def _hidden(content: Content, name: str) -> FindingFields:
    detail = "the sheet is hidden in Excel; its rows were read as well"
    return finding_at(content.file, name, "warning", "hidden_sheet", detail, "delete the sheet if it should not count")


def _too_large(content: Content, name: str, limits: ReadLimits) -> FindingFields:
    detail = f"its cells span a rectangle of more than {limits.max_sheet_cells} {SPANS_TOO_FAR}"
    advice = "delete stray cells far from the table (Ctrl+End shows the last one), or export it as CSV"
    return finding_at(content.file, name, "error", "unreadable_table", detail, advice)
