"""Delimited text: from bytes to one table.

Plain lines are parsed by polars straight from the file, in one streaming pass. Lines that polars could misread are
read by the careful parser and handed to the same pass in a form it can't misread, so there is one result whatever the
mixture. Keep out: encodings, archives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from discovery_pipeline.files.readers import delimiters
from discovery_pipeline.files.readers.assembly import Assembly, assemble
from discovery_pipeline.files.readers.content import Content, unreadable
from discovery_pipeline.files.readers.encoding import Text
from discovery_pipeline.files.readers.headers import SAMPLE_ROWS, Header, SampleRow, find_header
from discovery_pipeline.files.readers.lines import Lines, Shape, index_lines
from discovery_pipeline.files.readers.records import Record, RecordParser, usual_width
from discovery_pipeline.files.readers.tables import (
    FindingFields,
    ReadLimits,
    ReadTable,
    finding_at,
    rejected_frame,
)

_HEAD_BYTES = 256 * 1024
_HEAD_LINES = 400
# A text file without one of these may be prose; it has to show a table's regularity.
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv", ".dat", ".xls", ".xlsx"})


@dataclass(frozen=True)
class _Layout:
    """How a text is laid out: found in its first lines.

    begin: byte where the lines start that are numbered from first_line. width: cells of an ordinary line. headers: one
    per column of the table. data_line: index of the first data line, counted from `begin`.
    """

    delimiter: bytes
    begin: int
    first_line: int
    width: int
    headers: tuple[str, ...]
    header_line: int | None
    data_line: int
    titles: tuple[str, ...]
    notes: tuple[tuple[str, str, str], ...]


def read_delimited(content: Content, text: Text, limits: ReadLimits) -> Iterator[ReadTable]:
    """The one table of a delimited text. Raises UnreadableFile when its lines have no common shape."""
    layout = _find_layout(content, text, limits)
    if len(layout.headers) > limits.max_columns:
        raise unreadable(content.file, f"it has {len(layout.headers)} columns, the limit is {limits.max_columns}")
    shape = Shape(layout.delimiter[0], layout.width, limits.max_cell_chars)
    lines = index_lines(text.data, layout.begin, shape)
    parser = RecordParser(text.data, lines.starts, lines.ends, layout.delimiter, limits.max_cell_chars)
    assembly = assemble(text.data, parser, lines, layout.data_line, layout.width, len(layout.headers))
    headers = _without_empty_tail(layout.headers, assembly.filled)
    source = assembly.repaired or (text.is_original and content.path) or bytes(text.data)
    frame = _frame(assembly, layout, len(headers), source)
    rejected = rejected_frame(
        [(row, line + layout.first_line, why, detail) for row, line, why, detail in assembly.rejected]
    )
    yield ReadTable(
        content.file,
        content.table,
        headers,
        frame,
        rejected,
        tuple(_findings(content, text, layout, assembly)),
        "csv",
        assembly.rows,
        _facts(text, layout),
    )


def _find_layout(content: Content, text: Text, limits: ReadLimits) -> _Layout:
    begin, first_line = text.begin, 1
    head = _head(text, begin, limits)
    declared = delimiters.declared(bytes(text.data[int(head.starts[0]) : int(head.ends[0])])) if len(head) else None
    if declared and len(head) > 1:
        begin, first_line = int(head.starts[1]), 2
        head = _head(text, begin, limits)
    contents = [
        text.data[int(s) : int(e)] for s, e in zip(head.starts[:_HEAD_LINES], head.ends[:_HEAD_LINES], strict=True)
    ]
    filled = [line for line in contents if line.strip()]
    delimiter = declared or delimiters.detect(filled[:100])
    parser = RecordParser(text.data, head.starts, head.ends, delimiter, limits.max_cell_chars)
    records = _sample_records(parser, len(contents), contents)
    _refuse_prose(content, [r for _, _, r in records])
    return _layout_of(records, delimiter, begin, first_line)


def _head(text: Text, begin: int, limits: ReadLimits) -> Lines:
    """The first lines, whole ones: enough for a sample even where a cell is as long as allowed."""
    size = _HEAD_BYTES
    shape = Shape(0, 1, limits.max_cell_chars)
    while begin + size < len(text.data):
        head = index_lines(text.data, begin, shape, begin + size)
        if len(head) > SAMPLE_ROWS or size > 4 * limits.max_cell_chars:
            return Lines(head.starts[:-1], head.ends[:-1], head.plain[:-1], head.lone_returns, head.empty_tail)
        size *= 4
    return index_lines(text.data, begin, shape)


Located = tuple[int, bool, Record]


def _sample_records(parser: RecordParser, number: int, contents: list[bytes]) -> list[Located]:
    """(line, whether a blank line stands before it, record) of the first lines that are not blank."""
    found = _walk(parser, number, contents, None)
    return _walk(parser, number, contents, usual_width([r for _, _, r in found]))


def _walk(parser: RecordParser, number: int, contents: list[bytes], width: int | None) -> list[Located]:
    found: list[Located] = []
    i, gap = 0, False
    while i < number and len(found) < 2 * SAMPLE_ROWS:
        if not contents[i].strip():
            gap, i = True, i + 1
            continue
        record = parser.parse(i, width)
        found.append((i, gap, record))
        i, gap = record.last + 1, False
    return found


def _refuse_prose(content: Content, records: list[Record]) -> None:
    width = usual_width(records)
    alike = sum(len(r.cells) == width for r in records)
    if content.suffix not in _TABLE_SUFFIXES and len(records) >= 5 and alike * 3 < len(records):
        raise unreadable(content.file, "its lines have no common number of cells: it is prose or a log, not a table")


def _layout_of(records: list[Located], delimiter: bytes, begin: int, first_line: int) -> _Layout:
    sound = [(i, gap, [_text(c) for c in r.cells], r) for i, gap, r in records if not r.problem]
    if not sound:
        return _Layout(delimiter, begin, first_line, 1, ("",), None, 0, (), ())
    header = find_header([SampleRow(cells, gap) for _, gap, cells, _ in sound])
    start = sound[header.start - 1][3].last + 1 if header.start else 0
    body = [r for i, _, r in records if i >= start]
    width = usual_width(body) or len(header.names)
    headers, notes = _fitted(header, [r.cells for r in body if not r.problem], width)
    line = None if header.first is None else sound[header.first][0] + first_line
    titles = tuple(delimiter.decode("utf-8", "replace").join(sound[t][2]).strip() for t in header.titles)
    return _Layout(delimiter, begin, first_line, width, headers, line, start, titles, notes)


def _fitted(
    header: Header, body: list[list[bytes]], width: int
) -> tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    """Header names to go with rows of `width` cells, and a note where rows have more cells than there are names."""
    names = header.names
    if len(names) > width:
        kept = max(width, max((i + 1 for i, n in enumerate(names) if n.strip()), default=0))
        return names[:kept], ()
    missing = width - len(names)
    if not missing or header.first is None:
        return names + ("",) * missing, ()
    extra = any(c for cells in body for c in cells[len(names) :])
    if not extra:
        return names + ("",) * missing, ()
    if missing == 1 and _counts_up([cells[0] for cells in body if len(cells) == width]):
        return ("", *names), (
            ("header_lacks_first_name", "the rows begin with a counter that the header doesn't name", ""),
        )
    detail = f"rows have {width} cells, the header names {len(names)}"
    advice = "check that the values stand below the right names; add the missing names"
    return names + ("",) * missing, (("header_shorter_than_rows", detail, advice),)


def _counts_up(cells: list[bytes]) -> bool:
    if len(cells) < 2 or not all(c.isdigit() and len(c) < 10 for c in cells):
        return False
    numbers = [int(c) for c in cells]
    return all(b == a + 1 for a, b in pairwise(numbers)) and numbers[0] in (0, 1)


def _without_empty_tail(headers: tuple[str, ...], filled: int) -> tuple[str, ...]:
    """The headers without last columns that have neither a name nor a value: delimiters at the lines' ends."""
    named = max((i + 1 for i, name in enumerate(headers) if name.strip()), default=0)
    return headers[: max(named, filled, 1)]


def _frame(assembly: Assembly, layout: _Layout, columns: int, source: Path | bytes) -> pl.LazyFrame | pl.DataFrame:
    """row, line, c0 ...: a lazy scan of the file's own bytes where they can be used, else of the repaired ones."""
    keys = pl.DataFrame({"row": assembly.row, "line": assembly.line + layout.first_line})
    names = [f"c{i}" for i in range(columns)]
    if not keys.height:
        return keys.with_columns(pl.lit(None, pl.String).alias(n) for n in names)
    skipped = assembly.skip_lines + layout.first_line - 1 if assembly.repaired is None else 0
    cells = pl.scan_csv(
        source,
        has_header=False,
        separator=layout.delimiter.decode(),
        schema={f"c{i}": pl.String() for i in range(max(layout.width, columns))},
        skip_lines=skipped,
        n_rows=keys.height,
        glob=False,
    ).select(names)
    blank_to_null = pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep()
    return pl.concat([keys.lazy(), cells.with_columns(blank_to_null)], how="horizontal", strict=True)


def _findings(content: Content, text: Text, layout: _Layout, assembly: Assembly) -> Iterator[FindingFields]:
    for code, detail, advice in layout.notes:
        yield finding_at(content.file, content.table, "warning", code, detail, advice)
    if layout.header_line is None and assembly.rows:
        detail = "the first row holds values, not names: the columns have no names"
        yield finding_at(
            content.file, content.table, "warning", "no_header", detail, "add a header row and ingest again"
        )
    if not assembly.rows:
        yield finding_at(content.file, content.table, "warning", "no_rows", "a header and no rows", "export it again")
    if assembly.short_rows:
        detail = f"{assembly.short_rows} rows have fewer cells than the header; the missing ones are taken as empty"
        yield finding_at(content.file, content.table, "info", "short_rows", detail, "")
    if assembly.stray_quotes:
        detail = f"{assembly.stray_quotes} rows have quotes inside quoted cells that are not doubled; taken as text"
        yield finding_at(content.file, content.table, "info", "stray_quotes", detail, "")
    if text.mixed:
        detail = "UTF-8 with some bytes of Windows-1252 between; those were read as Windows-1252"
        yield finding_at(content.file, content.table, "info", "mixed_encoding", detail, "")


def _facts(text: Text, layout: _Layout) -> dict[str, Any]:
    return {
        "encoding": text.encoding,
        "delimiter": layout.delimiter.decode("utf-8", "replace"),
        "header_line": layout.header_line,
        "title_rows": list(layout.titles),
    }


def _text(cell: bytes) -> str:
    return cell.decode("utf-8", "replace")
