"""What was taught about a table of the same layout, whatever its name: columns decided, and evidence about new ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.places import Place, places_of
from discovery_pipeline.domain.mapping.recall.by_place import override
from discovery_pipeline.domain.mapping.recall.layouts import SAME_LAYOUT, KnownTable, Match, matches, overlap
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn, is_possible, said, strongest
from discovery_pipeline.domain.mapping.trained.combiner import combiner

# From this share of common headers on, a column of a common header is the one that was decided.
SURELY = 0.7
# Log-odds that a common header means the same in a table that is probably of this layout (benchmarks/learning).
SAME_HERE = 5.0
# An alignment less likely than not is no reason.
_WORTH_SAYING = 0.5


@dataclass(frozen=True)
class ToldByLayout:
    """overrides: columns decided. evidence: of others. layouts: per table number the name of the layout it was taken
    for."""

    overrides: Mapping[SeenColumn, ColumnMapping]
    evidence: Mapping[SeenColumn, Sequence[Evidence]]
    layouts: Mapping[int, str]


@dataclass(frozen=True)
class _Recalled:
    """A lesson about the column that a column of the run is taken for."""

    lesson: Lesson
    match: Match
    share: float


def told_by_layout(
    tables: Mapping[int, KnownTable],
    columns: Sequence[SeenColumn],
    known: Sequence[KnownTable],
    lessons: Mapping[Place, Lesson],
) -> ToldByLayout:
    """tables: of the run, by number, each with all its columns. columns: those still to be told about. known: the
    tables that were corrected. lessons: what stands, by place."""
    wanted = {(column.table_no, column.position): column for column in columns}
    overrides: dict[SeenColumn, ColumnMapping] = {}
    evidence: dict[SeenColumn, list[Evidence]] = {}
    layouts: dict[int, str] = {}
    for number in sorted({column.table_no for column in columns}):
        layout_name, recalled = _recalled(tables[number], known, lessons)
        if layout_name:
            layouts[number] = layout_name
        for position, found in recalled.items():
            column = wanted.get((number, position))
            if column is None or not is_possible(found.lesson, column):
                continue
            if math.isinf(found.match.log_odds) and found.share >= SURELY:
                overrides[column] = override(
                    column, found.lesson, f"laid out like {found.lesson.place.series}: decided"
                )
            elif told := list(strongest(_evidence(column, found))):
                evidence[column] = told
    return ToldByLayout(overrides, evidence, layouts)


def _recalled(
    table: KnownTable, known: Iterable[KnownTable], lessons: Mapping[Place, Lesson]
) -> tuple[str, dict[int, _Recalled]]:
    """The layout's name, and per position what is known of it: from the most similar table that knows it."""
    near = [(overlap(table, other), other) for other in known if other.record == table.record]
    near = [found for found in near if found[0] >= SAME_LAYOUT]
    found: dict[int, _Recalled] = {}
    for share, other in sorted(near, key=lambda f: (-f[0], f[1].source, f[1].series, f[1].table)):
        places = places_of(other.source, other.series, other.table, [column.header for column in other.columns])
        for match in matches(table, other):
            lesson = lessons.get(places[match.known])
            if lesson and match.position not in found:
                found[match.position] = _Recalled(lesson, match, share)
    best = max(near, key=lambda f: (f[0], f[1].series), default=None)
    return (best[1].series if best else ""), found


def _evidence(column: SeenColumn, found: _Recalled) -> Iterator[Evidence]:
    log_odds = min(found.match.log_odds, SAME_HERE)
    if log_odds < _WORTH_SAYING:
        return
    weight = log_odds * max(2.0 * found.lesson.trust - 1.0, 0.0) + (combiner().unheard if found.lesson.field else 0.0)
    is_same = math.isinf(found.match.log_odds)
    what = "this header" if is_same else f"'{found.lesson.header.strip()}', which it stands for here,"
    yield said(column, found.lesson, weight, what)
