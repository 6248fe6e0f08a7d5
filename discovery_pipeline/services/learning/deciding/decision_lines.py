"""The filled lines of a CSV file that a person wrote. Knows nothing of decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Line:
    """number: of the physical line on which it begins, from 1."""

    number: int
    cells: tuple[str, ...]


def read_lines(path: Path) -> list[Line]:
    """The filled lines, the header's first: UTF-8 with or without a mark, comma, semicolon or tab.

    Raises UsageError when the file can't be read.
    """
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


def _numbered(lines: Iterator[list[str]], path: Path) -> Iterator[Line]:
    begins = 1
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield Line(begins, tuple(cells))
            begins = lines.line_num + 1  # type: ignore[attr-defined]  # a csv.reader counts
    except csv.Error as error:
        raise UsageError(f"is no CSV: {error}", where=f"{path}, line {begins}") from error


def _delimiter(text: str) -> str:
    """The delimiter that the first filled line uses most."""
    first = next((line for line in _lines(text) if line.strip()), "")
    return max(DELIMITERS, key=first.count)
