"""YAML that people hand in, with the line of every entry, so that each problem is told with its place.

Keep out: what an entry may say (table.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from discovery_pipeline.domain.errors import UsageError

Path = tuple[str, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHOWN = 10


@dataclass
class Document:
    """What a text says. lines: of each entry by the names that lead to it, from 1. problems: line and what is wrong."""

    data: dict[str, Any]
    lines: dict[Path, int]
    problems: list[tuple[int, str]] = field(default_factory=list)

    def problem(self, path: Path, message: str) -> None:
        """Note what is wrong with an entry."""
        place = next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 1)
        self.problems.append((place, f"{'.'.join(path)}: {message}" if path else message))

    def raise_problems(self, where: str, advice: str) -> None:
        """Raises UsageError that tells the problems line by line, where there are any."""
        if not self.problems:
            return
        told = [f"line {line}: {message}" for line, message in sorted(set(self.problems))]
        more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
        raise UsageError("; ".join(told[:_SHOWN]) + more, where=where, advice=advice)

    def day(self, path: Path, value: object) -> date | None:
        """A date, None for nothing; anything else is a problem."""
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(path, f"{value!r} is no date like 2027-01-31")
        return None


def read_document(text: str, where: str, advice: str) -> Document:
    """The entries of a YAML text. Raises UsageError where it is no YAML, no mapping, or names an entry twice."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506  # both are safe loaders
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        raise UsageError(f"{place}this is no YAML", where=where, advice=advice) from error
    except ValueError as error:  # a date that there is not
        raise UsageError(f"a value can't be read: {error}", where=where, advice=advice) from error
    if not isinstance(data, dict):
        raise UsageError("the file holds no names with values", where=where, advice=advice)
    document = Document(data, {})
    for path, line in _entries(root, ()):
        if path in document.lines:
            document.problems.append((line, f"{'.'.join(path)}: stands twice"))
        document.lines[path] = line
    return document


def _entries(node: Any, path: Path) -> Iterator[tuple[Path, int]]:
    """(path, line) of every entry; entries of lists are named by their number."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _entries(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value, start=1):
            here = (*path, str(number))
            yield here, value.start_mark.line + 1
            yield from _entries(value, here)
