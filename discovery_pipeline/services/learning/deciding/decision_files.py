"""Decisions of every kind from a CSV file, as the contract of `discovery correct` lays it out.

Checks nothing against what a run published (decide.py). Keep out: reading CSV (decision_lines.py), what a line of one
kind says (kind_lines.py, services/mapping/decision_files.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.kinds import KINDS, Kind
from discovery_pipeline.services.learning.deciding.decision_lines import Line, read_lines
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from discovery_pipeline.services.learning.deciding.kind_lines import NEEDED, OPTIONAL, decision_of
from discovery_pipeline.services.mapping.decisions import BadDecisions, Problem

_MAPPING: Kind = "mapping"
_KNOWN = frozenset(name for kind in KINDS for name in (*NEEDED[kind], *OPTIONAL[kind]))


def read_decisions(path: Path) -> list[AnyDecision]:
    """The decisions in a CSV file, in its order. A line without a kind is a mapping's.

    Raises UsageError as `read_each` does, BadDecisions naming every line that says nothing that could be decided.
    """
    read = read_each(path)
    problems = [item for item in read if isinstance(item, Problem)]
    if problems:
        raise BadDecisions(problems, len(read), str(path))
    return [item for item in read if not isinstance(item, Problem)]


def read_each(path: Path) -> list[AnyDecision | Problem]:
    """What each line of a CSV file says, or why nothing that could be decided; `prepare` tells the latter with what it
    finds itself. Raises UsageError when the file can't be read, has not the columns that its kinds need or is empty."""
    lines = read_lines(path)
    names = [cell.strip().casefold() for cell in lines[0].cells] if lines else []
    rows = lines[1:]
    kinds = [_kind(names, line) for line in rows]
    _require_columns(path, names, rows, kinds)
    read = [_of_line(line, kind, names) for line, kind in zip(rows, kinds, strict=True)]
    if not read:
        raise UsageError("holds no decision", where=str(path), advice="one line for each thing to correct")
    return read


def _kind(names: Sequence[str], line: Line) -> str:
    """As it is written, case aside; nothing is a mapping."""
    row = dict(zip(names, line.cells, strict=False))
    return row.get("kind", "").strip().casefold() or _MAPPING


def _require_columns(path: Path, header: list[str], lines: Sequence[Line], kinds: Sequence[str]) -> None:
    if not header:
        raise UsageError("is empty", where=str(path), advice=_layout(_MAPPING))
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UsageError(f"names the column {', '.join(twice)} twice", where=str(path), advice=_layout(_MAPPING))
    first = {kind: line.number for line, kind in reversed(list(zip(lines, kinds, strict=True)))}
    asked = [kind for kind in KINDS if kind in first] or ([] if "kind" in header else [_MAPPING])
    for kind in asked:
        missing = [name for name in NEEDED[kind] if name not in header]
        if missing:
            unknown = [name for name in header if name and name not in _KNOWN]
            found = f"; it has {', '.join(map(repr, unknown))}" if unknown else ""
            by = f", which line {first[kind]} of kind {kind} needs" if asked != [_MAPPING] else ""
            raise UsageError(f"lacks the column {', '.join(missing)}{found}{by}", where=str(path), advice=_layout(kind))


def _layout(kind: Kind) -> str:
    of_kind = f" for corrections of kind {kind}" if kind != _MAPPING else ""
    needed, optional = ",".join(NEEDED[kind]), ",".join(OPTIONAL[kind])
    return f"the first line names the columns {needed}{of_kind}, and if need be {optional}"


def _of_line(line: Line, kind: str, names: Sequence[str]) -> AnyDecision | Problem:
    """A cut line is refused, for its missing field would unmap; so is one that an unquoted delimiter has shifted."""
    if kind not in KINDS:
        return Problem(line.number, "unknown_kind", f"there is no kind {kind!r}", f"one of {', '.join(KINDS)}")
    cut = [name for name in NEEDED[kind] if name in names[len(line.cells) :]]
    if cut:
        said = f"the line ends before {', '.join(cut)}"
        return Problem(line.number, "cut_line", said, "an empty field needs its delimiter")
    if any(cell.strip() for cell in line.cells[len(names) :]):
        said = f"{len(line.cells)} cells under {len(names)} columns"
        return Problem(line.number, "too_many_cells", said, "a cell that holds the delimiter stands in quotes")
    return decision_of(kind, line.number, dict(zip(names, line.cells, strict=False)))
