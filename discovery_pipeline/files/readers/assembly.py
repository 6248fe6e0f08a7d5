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
    rejected: (row, line, reason, detail). rows: accepted and rejected ones. short_rows: rows with too few cells.
    stray_quotes: rows with quotes inside quoted cells that are not doubled. filled: columns up to the last value.
    """

    row: Positions
    line: Positions
    repaired: bytes | None
    skip_lines: int
    rejected: list[tuple[int, int, str, str]]
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
    first = int(accepted[0]) if len(accepted) else 0
    as_is = not lines.lone_returns and plain == len(accepted) == (int(accepted[-1]) + 1 - first if plain else 0)
    return Assembly(
        row=numbers[accepted].astype(np.int64),
        line=accepted + data_line,
        repaired=None if as_is else _repaired_text(buffer, lines, walk, data_line),
        skip_lines=data_line + first,
        rejected=[(int(numbers[i]), i + data_line, r.problem or "", r.detail) for i, r in walk.rejected],
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
    return Record([], record.last, "too_many_cells", detail)


def _accept(walk: _Walk, i: int, record: Record, delimiter: bytes, columns: int) -> None:
    walk.repaired[i] = _well_formed(record.cells, delimiter)
    walk.short_rows += len(record.cells) < columns
    walk.stray_quotes += record.strays
    filled = next((n for n in range(len(record.cells), walk.filled, -1) if record.cells[n - 1]), 0)
    walk.filled = max(walk.filled, filled)


def _well_formed(cells: list[bytes], delimiter: bytes) -> bytes:
    """The record as a CSV line that no parser can misread."""
    special = (b'"', b"\n", b"\r", delimiter)
    written = [b'"' + c.replace(b'"', b'""') + b'"' if any(s in c for s in special) else c for c in cells]
    return (delimiter.join(written) or b'""') + b"\n"


def _repaired_text(buffer: Buffer, lines: Lines, walk: _Walk, data_line: int) -> bytes:
    """Runs of plain lines as they are, repaired records between them, without all that was rejected or is blank."""
    others = np.flatnonzero(walk.kinds != _PLAIN).tolist()
    pieces: list[bytes] = []
    begin = 0
    for i in [*others, len(walk.kinds)]:
        if i > begin:
            pieces.append(_run(buffer, lines, begin + data_line, i + data_line))
        if i in walk.repaired:
            pieces.append(walk.repaired[i])
        begin = i + 1
    return b"".join(pieces)


def _run(buffer: Buffer, lines: Lines, first: int, end: int) -> bytes:
    stop = int(lines.starts[end]) if end < len(lines) else len(buffer)
    text = buffer[int(lines.starts[first]) : stop]
    if lines.lone_returns:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text
