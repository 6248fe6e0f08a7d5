"""Columns about which people disagree: a decision stands, and somebody who never agreed to it said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from discovery_pipeline.domain.handoffs import TableInfo, finding
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.mapping.places import Place, place_of

CODE = "analysts_disagree"


def disagreement_findings(
    patterns: Iterable[Pattern], columns: Mapping[Place, tuple[TableInfo, int]]
) -> list[dict[str, Any]]:
    """One row of FINDINGS for each column of the run on which people disagree, in the order of the tables.

    patterns: of mappings. columns: table and position of every column of the run, by its place.
    """
    found = [
        (*columns[place], pattern)
        for pattern in patterns
        if _is_disputed(pattern) and (place := place_of(pattern.target)) in columns
    ]
    ordered = sorted(found, key=lambda item: (item[0].table_no, item[1]))
    return [_finding(info, position, pattern) for info, position, pattern in ordered]


def _is_disputed(pattern: Pattern) -> bool:
    """Of the patterns of a dispute the one that says what the column is, not those that say what it isn't."""
    return pattern.kind == "mapping" and pattern.is_current and pattern.polarity == 1 and pattern.contradicted > 0


def _finding(info: TableInfo, position: int, pattern: Pattern) -> dict[str, Any]:
    field = pattern.said.get("field") or "no field"
    others = "1 decision" if pattern.contradicted == 1 else f"{pattern.contradicted} decisions"
    return finding(
        "mapping", "warning", CODE,
        f"column {info.headers[position]!r} is {field} by {pattern.authors[-1]} (correction {pattern.corrections[-1]}),"
        f" against {others} of others",
        "agree on one, then undo the other: discovery corrections and discovery undo",
        info, position=position,
    )  # fmt: skip
