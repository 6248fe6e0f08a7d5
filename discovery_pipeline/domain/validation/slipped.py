"""Single rows whose cells stand one or two columns beside their place: a separator that nobody quoted, a cell left out.

The forms of the table's columns show it. A row is mended where one reading of it fits far better than as it stands, and
set aside where it plainly slipped but several readings fit. Keep out: tables that are shifted as a whole (shifted).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.validation.forms import Form, learn_forms

Counts = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

# Offsets of slipped cells in a row of the right length, tried in this order.
_OFFSETS = (1, -1, 2, -2)
# More cells too many than this are something else than separators in a text.
_MOST_EXTRA = 3
# Misfits that make a row worth a look, and by how much moved cells must fit better.
_SUSPICIOUS = 2
_BETTER = 3
# Moved cells that must be written as their new column is.
_PROOFS = 2
# A table in which more rows than this look slipped is written in several ways.
_MOST_SHARE = 0.02
_MOST_ROWS = 20
# Rows that end before the last column may be many: some writers leave a missing value's separator out too. At most this
# share of the table, and so many of a large one.
_SHORT_SHARE = 0.5
_MOST_SHORT = 20_000
# Columns by which all rows are screened, rows by which forms are learned, columns of the widest table looked at.
_SCREENED = 8
_LEARNED_ROWS = 4_000
_WIDEST = 200
_FEWEST_COLUMNS = 4
_NEVER = -1_000_000
_MOVED = {"moved_from": pl.Int64, "offset": pl.Int64}


@dataclass(frozen=True)
class Slipped:
    """What was found in a table.

    mended: row, line, the columns as they belong, moved_from (the first moved column) and offset (columns by which
    cells stood to the right of their place, negative = to the left). unclear: row, line of those that several readings
    fit.
    """

    mended: pl.DataFrame
    unclear: pl.DataFrame


@dataclass(frozen=True)
class _Reading:
    """How a row slipped at column `at`. offset above 0: the text of this column was cut into so many cells more.

    offset below 0: so many cells are missing from here on.
    """

    offset: int
    at: int

    @property
    def moved_from(self) -> int:
        """The first column whose cell was moved."""
        return self.at + 1 if self.offset > 0 else self.at - self.offset

    def applied(self, cells: Sequence[str | None], width: int, delimiter: str) -> tuple[str | None, ...]:
        """The cells in their places."""
        if self.offset < 0:
            return (*cells[: self.at], *[None] * -self.offset, *cells[self.at : width + self.offset])
        end = self.at + self.offset + 1
        parts = [cell for cell in cells[self.at : end] if cell]
        moved = (*cells[: self.at], delimiter.join(parts) or None, *cells[end:])
        return (*moved, *[None] * (width - len(moved)))


def find_slipped(frame: pl.LazyFrame, overlong: pl.DataFrame, columns: Sequence[str], delimiter: str) -> Slipped:
    """The rows of a table that slipped.

    frame: row, line and the columns. overlong: row, line and cells (a list) of the records with more cells than
    columns; those that can't be mended are left out, for they were set aside. delimiter: joins parts of a text.
    """
    total = int(frame.select(pl.len()).collect(engine="streaming").item())
    if not _FEWEST_COLUMNS <= len(columns) <= _WIDEST or not total:
        return _slipped([], columns)
    forms = learn_forms(_teachers(frame.select(columns), total), columns, delimiter)
    found = _readings(_suspicious(frame, columns, forms, total), forms, _OFFSETS, delimiter)
    for extra, rows in _by_excess(overlong, len(columns)):
        found += [read for read in _readings(rows, forms, (extra,), delimiter) if read.cells is not None]
    return _slipped(found, columns)


def _teachers(cells: pl.LazyFrame, total: int) -> pl.DataFrame:
    """A sample of the rows for learning forms: those that reach the last column, where they are most of it."""
    sample = cells.gather_every(max(1, total // _LEARNED_ROWS)).collect(engine="streaming")
    reaching = sample.filter(_reaches(sample.columns[-1]))
    return reaching if len(reaching) >= _SHORT_SHARE * len(sample) else sample


def _reaches(last: str) -> pl.Expr:
    return pl.col(last).fill_null("") != ""


def _suspicious(frame: pl.LazyFrame, columns: Sequence[str], forms: Sequence[Form], total: int) -> pl.DataFrame:
    """The rows in which several precise columns hold what is not theirs; where they are too many, the short ones.

    The last columns show it: wherever a row slipped, they did.
    """
    precise = [(column, form) for column, form in zip(columns, forms, strict=True) if form.precise][-_SCREENED:]
    if len(precise) < _SUSPICIOUS:
        return frame.head(0).collect()
    misfits = pl.sum_horizontal(form.seems_wrong(pl.col(column)).cast(pl.Int32) for column, form in precise)
    most = max(_MOST_ROWS, int(_MOST_SHARE * total))
    wrong = frame.filter(misfits >= _SUSPICIOUS)
    rows = wrong.head(most + 1).collect(engine="streaming")
    if len(rows) <= min(most, total // 3):
        return rows
    most_short = min(_MOST_SHORT, int(_SHORT_SHARE * total))
    short = wrong.filter(~_reaches(columns[-1])).head(most_short + 1).collect(engine="streaming")
    return short if len(short) <= most_short else short.head(0)


def _by_excess(overlong: pl.DataFrame, width: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The records by their number of cells too many, each cell a column."""
    for extra in range(1, _MOST_EXTRA + 1):
        rows = overlong.filter(pl.col("cells").list.len() == width + extra)
        cells = (pl.col("cells").list.get(i).replace("", None).alias(f"c{i}") for i in range(width + extra))
        if len(rows):
            yield extra, rows.select("row", "line", *cells)


@dataclass(frozen=True)
class _Row:
    """A row that slipped, with the reading chosen and the cells in their places; without, where several fit."""

    row: int
    line: int | None
    reading: _Reading | None = None
    cells: tuple[str | None, ...] | None = None


def _readings(rows: pl.DataFrame, forms: Sequence[Form], offsets: Sequence[int], delimiter: str) -> list[_Row]:
    """The rows that some reading fits far better than as they stand."""
    if rows.is_empty():
        return []
    options, scores, base = _scores(rows, forms, offsets, delimiter)
    best = scores.max(axis=1)
    found = []
    for i in np.flatnonzero(best >= base + _BETTER).tolist():
        row, line, *cells = rows.row(i)
        tied = [options[k] for k in np.flatnonzero(scores[i] == best[i]).tolist()]
        chosen = _chosen(tied, cells, forms, delimiter)
        placed = chosen.applied(cells, len(forms), delimiter) if chosen else None
        found.append(_Row(row, line, chosen, placed))
    return found


def _scores(
    rows: pl.DataFrame, forms: Sequence[Form], offsets: Sequence[int], delimiter: str
) -> tuple[list[_Reading], Counts, Counts]:
    """The possible readings, the score of each per row, and the score of each row as it stands.

    A cell that is written as the others of its column counts 1, one that isn't -1. None may misfit but a joined text.
    """
    filled = rows.select((pl.col(name).fill_null("") != "") for name in rows.columns[2:]).to_numpy()
    goes_on = rows.select(pl.col(name).str.starts_with(" ").fill_null(False) for name in rows.columns[2:]).to_numpy()
    here = _fits(rows, forms, 0)
    before, wrong_before = (np.cumsum(np.pad(each, ((0, 0), (1, 0))), axis=1) for each in (here, 1 * (here < 0)))
    options, scores = [], []
    for offset in offsets:
        there, whole = _fits(rows, forms, offset), _whole(rows, forms, offset, delimiter)
        behind, misfits, proofs = (_from_right(each) for each in (there, 1 * (there < 0), 1 * (there > 0)))
        for at in range(len(forms) - abs(offset)):
            option = _Reading(offset, at)
            start = option.moved_from
            possible = (wrong_before[:, at] + misfits[:, start] == 0) & (proofs[:, start] >= _PROOFS)
            joined = np.zeros(len(rows), np.int64)
            if offset > 0:
                joined = whole[:, at]
                # A text unlike the others of a precise column is one where its rest begins with a blank.
                possible &= (joined >= 0) | (not forms[at].precise) | goes_on[:, at + 1]
                possible &= ~goes_on[:, at] | forms[at].indented
            else:
                possible &= ~filled[:, offset:].any(axis=1)
            options.append(option)
            scores.append(np.where(possible, before[:, at] + joined + behind[:, start], _NEVER))
    return options, np.stack(scores, axis=1), here.sum(axis=1)


def _from_right(values: Counts) -> Counts:
    """Sums from each column to the last, and 0 behind it."""
    return np.pad(np.cumsum(values[:, ::-1].astype(np.int64), axis=1)[:, ::-1], ((0, 0), (0, 1)))


def _fits(rows: pl.DataFrame, forms: Sequence[Form], offset: int) -> Counts:
    """Per row and column, how the cell that stands `offset` beside the column fits it."""
    names = rows.columns[2:]
    places = [(form, p + offset) for p, form in enumerate(forms)]
    return rows.select(
        (form.fits(pl.col(names[p])) if 0 <= p < len(names) else pl.lit(0, pl.Int8)).alias(str(i))
        for i, (form, p) in enumerate(places)
    ).to_numpy().astype(np.int64)  # fmt: skip


def _whole(rows: pl.DataFrame, forms: Sequence[Form], offset: int, delimiter: str) -> Counts:
    """Per row and column, how the text made of the cell and the next `offset` ones fits the column."""
    names = rows.columns[2:]
    texts = [
        pl.concat_str(names[p : p + max(offset, 0) + 1], separator=delimiter, ignore_nulls=True)
        for p in range(len(forms))
    ]
    fits = rows.select(form.fits(text).alias(str(p)) for p, (form, text) in enumerate(zip(forms, texts, strict=True)))
    return fits.to_numpy().astype(np.int64)


def _chosen(
    tied: Sequence[_Reading], cells: Sequence[str | None], forms: Sequence[Form], delimiter: str
) -> _Reading | None:
    """The one of several readings that fit alike: all give the same row, or the text itself tells; else None."""
    if len({reading.applied(cells, len(forms), delimiter) for reading in tied}) == 1:
        return tied[0]
    after_blank = [r for r in tied if r.offset > 0 and (cells[r.at + 1] or "").startswith(" ") and cells[r.at]]
    return _only(after_blank) or _only([r for r in tied if r.offset > 0 and forms[r.at].separated > 0])


def _only(readings: Sequence[_Reading]) -> _Reading | None:
    return readings[0] if len(readings) == 1 else None


def _slipped(found: Sequence[_Row], columns: Sequence[str]) -> Slipped:
    schema = {"row": pl.Int64, "line": pl.Int64, **dict.fromkeys(columns, pl.String), **_MOVED}
    mended = [
        (each.row, each.line, *each.cells, each.reading.moved_from, each.reading.offset)
        for each in found
        if each.reading is not None and each.cells is not None
    ]
    unclear = [(each.row, each.line) for each in found if each.reading is None]
    return Slipped(
        pl.DataFrame(mended, schema=schema, orient="row").sort("row"),
        pl.DataFrame(unclear, schema={"row": pl.Int64, "line": pl.Int64}, orient="row").sort("row"),
    )
