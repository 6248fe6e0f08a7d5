"""Which of a table's first rows name its columns: title rows above it, headers of two lines, tables without a header.

Works on a sample of rows that any format can give. A row is only taken for data where its values prove it: else the
first full row is the header. Keep out: reading files, changing cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from discovery_pipeline.files.readers.cells import STRONG, TYPED, CellClass, classify

SAMPLE_ROWS = 60
_BODY_ROWS = 30
_UNIT = re.compile(
    r"[(\[]?([kmgtp]i?b|bytes?|[kmg]hz|%|percent|count|cores?|days?|v?cpus?|w|kw|gb/s|mbps)[)\]]?", re.IGNORECASE
)


@dataclass(frozen=True)
class SampleRow:
    """A row that is not blank. gap: whether a blank line stands directly before it."""

    cells: Sequence[str | None]
    gap: bool = False


@dataclass(frozen=True)
class Header:
    """names: one per column, "" where blank. first: index of the header's first row, None where the table has none.

    start: index of the first data row. titles: indexes of the rows above the header that belong to no table.
    """

    names: tuple[str, ...]
    first: int | None
    start: int
    titles: tuple[int, ...]


class _Sample:
    """Classes and filled cells of the sample's rows, each worked out once."""

    def __init__(self, rows: Sequence[SampleRow]) -> None:
        self.rows = rows[:SAMPLE_ROWS]
        self.classes = [[classify(c) for c in row.cells] for row in self.rows]
        self.filled = [[i for i, c in enumerate(row.cells) if c and c.strip()] for row in self.rows]
        fullest = max((len(f) for f in self.filled), default=0)
        self.need = max(1, min(2, fullest), ceil(fullest / 2))
        self.fullest = fullest

    def is_full(self, i: int) -> bool:
        """Whether the row fills enough columns to be a header or a record rather than a title."""
        return len(self.filled[i]) >= self.need

    def column_class(self, position: int, after: int) -> CellClass | None:
        """The class of most filled cells of a column below a row; None where the column is empty there."""
        below = (c[position] for c in self.classes[after + 1 : after + 1 + _BODY_ROWS] if position < len(c))
        counts = Counter(c for c in below if c != "empty")
        if not counts:
            return None
        best, number = max(counts.items(), key=lambda item: (item[1], item[0]))
        return best if number * 2 > counts.total() else "text"

    def contrasts(self, i: int, after: int) -> int:
        """Columns in which row i has text and the rows below `after` have values of a type."""
        return sum(
            self.classes[i][p] == "text" and self.column_class(p, after) in TYPED for p in self.filled[i]
        )  # fmt: skip

    def looks_like_data(self, i: int) -> bool:
        """Whether the row's own values prove it a record: typed as the column below, and not only by a number."""
        typed = [p for p in self.filled[i] if self.classes[i][p] in TYPED]
        strong = sum(self.classes[i][p] in STRONG for p in typed)
        if not strong and len(typed) < max(2, ceil(len(self.filled[i]) / 3)):
            return False
        below = [(self.classes[i][p], self.column_class(p, i)) for p in typed]
        known = [(own, column) for own, column in below if column is not None]
        return sum(own == column for own, column in known) * 2 >= len(known)

    def is_capable(self, i: int) -> bool:
        """Whether the row may be a header: mostly text, and not `key:` with a value."""
        classes = [self.classes[i][p] for p in self.filled[i]]
        first = (self.rows[i].cells[self.filled[i][0]] or "").strip()
        is_pair = len(classes) <= 2 and (first.endswith(":") or any(c in STRONG for c in classes))
        return not is_pair and sum(c in STRONG or c == "number" for c in classes) * 2 <= len(classes)


def find_header(rows: Sequence[SampleRow]) -> Header:
    """The header of a table whose first rows these are (blank lines left out); `rows` is not empty."""
    sample = _Sample(rows)
    for i in range(len(sample.rows)):
        if not sample.is_full(i):
            continue
        if sample.looks_like_data(i):
            return Header(("",) * len(rows[i].cells), None, i, tuple(range(i)))
        if sample.is_capable(i):
            return _with_neighbours(sample, _after_metadata(sample, i))
    return Header(tuple("" for _ in rows[0].cells), None, 0, ())


def _after_metadata(sample: _Sample, i: int) -> int:
    """The row that heads the block below a blank line where the block above it is metadata as wide as the table."""
    gaps = [j for j in range(i + 1, min(i + 12, len(sample.rows))) if sample.rows[j].gap]
    for j in gaps:
        plain = all(c not in TYPED for c in sample.classes[j])
        if plain and sample.is_full(j) and sample.contrasts(j, j) > _agreeing(sample, i, j):
            return j
    return i


def _agreeing(sample: _Sample, first: int, end: int) -> int:
    """The most cells that a row from first+1 up to end shares in type with the columns below `end`."""
    return max(
        (
            sum(
                sample.classes[k][p] in TYPED and sample.classes[k][p] == sample.column_class(p, end)
                for p in sample.filled[k]
            )
            for k in range(first + 1, end)
        ),
        default=0,
    )


def _with_neighbours(sample: _Sample, i: int) -> Header:
    """The header at row i, joined with a group line above it or a second line below it."""
    cells = sample.rows[i].cells
    if i and _is_group_line(sample, i):
        return Header(_joined(sample.rows[i - 1].cells, cells), i - 1, i + 1, tuple(range(i - 1)))
    if i + 1 < len(sample.rows) and _is_second_line(sample, i):
        return Header(_joined(cells, sample.rows[i + 1].cells), i, i + 2, tuple(range(i)))
    return Header(tuple(c or "" for c in cells), i, i + 1, tuple(range(i)))


def _is_group_line(sample: _Sample, i: int) -> bool:
    """Whether the row above the header names groups of columns: as wide, sparser, text only, not a title."""
    above, filled = sample.rows[i - 1].cells, sample.filled[i - 1]
    texts = [(above[p] or "").strip() for p in filled]
    return (
        not sample.rows[i].gap
        and len(above) == len(sample.rows[i].cells)
        and len(filled) >= 2
        and all(sample.classes[i - 1][p] == "text" for p in filled)
        and all(len(t) <= 40 and ":" not in t for t in texts)
    )


def _is_second_line(sample: _Sample, i: int) -> bool:
    """Whether the row below the header goes on naming columns: units, or names under sparse groups."""
    below, filled = sample.rows[i + 1], sample.filled[i + 1]
    if below.gap or len(below.cells) > len(sample.rows[i].cells) + 1:
        return False
    texts = [(below.cells[p] or "").strip() for p in filled]
    named = sum(t not in ("", "-") for t in texts)
    if named and all(_UNIT.fullmatch(t) or t == "-" for t in texts):
        return len(sample.filled[i]) >= max(2, named)
    under_groups = sum(p not in sample.filled[i] for p in filled)
    is_merged_down = any(p not in filled for p in sample.filled[i])
    only_text = all(sample.classes[i + 1][p] == "text" for p in filled)
    contrast = sample.contrasts(i + 1, i + 1)
    is_grouped = under_groups + is_merged_down >= 2 and contrast * 4 >= len(filled) > 0
    typed = sum(sample.column_class(p, i + 1) in TYPED for p in range(len(below.cells)))
    return only_text and under_groups > 0 and (is_grouped or contrast == typed >= 2)


def _joined(top: Sequence[str | None], bottom: Sequence[str | None]) -> tuple[str, ...]:
    """One name per column of a header of two lines; a group's name holds until the next group begins."""
    names, group = [], ""
    for p in range(max(len(top), len(bottom))):
        own = (top[p] or "").strip() if p < len(top) else ""
        low = (bottom[p] or "").strip(" -") if p < len(bottom) else ""
        group = own or group
        apart = group and low and group.lower() != low.lower()
        names.append(f"{group} {low}" if apart else low or own)
    return tuple(names)
