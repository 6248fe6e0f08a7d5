"""Records of a delimited text put in order: which lines are rows, which were repaired, which were set aside.

Plain lines are never looked at one by one; only the others are walked. Keep out: layout, frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from discovery_pipeline.files.readers.content import Buffer
from discovery_pipeline.files.readers.lines import Lines, Positions
from discovery_pipeline.files.readers.records import Record, RecordParser

_PLAIN, _REPAIRED, _REJECTED, _NO_RECORD = 0, 1, 2, 3


@dataclass(frozen=True)
class Assembly:
    """row, line: of every accepted record, in order; lines count from 0 at the first indexed line.

    repaired: the accepted records as well-formed CSV; None where the original lines from skip_lines on are just that.
    rejected: (row, line, reason, detail). overlong: row, line and cells of those rejected for too many cells.
    rows: accepted and rejected ones. short_rows: rows with too few cells.
    stray_quotes: rows with quotes inside quoted cells that are not doubled. filled: columns up to the last value.
    """

    row: Positions
    line: Positions
    repaired: bytes | None
    skip_lines: int
    rejected: list[tuple[int, int, str, str]]
    overlong: list[tuple[int, int, list[bytes]]]
    rows: int
    short_rows: int
    stray_quotes: int
    filled: int


@dataclass
class _Walk:
    """What walking the lines that are not plain has found; indexes count from the first data line."""

    kinds: np.ndarray[tuple[int], np.dtype[np.uint8]]
    repaired: dict[int, bytes] = field(default_factory=dict)
    rejected: list[tuple[int, Record]] = field(default_factory=list)
    short_rows: int = 0
    stray_quotes: int = 0
    filled: int = 0


def assemble(buffer: Buffer, parser: RecordParser, lines: Lines, data_line: int, width: int, columns: int) -> Assembly:
    """Order the records from line `data_line` on. width: cells of a plain line; columns: of the table, not fewer."""
    walk = _walk(parser, lines, data_line, width, columns)
    kinds = walk.kinds
    numbers = np.cumsum(kinds < _NO_RECORD) - 1
    accepted = np.flatnonzero(kinds < _REJECTED)
    plain = int((kinds == _PLAIN).sum())
    padding = parser.delimiter * (columns - width)
    first = int(accepted[0]) if len(accepted) else 0
    is_clean = width == columns and not (lines.lone_returns or walk.repaired or walk.rejected)
    as_is = is_clean and plain == (int(accepted[-1]) + 1 - first if plain else 0)
    return Assembly(
        row=numbers[accepted].astype(np.int64),
        line=accepted + data_line,
        repaired=None if as_is else _repaired_text(buffer, lines, walk, data_line, padding),
        skip_lines=data_line + first,
        rejected=[(int(numbers[i]), i + data_line, r.problem or "", r.detail) for i, r in walk.rejected],
        overlong=[(int(numbers[i]), i + data_line, r.cells) for i, r in walk.rejected if r.problem == "too_many_cells"],
        rows=int(numbers[-1]) + 1 if len(numbers) else 0,
        short_rows=walk.short_rows + (plain if width < columns else 0),
        stray_quotes=walk.stray_quotes,
        filled=max(walk.filled, width - lines.empty_tail if plain else 0),
    )


def _walk(parser: RecordParser, lines: Lines, data_line: int, width: int, columns: int) -> _Walk:
    plain = lines.plain[data_line:]
    walk = _Walk(np.where(plain, _PLAIN, _NO_RECORD).astype(np.uint8))
    ahead = 0
    for i in np.flatnonzero(~plain).tolist():
        if i < ahead or parser.is_blank(i + data_line):
            continue
        record = _judged(parser.parse(i + data_line, width), columns)
        ahead = record.last - data_line + 1
        walk.kinds[i:ahead] = _NO_RECORD
        walk.kinds[i] = _REJECTED if record.problem else _REPAIRED
        if record.problem:
            walk.rejected.append((i, record))
        else:
            _accept(walk, i, record, parser.delimiter, columns)
    return walk


def _judged(record: Record, columns: int) -> Record:
    extra = record.cells[columns:]
    if not any(cell.strip() for cell in extra):
        return record._replace(cells=record.cells[:columns])
    detail = f"{len(record.cells)} cells where the table has {columns} columns"
    return record._replace(problem="too_many_cells", detail=detail)


def _accept(walk: _Walk, i: int, record: Record, delimiter: bytes, columns: int) -> None:
    missing = [b""] * (columns - len(record.cells))
    walk.repaired[i] = _well_formed([*record.cells, *missing], delimiter)
    walk.short_rows += len(record.cells) < columns
    walk.stray_quotes += record.strays
    filled = next((n for n in range(len(record.cells), walk.filled, -1) if record.cells[n - 1]), 0)
    walk.filled = max(walk.filled, filled)


def _well_formed(cells: list[bytes], delimiter: bytes) -> bytes:
    """The record as a CSV line that no parser can misread."""
    line = delimiter.join(cells)
    if b'"' in line or b"\n" in line or b"\r" in line or line.count(delimiter) != len(cells) - 1:
        line = delimiter.join([b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells])
    return (line or b'""') + b"\n"


def _repaired_text(buffer: Buffer, lines: Lines, walk: _Walk, data_line: int, padding: bytes) -> bytes:
    """Runs of plain lines as they are, repaired records between them, without all that was rejected or is blank.

    padding: the delimiters that plain lines lack; polars wants all lines as wide as the first one.
    """
    others = np.flatnonzero(walk.kinds != _PLAIN).tolist()
    pieces: list[bytes] = []
    begin = 0
    for i in [*others, len(walk.kinds)]:
        if i > begin:
            pieces.append(_run(buffer, lines, begin + data_line, i + data_line, padding))
        if i in walk.repaired:
            pieces.append(walk.repaired[i])
        begin = i + 1
    return b"".join(pieces)


def _run(buffer: Buffer, lines: Lines, first: int, end: int, padding: bytes) -> bytes:
    text = buffer[int(lines.starts[first]) : int(lines.ends[end - 1])] + b"\n"
    if lines.lone_returns or padding:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.replace(b"\n", padding + b"\n") if padding else text
