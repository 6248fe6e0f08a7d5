"""Decisions about columns from the lines of a CSV file (services/learning/decision_files.py reads it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from discovery_pipeline.domain.handoffs import Transform
from discovery_pipeline.domain.schema import RECORD_KINDS
from discovery_pipeline.services.mapping.decisions import Decision, Problem

NEEDED = ("file", "table", "position", "header", "field")
OPTIONAL = ("kind", "source", "unit", "transform", "reason", "overrules", "record")


def mapping_decision(line: int, row: Mapping[str, str], overrules: int | None) -> Decision | Problem:
    """The decision of a line, cells by the names of their columns. Checks nothing against a mapping."""
    cell = {name: row.get(name, "").strip() for name in (*NEEDED, *OPTIONAL)}
    if not cell["position"].isdecimal():
        return Problem(line, "bad_position", f"{cell['position']!r} is no position", "columns count from 0")
    if cell["transform"] and cell["transform"] not in get_args(Transform):
        possible = ", ".join(get_args(Transform))
        return Problem(line, "unknown_transform", f"there is no transform {cell['transform']!r}", possible)
    if cell["record"] and cell["record"] not in RECORD_KINDS:
        possible = ", ".join(RECORD_KINDS)
        return Problem(line, "unknown_record", f"there are no {cell['record']!r} records", f"one of {possible}")
    return Decision(
        cell["file"], cell["table"], int(cell["position"]), row.get("header", ""), cell["field"] or None,
        cell["source"] or None, cell["unit"] or None, cell["transform"] or None,  # type: ignore[arg-type]
        cell["reason"], line, overrules, cell["record"] or None,
    )  # fmt: skip
