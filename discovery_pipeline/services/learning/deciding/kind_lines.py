"""What a line of a CSV file says, by kind: cells to a typed decision. Keep out: the file (decision_files.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.schema import RECORD_KINDS
from discovery_pipeline.services.learning.deciding.decisions import (
    AnyDecision,
    AssetDecision,
    AssetValueDecision,
    EdgeDecision,
    MergeDecision,
    RowValueDecision,
    SplitDecision,
    StrategyDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.mapping import decision_files as mapping
from discovery_pipeline.services.mapping.decisions import Problem

_COMMON = ("kind", "reason", "overrules")
# A value's line also has `raw`, `asset` or `file`, `table` and `row`, by what it is about.
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "mapping": mapping.NEEDED, "value": ("field", "value"), "merge": ("asset", "other"),
    "split": ("asset", "file", "table", "row"), "type": ("asset", "value"), "edge": ("asset", "other", "value"),
    "strategy": ("asset", "value"),
}  # fmt: skip
OPTIONAL: Mapping[Kind, tuple[str, ...]] = {
    "mapping": mapping.OPTIONAL, "value": (*_COMMON, "raw", "record", "source", "asset", "file", "table", "row"),
    "merge": (*_COMMON, "value"),
    "split": (*_COMMON, "source"), "type": _COMMON, "edge": (*_COMMON, "field"), "strategy": _COMMON,
}  # fmt: skip
_DIGITS = 18
_TRUTHS = {"yes": True, "no": False}

Cells = Mapping[str, str]


def decision_of(kind: Kind, line: int, row: Cells) -> AnyDecision | Problem:
    """The decision of a line. row: cells by the names of their columns, those that the kind needs among them."""
    given = row.get("overrules", "").strip()
    if given and not _is_number(given):
        what = f"{given!r} is no number of a correction"
        return Problem(line, "bad_overrules", what, "discovery corrections TENANT lists them")
    overrules = int(given) if given else None
    if kind == "mapping":
        return mapping.mapping_decision(line, row, overrules)
    cells = {name: cell.strip() for name, cell in row.items()}
    read = _READ[kind](cells, line)
    if isinstance(read, Problem):
        return read
    return replace(read, reason=cells.get("reason", ""), line=line, overrules=overrules)


def _is_number(text: str) -> bool:
    """Of a row or a correction: as many digits as either can have."""
    return text.isdecimal() and len(text) <= _DIGITS


def _value(cells: Cells, line: int) -> ValueDecision | RowValueDecision | AssetDecision | Problem:
    raw, asset, value = cells.get("raw", ""), cells.get("asset", ""), cells["value"] or None
    named = [what for what, name in (("a spelling", raw), ("an asset", asset), ("a row", cells.get("row"))) if name]
    if len(named) != 1:
        said = f"both {' and '.join(named)}" if named else "neither a spelling nor an asset nor a row"
        advice = "fill raw (a spelling), asset (one of it), or file, table and row (a cell of it)"
        return Problem(line, "raw_or_asset", f"the line names {said}", advice)
    if cells.get("row"):
        return _row_value(cells, line, value)
    if asset:
        return AssetValueDecision(asset, cells["field"], value)
    record = cells.get("record") or "asset"
    if record not in RECORD_KINDS:
        return Problem(line, "unknown_record", f"there are no {record!r} records", f"one of {', '.join(RECORD_KINDS)}")
    return ValueDecision(cells["field"], raw, value, record, cells.get("source") or None)


def _row_value(cells: Cells, line: int, value: str | None) -> RowValueDecision | Problem:
    if not _is_number(cells["row"]):
        return _bad_row(cells, line)
    missing = [name for name in ("file", "table") if not cells.get(name)]
    if missing:
        return Problem(
            line, "no_table", f"the line names a row and no {' or '.join(missing)}", "name its file and table"
        )
    place = cells["file"], cells["table"], int(cells["row"])
    return RowValueDecision(*place, cells["field"], value, cells.get("source") or None)


def _bad_row(cells: Cells, line: int) -> Problem:
    return Problem(line, "bad_row", f"{cells['row']!r} is no row", "rows after the header count from 0")


def _merge(cells: Cells, line: int) -> AssetDecision | Problem:
    """A line without a value says that they are one."""
    holds = _TRUTHS.get((cells.get("value") or "yes").casefold())
    if holds is None:
        return Problem(line, "bad_value", f"{cells['value']!r} is neither yes nor no", "are they one asset?")
    return MergeDecision(cells["asset"], cells["other"], holds)


def _split(cells: Cells, line: int) -> AssetDecision | Problem:
    if not _is_number(cells["row"]):
        return _bad_row(cells, line)
    return SplitDecision(cells["asset"], cells["file"], cells["table"], int(cells["row"]), cells.get("source") or None)


def _type(cells: Cells, line: int) -> AssetDecision:  # noqa: ARG001  # what has no bad words
    return TypeDecision(cells["asset"], cells["value"])


def _edge(cells: Cells, line: int) -> AssetDecision | Problem:
    holds = _TRUTHS.get(cells["value"].casefold())
    if holds is None:
        return Problem(line, "bad_value", f"{cells['value']!r} is neither yes nor no", "does asset depend on other?")
    return EdgeDecision(cells["asset"], cells["other"], holds, cells.get("field") or None)


def _strategy(cells: Cells, line: int) -> AssetDecision:  # noqa: ARG001
    return StrategyDecision(cells["asset"], cells["value"])


_READ: Mapping[Kind, Callable[[Cells, int], ValueDecision | RowValueDecision | AssetDecision | Problem]] = {
    "value": _value, "merge": _merge, "split": _split, "type": _type, "edge": _edge, "strategy": _strategy,
}  # fmt: skip
