"""The same header, or one like it, in another table of the tenant: evidence, weighed by how often that was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn, may_speak, said, strongest
from discovery_pipeline.domain.mapping.recall.likeness import spelled_alike
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.domain.schema import RecordKind

# Share of a blended similarity that is the vectors' cosine; the rest is spelling.
_COSINE_SHARE = 0.6
# Log-odds below which a reason moves nothing.
_WORTH_SAYING = 0.2

Cosines = Mapping[SeenColumn, Mapping[str, float]]
"""Per column the cosine similarity of its nearest patterns, by pattern_id."""


@dataclass(frozen=True)
class Curve:
    """Log-odds that a column carries the field that a lesson about a similar header names."""

    at_zero: float
    slope: float

    def log_odds(self, similarity: float) -> float:
        return self.at_zero + self.slope * similarity


# Fitted on labelled layouts by benchmarks/mapping/pattern_calibration.py; its docstring has the command and the
# figures. Per embedding model, since cosines of two models don't compare; LEXICAL for spelling alone.
LEXICAL = Curve(-8.2, 10.4)
CURVES: Mapping[str, Curve] = {"all-MiniLM-L6-v2-onnx-int8": Curve(-6.1, 8.8)}
# The same header in another table: log-odds that a field is right there too, that 'none of the fields' is, and that a
# field is not where it was not. That a merely similar header carries none proves nothing.
SAME_FIELD, SAME_NONE, SAME_DENIED = 2.5, 1.7, -1.0


def same_header(columns: Sequence[SeenColumn], lessons: Sequence[Lesson]) -> dict[SeenColumn, list[Evidence]]:
    """What lessons about the same header in other tables say, per column that has any."""
    by_header: dict[tuple[RecordKind, str], list[Lesson]] = {}
    for lesson in lessons:
        by_header.setdefault((lesson.record, lesson.place.header_key), []).append(lesson)
    found = {}
    for column in columns:
        known = () if column.place.is_blank else by_header.get((column.record, column.place.header_key), ())
        told = [said(column, x, _same(x), f"this header in {x.learned_in}") for x in known if may_speak(x, column)]
        if told:
            found[column] = list(strongest(told))
    return found


def _same(lesson: Lesson) -> float:
    if lesson.is_denial:
        return SAME_DENIED * lesson.trust
    return (SAME_FIELD + combiner().unheard if lesson.field else SAME_NONE) * _share(lesson)


def _share(lesson: Lesson) -> float:
    """What of a lesson's weight its trust leaves: all of it when nothing speaks against it."""
    return max(2.0 * lesson.trust - 1.0, 0.0)


def similar_header(
    columns: Sequence[SeenColumn],
    lessons: Sequence[Lesson],
    model: str | None,
    cosines: Cosines,
    named: Mapping[tuple[int, int, str], float],
) -> dict[SeenColumn, list[Evidence]]:
    """What lessons about similar headers say beyond what the headers say by themselves, per column that has any.

    model: whose cosines these are; None, or a model without a curve = spelling alone is compared, with every lesson.
    named: log-odds of the field by the header itself, by table, position and field: it is one observation, so of the
    two the stronger counts.
    """
    curve = CURVES.get(model or "")
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
    similarity = spelling if cosine is None else _COSINE_SHARE * cosine + (1 - _COSINE_SHARE) * spelling
    weight = combiner().unheard + curve.log_odds(similarity)
    return said(column, lesson, weight, f"'{lesson.header.strip()}' in {lesson.learned_in}, {similarity:.0%} alike,")


def _beyond(evidence: Evidence, named: Mapping[tuple[int, int, str], float]) -> Evidence:
    known = named.get((evidence.table_no, evidence.position, evidence.field), 0.0)
    return replace(evidence, weight=round(evidence.weight - max(known, 0.0), 2))
