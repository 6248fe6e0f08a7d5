"""What people and tools write below the last record: totals, remarks, notes, legends."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.validation.phrases import LEGEND, REMARK, TOTAL
from discovery_pipeline.domain.vocabulary.text import fold

_FOOTER_ROWS = 10
# Rows above the footer that show how a record of this table is written.
_COMPARED_ROWS = 200
# A row that fills one cell is a note only where records fill more than a name.
_NARROWEST = 4
_RECORD_CELLS = 3
_SENTENCE_WORDS = 4
_LABEL = re.compile(r":(?:\s|$)")
# A legend may list more than a footer does.
_LEGEND_ROWS = 40
_LEGEND_CELLS = 2


def footers(frame: pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    """row, line, reason (footer_total, footer_note or legend) and detail of the rows below a table's last record.

    A total or remark says one of the known phrases first and is mostly empty. A note stands at the very end (only other
    footers below it), fills one cell, and says there what no record says: a label with a colon, or more words. A legend
    has a heading of its own and narrow rows below it, to the end.
    """
    last = frame.tail(_COMPARED_ROWS + _FOOTER_ROWS).collect()
    cells = last.select("row", "line", *(_filled(column) for column in columns))
    filled = pl.sum_horizontal(pl.col(column).is_not_null().cast(pl.Int32) for column in columns)
    said = cells.select("row", "line", pl.coalesce(columns).alias("first"), filled.alias("filled"))
    tail = said.tail(_FOOTER_ROWS)
    phrases = _phrases(tail) if len(columns) > 1 else tail.head(0)
    notes = _notes(cells, said, set(phrases["row"])) if len(columns) >= _NARROWEST else []
    legend = _legend(said) if len(columns) >= _NARROWEST else said.head(0)
    return pl.concat(
        [
            _named(phrases, "footer_total"),
            _named(tail.filter(pl.col("row").is_in(notes)), "footer_note"),
            _named(legend, "legend"),
        ]
    ).unique("row", keep="first", maintain_order=True)


def _filled(column: str) -> pl.Expr:
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column)).alias(column)


def _named(rows: pl.DataFrame, reason: str) -> pl.DataFrame:
    return rows.select("row", "line", pl.lit(reason).alias("reason"), pl.col("first").str.slice(0, 80).alias("detail"))


def _phrases(tail: pl.DataFrame) -> pl.DataFrame:
    said, usual = _folded(tail), _usual_width(tail)
    total = said.str.contains(TOTAL) & (tail["filled"] <= max(1.0, usual * 0.6))
    remark = said.str.contains(REMARK) & (tail["filled"] <= max(1.0, usual * 0.34))
    return tail.filter(total | remark)


def _folded(rows: pl.DataFrame) -> pl.Series:
    return pl.Series("folded", [fold(text or "").strip() for text in rows["first"]], dtype=pl.String)


def _legend(said: pl.DataFrame) -> pl.DataFrame:
    """The rows from a legend's heading on, where all below it are narrow and the records above are not."""
    last = said.tail(_LEGEND_ROWS)
    narrow_from = (last["filled"] > _LEGEND_CELLS).arg_true().max()
    below = last[int(str(narrow_from)) + 1 :] if narrow_from is not None else last
    headings = (_folded(below).str.contains(LEGEND) & (below["filled"] == 1)).arg_true()
    return below[int(headings[0]) :] if len(headings) and _usual_width(said) >= _NARROWEST else said.head(0)


def _usual_width(rows: pl.DataFrame) -> float:
    """Cells that the fullest of these rows holds: what a record of this table fills."""
    width = rows["filled"].max()
    return float(width) if isinstance(width, int) else 0.0


def _notes(cells: pl.DataFrame, said: pl.DataFrame, phrases: set[int]) -> list[int]:
    """Row numbers of the notes, walking up from the last row until a record is met."""
    found: list[int] = []
    for row, text, filled in said.tail(_FOOTER_ROWS).select("row", "first", "filled").reverse().iter_rows():
        if filled and row not in phrases:
            if filled > 1 or not _is_note(text, cells.filter(pl.col("row") == row), _records(cells, said, row)):
                break
            found.append(row)
    return found


def _records(cells: pl.DataFrame, said: pl.DataFrame, row: int) -> pl.DataFrame:
    return cells.filter((said["filled"] >= _RECORD_CELLS) & (said["row"] < row))


def _is_note(text: str, cells: pl.DataFrame, records: pl.DataFrame) -> bool:
    """Whether records exist and none of them writes into that column as this row does."""
    words = len(text.split())
    column = next(name for name in cells.columns[2:] if cells[name][0] is not None)
    others = records[column].drop_nulls()
    if records.is_empty() or words < 2:
        return False
    if others.is_empty():
        return True
    usual = max(len(other.split()) for other in others)
    if _LABEL.search(text) and not any(_LABEL.search(other) for other in others):
        return True
    return words > usual and words >= (_SENTENCE_WORDS if usual > 1 else 3)
