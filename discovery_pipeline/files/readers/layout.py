"""How a delimited text is laid out: delimiter, header, width of a row, told from its first lines.

Keep out: reading the rest of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from discovery_pipeline.files.readers import delimiters
from discovery_pipeline.files.readers.content import Content, refuse_too_wide, unreadable
from discovery_pipeline.files.readers.encoding import Text
from discovery_pipeline.files.readers.headers import SAMPLE_ROWS, Header, SampleRow, find_header
from discovery_pipeline.files.readers.lines import Lines, Shape, index_lines
from discovery_pipeline.files.readers.records import Record, RecordParser, usual_width
from discovery_pipeline.files.readers.tables import ReadLimits

_HEAD_BYTES = 256 * 1024
_HEAD_RECORDS = 2 * SAMPLE_ROWS
# A text file with another suffix may be prose; it has to show a table's regularity.
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv", ".dat", ".xls", ".xlsx"})


class Note(NamedTuple):
    """A finding about the header: code, detail, advice."""

    code: str
    detail: str
    advice: str


@dataclass(frozen=True)
class Layout:
    """begin: byte where the lines start that are numbered from first_line (behind a `sep=` line).

    width: cells of an ordinary line. headers: one per column of the table, at least `width`. header_line: 1-based, None
    without a header. data_line: index of the first data line, counted from `begin`. titles: rows above the header.
    """

    delimiter: bytes
    begin: int
    first_line: int
    width: int
    headers: tuple[str, ...]
    header_line: int | None
    data_line: int
    titles: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


class _Located(NamedTuple):
    """A record of the sample. gap: whether a blank line stands directly before it."""

    line: int
    gap: bool
    record: Record

    def texts(self) -> list[str]:
        return [cell.decode("utf-8", "replace") for cell in self.record.cells]


def find_layout(content: Content, text: Text, limits: ReadLimits) -> Layout:
    """The layout of a text. Raises UnreadableFile when its lines have no common shape, or too many cells."""
    begin, first_line = text.begin, 1
    head = _head(text, begin, limits)
    declared = delimiters.declared(text.data[int(head.starts[0]) : int(head.ends[0])])
    if declared and len(head) > 1:
        begin, first_line = int(head.starts[1]), 2
        head = _head(text, begin, limits)
    delimiter = declared or delimiters.detect(lambda d: [s.record for s in _sample(text, head, d, limits)])
    sample = _sample(text, head, delimiter, limits)
    sample = _sample(text, head, delimiter, limits, usual_width([s.record for s in sample]))
    _refuse_prose(content, sample)
    layout = _layout_of(sample, delimiter, begin, first_line)
    refuse_too_wide(content.file, len(layout.headers), limits)
    return layout


def _head(text: Text, begin: int, limits: ReadLimits) -> Lines:
    """The first lines, whole ones: enough for a sample even where a cell is as long as allowed."""
    size = _HEAD_BYTES
    shape = Shape(0, 1, limits.max_cell_chars)
    while begin + size < len(text.data):
        head = index_lines(text.data, begin, shape, begin + size)
        if len(head) > _HEAD_RECORDS or size > 4 * limits.max_cell_chars:
            return head.without_last()
        size *= 4
    return index_lines(text.data, begin, shape)


def _sample(text: Text, head: Lines, delimiter: bytes, limits: ReadLimits, width: int | None = None) -> list[_Located]:
    """The first records, blank lines left out. width: cells of an ordinary record, once that is known."""
    parser = RecordParser(text.data, head.starts, head.ends, delimiter, limits.max_cell_chars)
    found: list[_Located] = []
    line, gap = 0, False
    while line < len(head) and len(found) < _HEAD_RECORDS:
        if parser.is_blank(line):
            line, gap = line + 1, True
            continue
        record = parser.parse(line, width)
        found.append(_Located(line, gap, record))
        line, gap = record.last + 1, False
    return found


def _refuse_prose(content: Content, sample: list[_Located]) -> None:
    width = usual_width([s.record for s in sample])
    alike = sum(len(s.record.cells) == width for s in sample)
    if content.suffix not in _TABLE_SUFFIXES and len(sample) >= 5 and alike * 3 < len(sample):
        raise unreadable(content.file, "its lines have no common number of cells: it is prose or a log, not a table")


def _layout_of(sample: list[_Located], delimiter: bytes, begin: int, first_line: int) -> Layout:
    sound = [s for s in sample if not s.record.problem]
    if not sound:
        return Layout(delimiter, begin, first_line, 1, ("",), None, 0)
    header = find_header([SampleRow(s.texts(), s.gap) for s in sound])
    start = sound[header.start - 1].record.last + 1 if header.start else 0
    body = [s.record for s in sample if s.line >= start]
    width = usual_width(body, len(header.names)) or len(header.names)
    headers, notes = _fitted(header, [r.cells for r in body if not r.problem], width)
    header_line = None if header.first is None else sound[header.first].line + first_line
    separator = delimiter.decode("utf-8", "replace")
    titles = tuple(separator.join(sound[t].texts()).strip(separator + " ") for t in header.titles)
    return Layout(delimiter, begin, first_line, width, headers, header_line, start, titles, notes)


def _fitted(header: Header, body: list[list[bytes]], width: int) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Header names to go with rows of `width` cells, and a note where rows have values without a name."""
    names = header.names
    if len(names) > width:
        named = max((i + 1 for i, name in enumerate(names) if name.strip()), default=0)
        return names[: max(width, named)], ()
    padded = names + ("",) * (width - len(names))
    if header.first is None or not any(any(cells[len(names) :]) for cells in body):
        return padded, ()
    if width - len(names) == 1 and _counts_up([cells[0] for cells in body if len(cells) == width]):
        detail = "the rows begin with a counter that the header doesn't name"
        return ("", *names), (Note("header_lacks_first_name", detail, ""),)
    detail = f"rows have {width} cells, the header names {len(names)}"
    advice = "check that the values stand below the right names; add the missing names"
    return padded, (Note("header_shorter_than_rows", detail, advice),) if len(padded) > len(names) else ()


def _counts_up(cells: list[bytes]) -> bool:
    if len(cells) < 2 or not all(cell.isdigit() and len(cell) < 10 for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return numbers[0] in (0, 1) and all(after == before + 1 for before, after in pairwise(numbers))
