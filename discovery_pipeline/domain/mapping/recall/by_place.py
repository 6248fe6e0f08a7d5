"""The same column of the same table, in whatever delivery: what was decided about it is its mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn, is_possible


def decided(columns: Sequence[SeenColumn], at: Mapping[Place, Lesson]) -> dict[SeenColumn, ColumnMapping]:
    """The mapping of each column that was corrected itself, in this delivery of its table or in an earlier one."""
    return {
        column: override(column, lesson)
        for column in columns
        if (lesson := at.get(column.place)) and is_possible(lesson, column)
    }


def override(column: SeenColumn, lesson: Lesson, how: str = "decided") -> ColumnMapping:
    """The mapping that a lesson makes of a column."""
    otherwise = f", {lesson.contradicted} said otherwise" if lesson.contradicted else ""
    return ColumnMapping(
        column.table_no, column.position, column.header, lesson.field, round(lesson.trust, 4),
        "accepted" if lesson.field else "unmapped", lesson.unit, lesson.transform, "pattern",
        (f"{how} by {lesson.told_by}{otherwise}",),
    )  # fmt: skip
