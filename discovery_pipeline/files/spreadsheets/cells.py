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
# Any of these, so that a column without them needs no change.
_RISKY = rf"{_FORMULA}|{_ILLEGAL}|{_ESCAPE_LIKE}|[&<>]"
# Cells of numbers count days from here; days before the first of March 1900 are off by one there: written as text.
_EPOCH, _FIRST_DAY = date(1899, 12, 30), date(1900, 3, 1)


def values(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as the values that its cells hold: texts, numbers, days since the epoch; lists are one text."""
    value = pl.col(name)
    if isinstance(dtype, pl.List):
        return value.list.eval(pl.element().cast(pl.String)).list.join("; ", ignore_nulls=True).alias(name)
    if dtype.is_float():
        return pl.when(value.is_finite()).then(value).alias(name)
    if dtype.is_temporal():
        return _days(value.cast(pl.Datetime("us"))).alias(name)
    if dtype.is_integer():
        return value
    return value.cast(pl.Int8) if dtype == pl.Boolean else value.cast(pl.String)


def _days(moment: pl.Expr) -> pl.Expr:
    """Days since the epoch; as text where a spreadsheet can't count them."""
    days = (moment - pl.lit(_EPOCH).cast(pl.Datetime("us"))).dt.total_seconds() / 86_400
    early = moment.dt.date() < _FIRST_DAY
    return pl.when(early).then(moment.dt.date().cast(pl.String)).otherwise(days.round(8).cast(pl.String))


def cells(values: pl.Series, letters: str, dtype: pl.DataType, format: Format | None, *, wrapped: bool) -> pl.Expr:
    """The XML of a column's cells, "" where there is nothing.

    values: as `values` gives them, of a column of this type. letters: of the spreadsheet's column. The row's number is
    read from column ROW. format: null for the type's own.
    """
    value, style = pl.col(values.name), STYLE[format or _format(dtype)]
    if dtype == pl.Boolean:
        return _cell(value, letters, f's="{STYLE["text"]}" t="b"')
    if dtype.is_temporal():
        early = value.str.contains("-", literal=True)
        return (
            pl.when(early).then(_text(value, letters, STYLE["text"])).otherwise(_cell(value, letters, f's="{style}"'))
        )
    if dtype.is_numeric():
        return _cell(value, letters, f's="{style}"')
    return _text(value if _plain(values) else harmless(value), letters, WRAPPED if wrapped else STYLE["text"])


def _plain(texts: pl.Series) -> bool:
    """Whether the texts can stand as they are, as most names and codes can: one search instead of five changes."""
    return not ((texts.str.len_bytes() > MAX_CELL) | texts.str.contains(_RISKY)).any()


def harmless(text: pl.Expr) -> pl.Expr:
    """Text as XML holds it: illegal characters dropped, no formula, not too long, what is markup escaped."""
    legal = neutralised(text.str.replace_all(_ILLEGAL, "")).str.replace_all(_ESCAPE_LIKE, "_x005F_$1")
    return legal.str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])


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


def _cell(value: pl.Expr, letters: str, attributes: str, before: str = "<v>", after: str = "</v>") -> pl.Expr:
    parts = (pl.lit(f'<c r="{letters}'), pl.col(ROW), pl.lit(f'" {attributes}>{before}'), value, pl.lit(f"{after}</c>"))
    return pl.concat_str(parts).fill_null("")


def _text(text: pl.Expr, letters: str, style: int) -> pl.Expr:
    """An inline string; an empty one is no cell."""
    filled = pl.when(text != "").then(text)
    return _cell(filled, letters, f's="{style}" t="inlineStr"', '<is><t xml:space="preserve">', "</t></is>")
