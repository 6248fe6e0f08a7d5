"""The one door of the readers: any file in, its tables out, whatever the format turns out to be.

Keep out: what a format looks like inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.files.readers.archives import Budget, read_gzip, read_zip
from discovery_pipeline.files.readers.columnar import read_parquet
from discovery_pipeline.files.readers.content import Content, form, open_content, unreadable
from discovery_pipeline.files.readers.delimited import read_delimited
from discovery_pipeline.files.readers.documents import is_json, read_json
from discovery_pipeline.files.readers.encoding import as_utf8
from discovery_pipeline.files.readers.markup import is_markup, read_markup
from discovery_pipeline.files.readers.slipped_rows import put_right
from discovery_pipeline.files.readers.tables import ReadLimits, ReadTable, finding_at, no_table
from discovery_pipeline.files.readers.workbooks import read_workbook

_DEFAULT_LIMITS = ReadLimits()


def read_file(path: Path, file: str, limits: ReadLimits = _DEFAULT_LIMITS) -> Iterator[ReadTable]:
    """The tables of a file, in the file's order, and what is to be said about places that hold none.

    path: where its bytes lie. file: its name for people, by which suffix and table name are told. A frame may be lazy
    and read `path` later. Raises UnreadableFile, naming the file and the reason, when nothing in it can be read.
    """
    budget = Budget(limits.max_unpacked_bytes)
    for number, table in enumerate(_guarded(open_content(path, file), limits, budget)):
        if number == limits.max_tables:
            detail = f"only the first {limits.max_tables} tables were read"
            note = finding_at(file, None, "error", "too_many_tables", detail, "split the file")
            yield no_table(file, "", table.format, note)
            return
        yield put_right(table) if table.is_table else table


def _guarded(content: Content, limits: ReadLimits, budget: Budget) -> Iterator[ReadTable]:
    """The tables of a content; whatever its parser throws is said as UnreadableFile."""
    try:
        yield from _tables(content, limits, budget)
    except DiscoveryError:
        raise
    except BaseException as error:
        if not _is_of_parser(error):
            raise
        why = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"
        raise unreadable(
            content.file, f"its parser failed: {why}", "save it again with the tool it comes from"
        ) from error


def _is_of_parser(error: BaseException) -> bool:
    """Parsers in Rust panic with a BaseException; any other one asks this process to stop: no fault of a file."""
    return isinstance(error, Exception) or type(error).__module__ == "pyo3_runtime"


def _tables(content: Content, limits: ReadLimits, budget: Budget) -> Iterator[ReadTable]:
    def inside(member: Content) -> Iterator[ReadTable]:
        return _guarded(member, limits, budget)

    match form(content):
        case "empty":
            yield _empty(content)
        case "workbook":
            yield from read_workbook(content, limits)
        case "parquet":
            yield from read_parquet(content, limits)
        case "gzip":
            yield from read_gzip(content, budget, inside)
        case "zip":
            yield from read_zip(content, limits, budget, inside)
        case "text":
            yield from _text_tables(content, limits)


def _text_tables(content: Content, limits: ReadLimits) -> Iterator[ReadTable]:
    text = as_utf8(content.data)
    head = text.data[text.begin : text.begin + 4096]
    if is_markup(head):
        return read_markup(content, text)
    return read_json(content, text, limits) if is_json(content, text) else read_delimited(content, text, limits)


def _empty(content: Content) -> ReadTable:
    note = finding_at(content.file, None, "warning", "empty_file", "the file is empty", "export it again")
    return no_table(content.file, content.table, "empty", note)
