"""Decisions from a CSV file, as the contract of `discovery correct` lays it out. Checks nothing against a mapping."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import Transform
from discovery_pipeline.services.mapping.decisions import BadDecisions, Decision, Problem

KINDS = ("mapping", "value", "merge", "split", "type", "edge", "strategy")
NEEDED = ("file", "table", "position", "header", "field")
OPTIONAL = ("kind", "source", "unit", "transform", "reason")
DELIMITERS = (",", ";", "\t")
LAYOUT = f"the first line names the columns {','.join(NEEDED)}, and if need be {','.join(OPTIONAL)}"


def read_decisions(path: Path) -> list[Decision]:
    """The decisions in a CSV file: UTF-8 with or without a mark, comma, semicolon or tab, blank lines left out.

    Raises UsageError when the file can't be read or has not the columns needed, BadDecisions naming every line that
    says nothing that could be decided.
    """
    rows = _rows(path)
    names = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    _require_columns(path, names)
    read = [_of_line(line, names, cells) for line, cells in rows[1:]]
    problems = [item for item in read if isinstance(item, Problem)]
    if problems:
        raise BadDecisions(problems, len(read), str(path))
    if not read:
        raise UsageError("holds no decision", where=str(path), advice="one line for each column to correct")
    return [item for item in read if isinstance(item, Decision)]


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """(line, cells) per filled row; the first is the header's own."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("is no UTF-8 text", where=str(path), advice="save it as CSV UTF-8") from error
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(path)) from error
    lines = csv.reader(_lines(text), delimiter=_delimiter(text), strict=True)
    return list(_numbered(lines, path))


def _lines(text: str) -> io.StringIO:
    """Lines as CSV has them; str.splitlines also breaks at characters that cells may hold, such as U+2028."""
    return io.StringIO(text, newline="")


def _numbered(lines: Iterator[list[str]], path: Path) -> Iterator[tuple[int, list[str]]]:
    """Filled rows with the physical line on which each begins."""
    begins = 1
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = lines.line_num + 1  # type: ignore[attr-defined]  # a csv.reader counts
    except csv.Error as error:
        raise UsageError(f"is no CSV: {error}", where=f"{path}, line {begins}") from error


def _delimiter(text: str) -> str:
    """The delimiter that the first filled line uses most."""
    first = next((line for line in _lines(text) if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _require_columns(path: Path, header: list[str]) -> None:
    if not header:
        raise UsageError("is empty", where=str(path), advice=LAYOUT)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UsageError(f"names the column {', '.join(twice)} twice", where=str(path), advice=LAYOUT)
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in (*NEEDED, *OPTIONAL)]
    if missing:
        found = f"; it has {', '.join(map(repr, unknown))}" if unknown else ""
        raise UsageError(f"lacks the column {', '.join(missing)}{found}", where=str(path), advice=LAYOUT)


def _of_line(line: int, names: list[str], cells: list[str]) -> Decision | Problem:
    """A cut line is refused, for its missing field would unmap; so is one that an unquoted delimiter has shifted."""
    cut = [name for name in NEEDED if name in names[len(cells) :]]
    if cut:
        return Problem(line, "cut_line", f"the line ends before {', '.join(cut)}", "an empty field needs its delimiter")
    if any(cell.strip() for cell in cells[len(names) :]):
        said = f"{len(cells)} cells under {len(names)} columns"
        return Problem(line, "too_many_cells", said, "a cell that holds the delimiter stands in quotes")
    return _decision(line, dict(zip(names, cells, strict=False)))


def _decision(line: int, row: dict[str, str]) -> Decision | Problem:
    cell = {name: row.get(name, "").strip() for name in (*NEEDED, *OPTIONAL)}
    kind = cell["kind"].casefold() or "mapping"
    if kind != "mapping":
        if kind in KINDS:
            return Problem(line, "not_yet", f"corrections of kind {kind} can't be stored yet", "only mapping can")
        return Problem(line, "unknown_kind", f"there is no kind {cell['kind']!r}", f"one of {', '.join(KINDS)}")
    if not cell["position"].isdecimal():
        return Problem(line, "bad_position", f"{cell['position']!r} is no position", "columns count from 0")
    if cell["transform"] and cell["transform"] not in get_args(Transform):
        possible = ", ".join(get_args(Transform))
        return Problem(line, "unknown_transform", f"there is no transform {cell['transform']!r}", possible)
    return Decision(
        cell["file"], cell["table"], int(cell["position"]), row.get("header", ""), cell["field"] or None,
        cell["source"] or None, cell["unit"] or None, cell["transform"] or None,  # type: ignore[arg-type]
        cell["reason"], line,
    )  # fmt: skip
