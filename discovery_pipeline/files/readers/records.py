"""The careful way from physical lines to records: quotes as people and tools write them, line by line.

A quoted cell may run over lines when it closes properly. A quote that never does ends at its line's end, and that line
is broken. Works on UTF-8 bytes. Keep out: what columns mean, frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

Problem = Literal["unclosed_quote", "nul_byte", "cell_too_long", "too_many_cells"]

_QUOTE = b'"'
_ENDS = (b"\n", b"\r")
# With the end-of-file mark of DOS.
_BLANK = b" \t\x0b\x0c\x1a"


class Split(NamedTuple):
    """Cells of one line, unquoted. strays: whether a quote stands inside a quoted cell without being doubled.

    open_at: position behind a quote that doesn't close on this line; the cells before it are whole.
    """

    cells: list[bytes]
    strays: bool
    open_at: int | None


class Record(NamedTuple):
    """cells, unless there is a problem. last: index of the last physical line it takes."""

    cells: list[bytes]
    last: int
    problem: Problem | None = None
    detail: str = ""
    strays: bool = False


class Searchable(Protocol):
    """bytes or a memory map."""

    def find(self, sub: bytes, start: int = ..., end: int = ..., /) -> int: ...
    def __getitem__(self, key: slice, /) -> bytes: ...


def split_line(text: bytes, delimiter: bytes) -> Split:
    """The cells of one line. Blanks around the quotes of a quoted cell are dropped, all else is verbatim."""
    if _QUOTE not in text:
        return Split(text.split(delimiter), False, None)
    cells: list[bytes] = []
    position, strays = 0, False
    while True:
        position = _before_quote(text, position, delimiter)
        if text.startswith(_QUOTE, position):
            close, end, stray = _closing(text, position + 1, delimiter)
            strays |= stray
            if close < 0:
                return Split(cells, strays, position + 1)
            cells.append(text[position + 1 : close].replace(b'""', _QUOTE))
        else:
            end = text.find(delimiter, position)
            end = len(text) if end < 0 else end
            cells.append(text[position:end])
        if end >= len(text):
            return Split(cells, strays, None)
        position = end + len(delimiter)


def _before_quote(text: bytes, position: int, delimiter: bytes) -> int:
    """Where a quoted cell's quote stands behind blanks (`a, "b, c"`); else the position itself."""
    if not text.startswith(b" ", position) or delimiter == b" ":
        return position
    begin = position
    while text.startswith(b" ", begin):
        begin += 1
    if not text.startswith(_QUOTE, begin):
        return position
    close, _, strays = _closing(text, begin + 1, delimiter)
    return begin if close >= 0 and not strays else position


def _closing(text: bytes, position: int, delimiter: bytes) -> tuple[int, int, bool]:
    """Position of the closing quote (-1: none), where its cell ends, whether lone quotes were passed."""
    strays = False
    while (position := text.find(_QUOTE, position)) >= 0:
        if text.startswith(_QUOTE, position + 1):
            position += 2
            continue
        end = position + 1
        while text.startswith(b" ", end) and delimiter != b" ":
            end += 1
        if end == len(text) or text.startswith(delimiter, end):
            return position, end, strays
        strays = True
        position += 1
    return -1, -1, strays


@dataclass(frozen=True)
class RecordParser:
    """Reads records from the physical lines of a text.

    starts, ends: where each line's content begins and ends in the buffer. longest: limit of a cell in bytes.
    """

    buffer: Searchable
    starts: np.ndarray
    ends: np.ndarray
    delimiter: bytes
    longest: int

    def line(self, i: int) -> bytes:
        """The content of physical line i, without its line end."""
        return self.buffer[int(self.starts[i]) : int(self.ends[i])]

    def is_blank(self, i: int) -> bool:
        """Whether physical line i holds nothing but white space; a line of delimiters is a record of empty cells."""
        line = self.line(i)
        return not line.strip(_BLANK) and (self.delimiter not in line or self.delimiter == b" ")

    def parse(self, i: int, width: int | None) -> Record:
        """The record that starts on line i. width: cells of an ordinary record, by which a wrong quote is told."""
        split = split_line(self.line(i), self.delimiter)
        if split.open_at is not None:
            record = self._over_lines(i, split, width)
        elif split.strays and width is not None and len(split.cells) != width:
            record = _unclosed(i)
        else:
            record = Record(split.cells, i, strays=split.strays)
        return record if record.problem else self._checked(record)

    def _checked(self, record: Record) -> Record:
        if b"\x00" not in b"".join(record.cells) and max(map(len, record.cells)) <= self.longest:
            return record
        for number, cell in enumerate(record.cells):
            if b"\x00" in cell:
                return Record([], record.last, "nul_byte", f"cell {number + 1} holds a NUL byte")
            if len(cell) > self.longest:
                detail = f"cell {number + 1} has {len(cell)} bytes, the limit is {self.longest}"
                return Record([], record.last, "cell_too_long", detail)
        return record

    def _over_lines(self, i: int, split: Split, width: int | None) -> Record:
        """A record with a cell that is still open at the end of line i, or the broken line i alone."""
        cells, last, strays = list(split.cells), i, split.strays
        begin = int(self.starts[i]) + (split.open_at or 0)
        while True:
            close = self._close(begin, int(self.ends[last]))
            if close < 0:
                return _unclosed(i)
            last = int(np.searchsorted(self.starts, close, side="right")) - 1
            cells.append(self.buffer[begin:close].replace(b'""', _QUOTE))
            rest_from = self._behind(close, last)
            if rest_from is None:
                break
            rest = split_line(self.buffer[rest_from : int(self.ends[last])], self.delimiter)
            cells += rest.cells
            strays |= rest.strays
            if rest.open_at is None:
                break
            begin = rest_from + rest.open_at
        if width is not None and self._swallowed(i, last, len(cells), width):
            return _unclosed(i)
        return Record(cells, last, strays=strays)

    def _behind(self, close: int, line: int) -> int | None:
        """Where the cells after a closing quote begin on its line; None where nothing follows."""
        position, end = close + 1, int(self.ends[line])
        while position < end and self.buffer[position : position + 1] == b" " and self.delimiter != b" ":
            position += 1
        return position + len(self.delimiter) if position < end else None

    def _close(self, begin: int, position: int) -> int:
        """The quote that properly closes a cell begun at `begin`, searched from `position`; -1 where none does.

        A quote that could open a cell of a later record (`,"x`) or be a whole empty one (`,"",`) shows that ours was
        never closed.
        """
        limit = begin + self.longest + 2
        while (position := self.buffer.find(_QUOTE, position, limit)) >= 0:
            before, after = self.buffer[position - 1 : position], self.buffer[position + 1 : position + 2]
            opens = before in (self.delimiter, *_ENDS)
            if after == _QUOTE:
                third = self.buffer[position + 2 : position + 3]
                if opens and third in (self.delimiter, *_ENDS, b""):
                    return -1
                position += 2
                continue
            return position if self._ends_cell(position + 1) else -1
        return -1

    def _ends_cell(self, position: int) -> bool:
        """Whether a delimiter, a line's end or the text's end stands here, blanks left out."""
        following = self.buffer[position : position + 64].lstrip(b" ") if self.delimiter != b" " else b""
        following = following or self.buffer[position : position + 1]
        return not following or following.startswith((self.delimiter, *_ENDS))

    def _swallowed(self, first: int, last: int, found: int, width: int) -> bool:
        """Whether the lines a quoted cell ran over are records of their own, so that its quote was never closed."""
        inner = range(first + 1, min(last, first + 21))
        if width >= 3 and len(inner) >= 2 and all(self._width(k) == width for k in inner):
            return True
        return found != width and self._width(first + 1) == width

    def _width(self, i: int) -> int | None:
        split = split_line(self.line(i), self.delimiter)
        return None if split.open_at is not None else len(split.cells)


def _unclosed(i: int) -> Record:
    return Record([], i, "unclosed_quote", "a quote opens a cell on this line and is never closed")


def usual_width(records: Sequence[Record], preferred: int = 0) -> int:
    """The number of cells that most sound records have, on a tie `preferred` or the larger; 0 without any."""
    widths = [len(r.cells) for r in records if not r.problem]
    return max(set(widths), key=lambda w: (widths.count(w), w == preferred, w), default=0)
