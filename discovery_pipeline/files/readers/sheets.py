"""The cells of a workbook as strings, by fastexcel. Runs in this process or in one of its own (apart.py)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl


class ParserFailed(Exception):
    """The parser can't read the workbook; is_protected: because of a password."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.is_protected = "password" in why.lower() or "encrypt" in why.lower()


@dataclass(frozen=True)
class Sheet:
    """A sheet as parsed: String columns, one row per row from the first filled one on."""

    name: str
    is_visible: bool
    grid: pl.DataFrame


def parse(source: str | bytes, leave_out: Collection[str] = ()) -> Iterator[Sheet]:
    """The sheets of a workbook (path or bytes), in order, but those to leave out. Raises ParserFailed."""
    import fastexcel

    try:
        workbook = fastexcel.read_excel(source)
        for name in workbook.sheet_names:
            if name not in leave_out:
                sheet = workbook.load_sheet(name, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
                grid = sheet.to_polars() if sheet.width else pl.DataFrame()
                yield Sheet(name, sheet.visible == "visible", grid)
    except fastexcel.FastExcelError as error:
        raise ParserFailed(str(error).splitlines()[0]) from error
