"""Decisions about columns, checked against the mapping that they correct. Stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import get_args

from discovery_pipeline.domain.cleansing.units import unit_named, units_of
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind, Transform
from discovery_pipeline.domain.mapping.places import Place, header_key
from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind, fields
from discovery_pipeline.services.mapping.published import PublishedMapping, table_places

LISTED = 20
ONLY_FOR: dict[str, frozenset[str]] = {
    "invert": frozenset(f.name for kind in RECORD_KINDS for f in fields(kind).values() if f.base == "boolean"),
    "split_host_domain": frozenset({"hostname"}),
    "per_socket": frozenset({"cpu_cores"}),
}


@dataclass(frozen=True)
class Decision:
    """What a person says about one column of the newest mapping.

    file, table, position and header name the column; source is needed where two sources have a file of this name.
    field: canonical, or None = it carries none. unit, transform: None = as the mapping finds them itself. line: of the
    file that the decision stands in, for messages. overrules: the number of somebody else's correction that this one
    is meant to replace. record: what the rows of the whole table are; None = what the mapping takes them for.
    """

    file: str
    table: str
    position: int
    header: str
    field: str | None
    source: str | None = None
    unit: str | None = None
    transform: Transform | None = None
    reason: str = ""
    line: int | None = None
    overrules: int | None = None
    record: RecordKind | None = None


@dataclass(frozen=True)
class Problem:
    """Why a decision can't be taken. line: None where it came from no file."""

    line: int | None
    code: str
    detail: str
    advice: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line is not None else ""
        return f"{place}{self.code}: {self.detail}" + (f" ({self.advice})" if self.advice else "")


class BadDecisions(UsageError):
    """Decisions that can't be taken; none of those given with them was recorded. problems: every one of them."""

    def __init__(self, problems: Sequence[Problem], of: int, where: str = "") -> None:
        self.problems = tuple(problems)
        self.summary = f"{len(problems)} of {of} decisions can't be taken, so none was"
        listed = "; ".join(map(str, problems[:LISTED]))
        more = f"; and {len(problems) - LISTED} more" if len(problems) > LISTED else ""
        super().__init__(
            f"{self.summary} - {listed}{more}", where=where, advice="correct these and give all of them again"
        )


@dataclass(frozen=True)
class Target:
    """A decision that can be taken, with the column it is about."""

    decision: Decision
    info: TableInfo
    kind: TableKind
    place: Place
    was: ColumnMapping


def checked(decisions: Sequence[Decision], published: PublishedMapping) -> list[Target]:
    """The column of every decision, in the order given. Raises BadDecisions when one can't be taken."""
    told = {_table_of(decision): decision.record for decision in decisions if decision.record}
    found = [_target(decision, published, told) for decision in decisions]
    problems = [item for item in found if isinstance(item, Problem)]
    targets = [item for item in found if isinstance(item, Target)]
    problems += _repeated(targets)
    if problems:
        raise BadDecisions(sorted(problems, key=lambda p: p.line or 0), len(decisions))
    return targets


_Table = tuple[str | None, str, str]


def _table_of(decision: Decision) -> _Table:
    return decision.source, decision.file, decision.table


def _kind(decision: Decision, mapped: TableKind, told: RecordKind | None) -> TableKind:
    """What the table's rows are, as the decision, else one about another of its columns, else the mapping says."""
    return replace(mapped, record=decision.record or told or mapped.record)


def _target(decision: Decision, published: PublishedMapping, told: Mapping[_Table, RecordKind]) -> Target | Problem:
    info = _table(decision, list(published.tables.values()))
    if isinstance(info, Problem):
        return info
    kind = _kind(decision, published.kinds[info.table_no], told.get(_table_of(decision)))
    problem = _column_problem(decision, info) or _field_problem(decision, kind) or _reading_problem(decision, kind)
    if problem:
        return problem
    was = next(m for m in published.mappings[info.table_no] if m.position == decision.position)
    return Target(decision, info, kind, table_places(info)[decision.position], was)


def _table(decision: Decision, tables: Sequence[TableInfo]) -> TableInfo | Problem:
    of_file = [t for t in tables if t.file == decision.file and decision.source in (None, t.source)]
    if not of_file:
        known = sorted({t.file for t in tables if decision.source in (None, t.source)})
        named = repr(decision.file) + (f" of source {decision.source!r}" if decision.source else "")
        return _problem(decision, "unknown_file", f"the run read no file {named}", _nearby(decision.file, known))
    found = [t for t in of_file if t.table == decision.table]
    if not found:
        known = sorted({t.table for t in of_file})
        what = f"{decision.file} has no table {decision.table!r}"
        return _problem(decision, "unknown_table", what, _nearby(decision.table, known))
    if len(found) > 1:
        sources = ", ".join(sorted(t.source for t in found))
        what = f"{len(found)} sources have a table {decision.table!r} in a file {decision.file!r}"
        return _problem(decision, "ambiguous_file", what, f"name one as source: {sources}")
    return found[0]


def _column_problem(decision: Decision, info: TableInfo) -> Problem | None:
    width = len(info.headers)
    if not 0 <= decision.position < width:
        what = f"{info.table} has no column {decision.position}"
        return _problem(decision, "unknown_position", what, f"positions count from 0 to {width - 1}")
    stands = info.headers[decision.position]
    if header_key(stands) == header_key(decision.header):
        return None
    elsewhere = [i for i, h in enumerate(info.headers) if header_key(h) == header_key(decision.header)]
    advice = f"it stands at {', '.join(map(str, elsewhere))}" if elsewhere else "no column has that header"
    what = f"column {decision.position} is {stands!r}, not {decision.header!r}"
    return _problem(decision, "other_header", what, advice)


def _field_problem(decision: Decision, kind: TableKind) -> Problem | None:
    known = fields(kind.record)
    if decision.field is None or decision.field in known:
        return None
    what = f"{kind.record} records have no field {decision.field!r}"
    return _problem(decision, "unknown_field", what, _nearby(decision.field, list(known)))


def _reading_problem(decision: Decision, kind: TableKind) -> Problem | None:
    """Whether the field's cells can come in this unit and under this transform."""
    field = fields(kind.record)[decision.field] if decision.field else None
    if decision.unit and (field is None or unit_named(field.unit or "", decision.unit) is None):
        units = ", ".join(unit.label for unit in units_of(field.unit or "")) if field else ""
        what = f"{decision.field or 'an unmapped column'} can't come in {decision.unit!r}"
        return _problem(decision, "unknown_unit", what, f"one of: {units}" if units else "leave the unit out")
    if decision.transform and decision.field not in ONLY_FOR.get(decision.transform, frozenset()):
        possible = [name for name in get_args(Transform) if decision.field in ONLY_FOR[name]]
        what = f"{decision.field or 'an unmapped column'} can't be read with {decision.transform!r}"
        advice = f"possible: {', '.join(possible)}" if possible else "leave the transform out"
        return _problem(decision, "unknown_transform", what, advice)
    return None


def _repeated(targets: Iterable[Target]) -> list[Problem]:
    seen: dict[tuple[int, int], Decision] = {}
    problems = []
    for target in targets:
        column = (target.info.table_no, target.decision.position)
        if column in seen:
            before = seen[column].line
            again = f" on line {before}" if before is not None else ""
            what = f"{target.info.table} column {target.decision.position} is decided already{again}"
            problems.append(_problem(target.decision, "decided_twice", what, "keep one of them"))
        seen.setdefault(column, target.decision)
    return problems


def _problem(decision: Decision, code: str, detail: str, advice: str) -> Problem:
    return Problem(decision.line, code, detail, advice)


def _nearby(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=3, cutoff=0.6)
    return f"near: {', '.join(near)}" if near else f"known: {', '.join(known[:10])}"
