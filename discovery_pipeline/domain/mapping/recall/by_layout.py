"""What was taught about a table of the same layout, whatever its name: columns decided, and evidence about new ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.places import Place, places_of
from discovery_pipeline.domain.mapping.recall.by_place import override
from discovery_pipeline.domain.mapping.recall.layouts import (
    SAME_LAYOUT,
    KnownColumn,
    KnownTable,
    Match,
    matches,
    overlap,
)
from discovery_pipeline.domain.mapping.recall.lessons import (
    Lesson,
    SeenColumn,
    beside_none,
    is_possible,
    said,
    strongest,
)
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# From this share of common headers on, a column of a common header is the one that was decided. Judged: more than twice
# what the most similar layouts of different tools share (benchmarks/learning/calibration.py).
SURELY = 0.7
# Log-odds that a common header means the same in a table that is probably of this layout. Judged: a hundred to one.
SAME_HERE = 5.0
# Log-odds that a column which nobody corrected, though others of its table, is what it was taken for then: it was seen
# and left. Judged: half a decision.
LEFT_ALONE = 2.5
# An alignment less likely than not is no reason.
_WORTH_SAYING = 0.5


@dataclass(frozen=True)
class ToldByLayout:
    """overrides: columns decided. evidence: of others. left_alone: of columns that nobody decided about, though others
    of their table: they were seen as they were taken for."""

    overrides: Mapping[SeenColumn, ColumnMapping]
    evidence: Mapping[SeenColumn, Sequence[Evidence]]
    left_alone: Mapping[SeenColumn, Sequence[Evidence]]


@dataclass(frozen=True)
class _Recalled:
    """A column of a corrected table that a column of the run is. lesson: what was decided about it, if anything."""

    table: KnownTable
    match: Match
    share: float
    lesson: Lesson | None

    @property
    def known(self) -> KnownColumn:
        return self.table.columns[self.match.known]

    @property
    def has_same_header(self) -> bool:
        return math.isinf(self.match.log_odds)

    @property
    def as_found(self) -> str:
        if self.has_same_header:
            return f"this header in {self.table.series}"
        return f"'{self.known.header.strip()}' in {self.table.series}, which it stands for here,"


def told_by_layout(
    tables: Mapping[int, KnownTable],
    columns: Sequence[SeenColumn],
    known: Sequence[KnownTable],
    lessons: Mapping[Place, Lesson],
) -> ToldByLayout:
    """tables: of the run, by number, each with all its columns. columns: those still to be told about. known: the
    tables that were corrected. lessons: what stands, by place."""
    overrides: dict[SeenColumn, ColumnMapping] = {}
    evidence: dict[SeenColumn, list[Evidence]] = {}
    left_alone: dict[SeenColumn, list[Evidence]] = {}
    recalled = {n: _recalled(tables[n], known, lessons) for n in sorted({column.table_no for column in columns})}
    for column in columns:
        found = recalled[column.table_no].get(column.position)
        if found is None:
            continue
        if found.lesson is None:
            left_alone[column] = list(_left_alone(column, found))
        elif is_possible(found.lesson, column):
            if found.has_same_header and found.share >= SURELY:
                how = f"laid out like {found.table.series}: decided"
                overrides[column] = override(column, found.lesson, how)
            elif told := list(strongest(_evidence(column, found, found.lesson))):
                evidence[column] = told
    return ToldByLayout(overrides, evidence, left_alone)


def _recalled(table: KnownTable, known: Iterable[KnownTable], lessons: Mapping[Place, Lesson]) -> dict[int, _Recalled]:
    """Per position what is known of it: what was decided, by the most similar table that knows; else what was left."""
    near = [(share, other) for other in known if (share := _share(table, other)) >= SAME_LAYOUT]
    decided: dict[int, _Recalled] = {}
    left: dict[int, _Recalled] = {}
    for share, other in sorted(near, key=lambda f: (-f[0], f[1].source, f[1].series, f[1].table)):
        places = places_of(other.source, other.series, other.table, [column.header for column in other.columns])
        for match in matches(table, other):
            lesson = lessons.get(places[match.known])
            found = decided if lesson else left
            found.setdefault(match.position, _Recalled(other, match, share, lesson))
    return left | decided


def _share(table: KnownTable, other: KnownTable) -> float:
    return overlap(table, other) if table.record == other.record else 0.0


def _evidence(column: SeenColumn, found: _Recalled, lesson: Lesson) -> Iterator[Evidence]:
    log_odds = min(found.match.log_odds, SAME_HERE)
    if log_odds >= _WORTH_SAYING:
        yield said(column, lesson, log_odds * lesson.share + beside_none(lesson.field), found.as_found)


def _left_alone(column: SeenColumn, found: _Recalled) -> Iterator[Evidence]:
    field, log_odds = found.known.taken_for, min(found.match.log_odds, LEFT_ALONE)
    if field is None or log_odds < _WORTH_SAYING or (field and field not in fields(column.record)):
        return
    why = f"{found.as_found} was taken for {field or 'none of the fields'}, and left so beside corrections"
    weight = round(log_odds + beside_none(field), 2)
    yield Evidence(column.table_no, column.position, field or NO_FIELD, "pattern", weight, why)
