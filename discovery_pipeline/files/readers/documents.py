"""JSON and NDJSON: records as flat rows.

Nested objects become columns with dotted names, lists are joined with `;`, numbers and booleans keep their spelling.
Keep out: delimited text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.files.readers.content import Content, refuse_too_wide, unreadable
from discovery_pipeline.files.readers.encoding import Text
from discovery_pipeline.files.readers.grids import table_from_grid
from discovery_pipeline.files.readers.tables import (
    ReadLimits,
    ReadTable,
    finding_at,
    no_table,
    rejected_frame,
)

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
# An object with a first key, or a list of objects or lists; `[Name],[IP]` is a header of a delimited text.
_FIRST_VALUE = re.compile(r'\{\s*"(?:[^"\\]|\\.)*"\s*:|\[\s*\{\s*["}]|\[\s*\[\s*["\d]')
_BETWEEN = re.compile(r"[\s,]*")
_BLANKS = re.compile(r"\s*")
_ARRAY = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*\[')
_LINE_SUFFIXES = frozenset({".ndjson", ".jsonl"})
_SUFFIXES = _LINE_SUFFIXES | {".json"}


@dataclass(frozen=True)
class _Element:
    """One value of a sequence and the 1-based line on which it starts; a problem instead of what can't be read."""

    value: Any
    line: int | None
    problem: str = ""


def is_json(content: Content, text: Text) -> bool:
    """Whether a text is JSON: it begins like it, and its name or its first value says so."""
    head = text.data[text.begin : text.begin + 65536].decode("utf-8", "ignore").lstrip()
    if not head.startswith(("{", "[")):
        return False
    if content.suffix in _SUFFIXES:
        return True
    return _FIRST_VALUE.match(head) is not None


def read_json(content: Content, text: Text, limits: ReadLimits) -> Iterator[ReadTable]:
    """One table per array of objects, or one for the whole document.

    Raises UnreadableFile when not one record can be read.
    """
    document = text.data[text.begin :].decode("utf-8", "replace").strip()
    before = text.data[text.begin :].decode("utf-8", "replace").index(document[0]) if document else 0
    first = 1 + text.data[text.begin : text.begin + before].count(b"\n")
    if content.suffix in _LINE_SUFFIXES or _is_line_by_line(document):
        yield _table(content, content.table, list(_of_lines(document, first)), "ndjson", limits)
        return
    if document.startswith("["):
        yield _table(content, content.table, list(_of_array(document, 1, first)), "json", limits)
        return
    try:
        value = _DECODER.decode(document)
    except json.JSONDecodeError as error:
        yield _table(content, content.table, _of_broken(content, document, first, error), "json", limits)
        return
    yield from _of_object(content, document, first, value, limits)


def _is_line_by_line(document: str) -> bool:
    line, _, rest = document.partition("\n")
    if not rest.lstrip().startswith(("{", "[")):
        return False
    try:
        return isinstance(_DECODER.decode(line.strip()), dict)
    except json.JSONDecodeError:
        return False


def _of_lines(document: str, first: int) -> Iterator[_Element]:
    for number, line in enumerate(document.split("\n"), start=first):
        if line.strip():
            try:
                yield _Element(_DECODER.decode(line.strip()), number)
            except json.JSONDecodeError as error:
                yield _Element(None, number, f"not valid JSON: {error.msg} at character {error.colno}")


def _of_array(document: str, position: int, first: int) -> Iterator[_Element]:
    """The values from `position` (behind the opening bracket) to the array's end; a broken rest is one problem."""
    line, counted = first, position
    while True:
        position = _BETWEEN.match(document, position).end()  # type: ignore[union-attr]
        line, counted = line + document.count("\n", counted, position), position
        if position >= len(document):
            yield _Element(None, line, "the file ends inside the list: the rest is missing")
            return
        if document[position] == "]":
            return
        try:
            value, position = _DECODER.raw_decode(document, position)
        except json.JSONDecodeError as error:
            yield _Element(None, line, f"not valid JSON from here on: {error.msg}")
            return
        yield _Element(value, line)


def _of_broken(content: Content, document: str, first: int, error: json.JSONDecodeError) -> list[_Element]:
    """What can be read of a document that isn't whole: objects written one after another, or a list cut off."""
    several = list(_of_array(document, 0, first)) if error.msg == "Extra data" else []
    if several:
        return several if len(several) > 1 and several[-1].problem.startswith("not") else several[:-1]
    start = _ARRAY.search(document)
    elements = list(_of_array(document, start.end(), first + document.count("\n", 0, start.end()))) if start else []
    if not any(isinstance(e.value, dict) for e in elements):
        raise unreadable(content.file, f"it is not valid JSON: {error.msg} on line {error.lineno}", "export it again")
    return elements


def _of_object(
    content: Content, document: str, first: int, value: dict[str, Any], limits: ReadLimits
) -> Iterator[ReadTable]:
    arrays = [(path, rows) for path, rows in _arrays(value, ()) if rows]
    if not arrays and any(True for _ in _arrays(value, ())):
        note = finding_at(
            content.file, content.table, "warning", "no_rows", "a list without records", "export it again"
        )
        yield no_table(content.file, content.table, "json", note)
    elif not arrays:
        yield _table(content, content.table, [_Element(value, first)], "json", limits)
    for path, rows in arrays:
        name = content.table if len(arrays) == 1 else ".".join(path)
        yield _table(content, name, _located(document, path, rows, first), "json", limits)


def _arrays(value: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Lists of objects (and empty lists) inside nested objects, with the keys that lead to them."""
    for key, inner in value.items():
        if isinstance(inner, list) and all(isinstance(i, dict) for i in inner):
            yield (*path, key), inner
        elif isinstance(inner, dict):
            yield from _arrays(inner, (*path, key))


def _located(document: str, path: tuple[str, ...], rows: list[Any], first: int) -> list[_Element]:
    """The rows of a list with the lines they start on, where the list is found again in the text."""
    start = re.search(re.escape(json.dumps(path[-1], ensure_ascii=False)) + r"\s*:\s*\[", document)
    found = list(_of_array(document, start.end(), first + document.count("\n", 0, start.end()))) if start else []
    return found if [e.value for e in found] == rows else [_Element(row, None) for row in rows]


def _table(content: Content, name: str, elements: Sequence[_Element], format_: str, limits: ReadLimits) -> ReadTable:
    if elements and all(isinstance(e.value, list) for e in elements):
        return _table_of_lists(content, name, elements, format_)
    judged = [(i, e, _judged(e)) for i, e in enumerate(elements)]
    rows = [(i, e.line, _flat(e.value)) for i, e, problem in judged if not problem]
    rejected = [(i, e.line, *problem) for i, e, problem in judged if problem]
    if not rows:
        why = rejected[0][3] if rejected else "it has no records"
        raise unreadable(content.file, f"no record in it can be read: {why}", "export it again")
    headers = list(dict.fromkeys(key for _, _, cells in rows for key in cells))
    refuse_too_wide(content.file, len(headers), limits)
    columns = {
        f"c{i}": pl.Series([cells.get(h) or None for _, _, cells in rows], dtype=pl.String)
        for i, h in enumerate(headers)
    }
    key = {
        "row": pl.Series([r[0] for r in rows], dtype=pl.Int64),
        "line": pl.Series([r[1] for r in rows], dtype=pl.Int64),
    }
    frame = pl.DataFrame({**key, **columns})
    return ReadTable(content.file, name, tuple(headers), frame, rejected_frame(rejected), (), format_, len(elements))


def _table_of_lists(content: Content, name: str, elements: Sequence[_Element], format_: str) -> ReadTable:
    """Rows written as lists: the first names the columns, as in a spreadsheet."""
    width = max(len(e.value) for e in elements)
    cells = [[_text(v) for v in e.value] + [None] * (width - len(e.value)) for e in elements]
    grid = pl.DataFrame(cells, schema={f"c{i}": pl.String for i in range(width)}, orient="row")
    lines = pl.Series("line", [e.line for e in elements], dtype=pl.Int64)
    return table_from_grid(content.file, name, format_, grid.with_columns(lines))


def _judged(element: _Element) -> tuple[str, str] | None:
    if element.problem:
        return "bad_json", element.problem
    if isinstance(element.value, dict):
        return None
    return "not_an_object", "the record is not an object with named values"


def _flat(record: dict[str, Any]) -> dict[str, str | None]:
    """Dotted key -> text. Lists of objects give, per key, the values of all of them joined with `;`."""
    flat: dict[str, str | None] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": text for inner, text in _flat(value).items()})
        elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
            parts = [_flat(v) if isinstance(v, dict) else {"": _text(v)} for v in value]
            inner_keys = dict.fromkeys(k for part in parts for k in part)
            flat.update({f"{key}.{k}" if k else key: ";".join(part.get(k) or "" for part in parts) for k in inner_keys})
        else:
            flat[key] = _text(value)
    return flat


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(text for v in value if (text := _text(v)))
    return json.dumps(value, ensure_ascii=False)
