"""A table's header that comes again between its records: the same, spelt otherwise, or in another language.

Keep out: which row is the header at first (files/readers/headers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.headers import Header, read_headers
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD, claims_of

# Comparing every cell with its header on ten thousand columns would cost more than it tells.
_COMPARED = 40
_REPEATED = 0.8
# A header in other words fills so many cells and this share of the columns, and as many name what the header names.
_LEAST_CELLS = 3
_MEANT = 0.6
_CLEAR = 3.4
# More rows, or different rows, than this without digits are what the table is made of.
_LOOKED_AT = 3_000
_READ = 60


class _Named(NamedTuple):
    column: str
    header: str
    position: int


def repeated_headers(
    frame: pl.LazyFrame, headers: Sequence[str], columns: Sequence[str], record: RecordKind
) -> pl.DataFrame:
    """row, line and detail of the rows that repeat the header. headers and columns by position."""
    named = [_Named(c, h.strip(), i) for i, (c, h) in enumerate(zip(columns, headers, strict=True)) if h.strip()]
    named = named[:_COMPARED]
    if len(named) < 2:
        return _none(frame)
    few = frame.select("row", "line", *(each.column for each in named)).filter(_says_little(named))
    held = few.head(_LOOKED_AT + 1).collect(engine="streaming")
    same = pl.sum_horizontal(
        (pl.col(each.column).str.strip_chars() == each.header).fill_null(False).cast(pl.Int32) for each in named
    )
    is_same = same >= max(2, _REPEATED * len(named))
    if len(held) > _LOOKED_AT:
        return _told(few.filter(is_same).collect(engine="streaming"), "the header once more")
    again = held.filter(is_same)
    others = held.filter(~is_same)
    return pl.concat(
        [
            _told(again, "the header once more"),
            _told(_in_other_words(others, named, headers, record), "the header in other words"),
        ]
    )


def _says_little(named: Sequence[_Named]) -> pl.Expr:
    """Rows with no more digits than the header has: nearly all records have more."""
    digits = sum(char.isdigit() for each in named for char in each.header)
    text = pl.concat_str([each.column for each in named], ignore_nulls=True)
    return ~text.str.contains(f"(?:[0-9][^0-9]*){{{digits + 1}}}") & (text != "")


def _told(rows: pl.DataFrame, detail: str) -> pl.DataFrame:
    return rows.select("row", "line", pl.lit(detail).alias("detail")).sort("row")


def _none(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.select("row", "line").head(0).collect().with_columns(pl.lit("").alias("detail"))


def _in_other_words(
    rows: pl.DataFrame, named: Sequence[_Named], headers: Sequence[str], record: RecordKind
) -> pl.DataFrame:
    """The rows whose cells name, each in its column, what the header names there."""
    cells = [each.column for each in named]
    kinds = rows.select(cells).unique(maintain_order=True)
    if len(kinds) > _READ:
        return rows.head(0)
    own = read_headers(headers)
    meant = [_means([own[n.position] for n in named], row, record) for row in kinds.rows()]
    again = kinds.filter(pl.Series(meant, dtype=pl.Boolean))
    return rows.join(again, on=cells, how="semi", nulls_equal=True)


def _means(own: Sequence[Header], cells: Sequence[str | None], record: RecordKind) -> bool:
    filled = [(header, (cell or "").strip()) for header, cell in zip(own, cells, strict=True) if (cell or "").strip()]
    if len(filled) < max(_LEAST_CELLS, _MEANT * len(own)):
        return False
    read = read_headers([cell for _, cell in filled])
    alike = sum(_alike(header, cell, record) for (header, _), cell in zip(filled, read, strict=True))
    return alike >= max(_LEAST_CELLS, _MEANT * len(filled))


def _alike(header: Header, cell: Header, record: RecordKind) -> bool:
    if header.raw.strip().casefold() == cell.raw.strip().casefold():
        return True
    if header.concepts and set(header.concepts) == set(cell.concepts):
        return all(word.known for word in cell.words)
    return _field(header, record) is not None and _field(header, record) == _field(cell, record)


def _field(header: Header, record: RecordKind) -> str | None:
    claims = claims_of(record, header)
    return claims[0].field if claims and claims[0].weight >= _CLEAR and claims[0].field != NO_FIELD else None
