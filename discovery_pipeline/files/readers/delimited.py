"""Delimited text: from bytes to one table.

Plain lines are parsed by polars straight from the file, in one streaming pass. Lines that polars could misread are
read by the careful parser and handed to the same pass in a form it can't misread, so there is one result whatever the
mixture. Keep out: encodings, archives.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from discovery_pipeline.files.readers.assembly import Assembly, assemble
from discovery_pipeline.files.readers.content import Content
from discovery_pipeline.files.readers.encoding import Text
from discovery_pipeline.files.readers.layout import Layout, find_layout
from discovery_pipeline.files.readers.lines import Shape, index_lines
from discovery_pipeline.files.readers.records import RecordParser
from discovery_pipeline.files.readers.tables import (
    OVERLONG,
    FindingFields,
    ReadLimits,
    ReadTable,
    finding_at,
    rejected_frame,
)


def read_delimited(content: Content, text: Text, limits: ReadLimits) -> Iterator[ReadTable]:
    """The one table of a delimited text. Raises UnreadableFile when its lines have no common shape."""
    layout = find_layout(content, text, limits)
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
        _overlong(assembly, layout),
    )


def _overlong(assembly: Assembly, layout: Layout) -> pl.DataFrame:
    rows = [
        (row, line + layout.first_line, [cell.decode("utf-8", "replace") for cell in cells])
        for row, line, cells in assembly.overlong
    ]
    return pl.DataFrame(rows, schema=OVERLONG, orient="row")


def _without_empty_tail(headers: tuple[str, ...], filled: int) -> tuple[str, ...]:
    """The headers without last columns that have neither a name nor a value: delimiters at the lines' ends."""
    named = max((i + 1 for i, name in enumerate(headers) if name.strip()), default=0)
    return headers[: max(named, filled, 1)]


def _frame(assembly: Assembly, layout: Layout, columns: int, source: Path | bytes) -> pl.LazyFrame | pl.DataFrame:
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
        schema={f"c{i}": pl.String() for i in range(len(layout.headers))},
        skip_lines=skipped,
        n_rows=keys.height,
        glob=False,
    ).select(names)
    blank_to_null = pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep()
    return pl.concat([keys.lazy(), cells.with_columns(blank_to_null)], how="horizontal", strict=True)


def _findings(content: Content, text: Text, layout: Layout, assembly: Assembly) -> Iterator[FindingFields]:
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
        some = "1 row has" if assembly.short_rows == 1 else f"{assembly.short_rows:,} rows have"
        detail = f"{some} fewer cells than the header; the missing ones are taken as empty"
        yield finding_at(content.file, content.table, "info", "short_rows", detail, "")
    if assembly.stray_quotes:
        some = "1 row has" if assembly.stray_quotes == 1 else f"{assembly.stray_quotes:,} rows have"
        detail = f"{some} quotes inside quoted cells that are not doubled; taken as text"
        yield finding_at(content.file, content.table, "info", "stray_quotes", detail, "")
    if text.mixed:
        detail = "UTF-8 with some bytes of Windows-1252 between; those were read as Windows-1252"
        yield finding_at(content.file, content.table, "info", "mixed_encoding", detail, "")


def _facts(text: Text, layout: Layout) -> dict[str, Any]:
    return {
        "encoding": text.encoding,
        "delimiter": layout.delimiter.decode("utf-8", "replace"),
        "header_line": layout.header_line,
        "title_rows": list(layout.titles),
    }
