"""A column's cells as the XML of a sheet (ECMA-376, SpreadsheetML), made at once by polars.

Keep out: sheets and files.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import polars as pl

Format = Literal["text", "number", "whole", "share", "money", "date", "moment"]
# The number of each format's style in the book, the heading's and that of wrapped text.
STYLE: dict[Format, int] = {name: number for number, name in enumerate(get_args(Format))}
HEADING, WRAPPED = len(STYLE), len(STYLE) + 1
# The column of a batch that holds each row's number in the sheet, as text.
ROW = "_row"
# Excel's limit for a cell is 32,767 UTF-16 units.
MAX_CELL = 16_000
_CUT = " … (cut here; whole in the export)"
# What a spreadsheet may take for a formula at the start of a cell; full-width forms included.
_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
# Characters that XML can't hold, and text that Excel would take for its own escape of one.
_ILLEGAL, _ESCAPE_LIKE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]", r"_(x[0-9A-Fa-f]{4}_)"
# Cells of numbers count days from here; days before the first of March 1900 are off by one there: written as text.
_EPOCH, _FIRST_DAY = date(1899, 12, 30), date(1900, 3, 1)


def neutralised(text: pl.Expr) -> pl.Expr:
    """Text with an apostrophe before what a spreadsheet would run, cut to what a cell holds."""
    long = text.str.len_chars() > MAX_CELL
    shown = pl.when(long).then(text.str.head(MAX_CELL) + pl.lit(_CUT)).otherwise(text)
    return pl.when(shown.str.contains(_FORMULA)).then(pl.lit("'") + shown).otherwise(shown)


def cells(column: str, letters: str, dtype: pl.DataType, format: Format | None = None, *, wrapped: bool) -> pl.Expr:
    """The XML of a column's cells, "" where there is nothing; a list is one text.

    letters: of the spreadsheet's column. The row's number is read from column ROW. format: null for the type's own.
    """
    value, shown = pl.col(column), format or _format(dtype)
    text = STYLE["text"] if not wrapped else WRAPPED
    if dtype.is_numeric():
        number = pl.when(value.is_finite()).then(value) if dtype.is_float() else value
        return _number(number.cast(pl.String), letters, STYLE[shown])
    if dtype == pl.Boolean:
        return _cell(value.cast(pl.Int8).cast(pl.String), letters, f's="{STYLE["text"]}" t="b"')
    if dtype.is_temporal():
        moment = value.cast(pl.Datetime("us"))
        days = (moment - pl.lit(_EPOCH).cast(pl.Datetime("us"))).dt.total_seconds() / 86_400
        early = moment.dt.date() < _FIRST_DAY
        serial = _number(days.round(8).cast(pl.String), letters, STYLE[shown])
        return pl.when(early).then(_text(value.cast(pl.String), letters, text)).otherwise(serial)
    if isinstance(dtype, pl.List):
        value = value.list.eval(pl.element().cast(pl.String)).list.join("; ", ignore_nulls=True)
    return _text(value.cast(pl.String), letters, text)


def _format(dtype: pl.DataType) -> Format:
    if dtype == pl.Date:
        return "date"
    if isinstance(dtype, pl.Datetime):
        return "moment"
    return "whole" if dtype.is_integer() else "number" if dtype.is_float() else "text"


def _cell(value: pl.Expr, letters: str, attributes: str, before: str = "<v>", after: str = "</v>") -> pl.Expr:
    beginning = pl.concat_str(pl.lit(f'<c r="{letters}'), pl.col(ROW), pl.lit(f'" {attributes}>{before}'))
    return pl.concat_str(beginning, value, pl.lit(f"{after}</c>")).fill_null("")


def _number(value: pl.Expr, letters: str, style: int) -> pl.Expr:
    return _cell(value, letters, f's="{style}"')


def _text(text: pl.Expr, letters: str, style: int) -> pl.Expr:
    """An inline string; what can't stand in XML is dropped."""
    legal = neutralised(text.str.replace_all(_ILLEGAL, "")).str.replace_all(_ESCAPE_LIKE, "_x005F_$1")
    escaped = legal.str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])
    filled = pl.when(escaped != "").then(escaped)
    return _cell(filled, letters, f's="{style}" t="inlineStr"', '<is><t xml:space="preserve">', "</t></is>")
