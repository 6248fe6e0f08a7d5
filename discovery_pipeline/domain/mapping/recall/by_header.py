"""The same header, or one like it, in another table of the tenant: evidence, weighed by how often that was right."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.recall.curves import COSINE_SHARE, CURVES, LEXICAL, Curve
from discovery_pipeline.domain.mapping.recall.lessons import (
    Lesson,
    SeenColumn,
    beside_none,
    is_close,
    may_speak,
    said,
    strongest,
)
from discovery_pipeline.domain.mapping.recall.likeness import spelled_alike
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.domain.schema import RecordKind

# Log-odds below which a reason moves nothing.
_WORTH_SAYING = 0.2

Cosines = Mapping[SeenColumn, Mapping[str, float]]
"""Per column the cosine similarity of its nearest patterns, by pattern_id."""


# The same header in another table: log-odds that a field is right there too, that 'none of the fields' is, and that a
# field is not where it was not. That a merely similar header carries none proves nothing.
SAME_FIELD, SAME_NONE, SAME_DENIED = 2.5, 1.7, -1.0
# What people correct is the exception: of headers in plain words ("Status", "Name"), corrected in one tool, the field
# was right in other tools 33 times of 77, 'none' 8 of 81, and what the words say by themselves 148 of 158 (176 layouts
# that the vocabulary never saw). There a field is a hint, and that there was none is none.
PLAIN_FIELD = 0.4


def same_header(
    columns: Sequence[SeenColumn], lessons: Sequence[Lesson], in_plain_words: Collection[tuple[int, int]] = ()
) -> dict[SeenColumn, list[Evidence]]:
    """What lessons about the same header in other tables say, per column that has any.

    in_plain_words: table and position of the columns whose header the vocabulary knows.
    """
    by_header: dict[tuple[RecordKind, str], list[Lesson]] = {}
    for lesson in lessons:
        by_header.setdefault((lesson.record, lesson.place.header_key), []).append(lesson)
    found = {}
    for column in columns:
        known = () if column.place.is_blank else by_header.get((column.record, column.place.header_key), ())
        is_plain = (column.table_no, column.position) in in_plain_words
        told = [
            said(column, lesson, weight, f"this header in {lesson.learned_in}")
            for lesson in known
            if may_speak(lesson, column) and (weight := _same(lesson, is_plain and not is_close(lesson, column)))
        ]
        if told:
            found[column] = list(strongest(told))
    return found


def _same(lesson: Lesson, is_far_and_plain: bool) -> float:
    """Log-odds; 0 says nothing."""
    if is_far_and_plain:
        return PLAIN_FIELD * lesson.share if lesson.field and not lesson.is_denial else 0.0
    if lesson.is_denial:
        return SAME_DENIED * lesson.trust
    return (SAME_FIELD + beside_none(lesson.field) if lesson.field else SAME_NONE) * lesson.share


def similar_header(
    columns: Sequence[SeenColumn],
    lessons: Sequence[Lesson],
    model: str | None,
    cosines: Cosines,
    named: Mapping[tuple[int, int, str], float],
    curves: Mapping[str, Curve] = CURVES,
) -> dict[SeenColumn, list[Evidence]]:
    """What lessons about similar headers say beyond what the headers say by themselves, per column that has any.

    model: whose cosines these are; None, or a model without a curve = spelling alone is compared, with every lesson.
    named: log-odds of the field by the header itself, by table, position and field: it is one observation, so of the
    two the stronger counts. curves: by model.
    """
    curve = curves.get(model or "")
    by_id = {lesson.pattern_id: lesson for lesson in lessons if lesson.field and not lesson.is_denial}
    found = {}
    for column in columns:
        near: Mapping[str, float | None] = cosines.get(column, {}) if curve else dict.fromkeys(by_id)
        told = [
            _alike(column, by_id[name], cosine, curve or LEXICAL)
            for name, cosine in near.items()
            if name in by_id and by_id[name].record == column.record and may_speak(by_id[name], column)
        ]
        likely = strongest(evidence for evidence in told if evidence.weight > combiner().unheard)
        more = [beyond for evidence in likely if (beyond := _beyond(evidence, named)).weight >= _WORTH_SAYING]
        if more:
            found[column] = more
    return found


def _alike(column: SeenColumn, lesson: Lesson, cosine: float | None, curve: Curve) -> Evidence:
    spelling = spelled_alike(column.header, lesson.header)
    similarity = spelling if cosine is None else COSINE_SHARE * cosine + (1 - COSINE_SHARE) * spelling
    weight = combiner().unheard + curve.log_odds(similarity)
    return said(column, lesson, weight, f"'{lesson.header.strip()}' in {lesson.learned_in}, {similarity:.0%} alike,")


def _beyond(evidence: Evidence, named: Mapping[tuple[int, int, str], float]) -> Evidence:
    known = named.get((evidence.table_no, evidence.position, evidence.field), 0.0)
    return replace(evidence, weight=round(evidence.weight - max(known, 0.0), 2))
