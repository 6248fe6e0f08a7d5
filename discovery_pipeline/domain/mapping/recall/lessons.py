"""A mapping that was taught, as recall reads it: which column it was, what it carries, how far that is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import Transform
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.places import Place, place_of
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD


@dataclass(frozen=True)
class Lesson:
    """The column at this place carries this field, or none (field None); is_denial: it does not carry it.

    record, product: of its table. trust: how likely it still holds, in (0, 1). corrections: the numbers of those that
    said so. contradicted: how often others said otherwise of this place.
    """

    pattern_id: str
    place: Place
    header: str
    record: RecordKind
    product: str | None
    field: str | None
    unit: str | None
    transform: Transform | None
    is_denial: bool
    trust: float
    corrections: tuple[int, ...]
    contradicted: int

    @property
    def told_by(self) -> str:
        if not self.corrections:
            return "tenants that share what they learn"
        return f"correction{'s' if len(self.corrections) > 1 else ''} {', '.join(map(str, self.corrections))}"

    @property
    def share(self) -> float:
        """What of a lesson's weight its trust leaves: nothing of what is as likely wrong as right."""
        return max(2.0 * self.trust - 1.0, 0.0)

    @property
    def learned_in(self) -> str:
        return self.place.series or "their exports"

    @property
    def means(self) -> str:
        """What it says of the column, in words."""
        return f"{'not ' if self.is_denial else ''}{self.field or 'none of the fields'}"


@dataclass(frozen=True)
class SeenColumn:
    """A column of the run. place: the same in every delivery of its table. product: the tool that wrote it or None."""

    table_no: int
    position: int
    header: str
    record: RecordKind
    place: Place
    product: str | None = None


def lesson_of(pattern: Pattern, trust: float) -> Lesson:
    """The lesson of a mapping pattern."""
    said, target = pattern.said, pattern.target
    return Lesson(
        pattern.pattern_id, place_of(target), pattern.text,
        pattern.record, pattern.product, said.get("field"), said.get("unit"), said.get("transform"),  # type: ignore[arg-type]
        pattern.polarity < 0, trust, pattern.corrections, pattern.contradicted,
    )  # fmt: skip


def may_speak(lesson: Lesson, column: SeenColumn) -> bool:
    """Whether a lesson can be evidence about a column: tables change their kind, the schema its fields. Of columns with
    one header in one table, each is another."""
    return is_possible(lesson, column) and not lesson.place.is_twin_of(column.place)


def is_close(lesson: Lesson, column: SeenColumn) -> bool:
    """Whether a lesson was learned in a file of the same feed or the same tool: there words mean the same."""
    return lesson.place.source == column.place.source or (
        lesson.product is not None and lesson.product == column.product
    )


def is_possible(lesson: Lesson, column: SeenColumn) -> bool:
    """Whether records of the column's kind have the lesson's field at all."""
    return lesson.field is None or lesson.field in fields(column.record)


def beside_none(field: str | None) -> float:
    """What 'none of the fields' scores by itself: a field has to make up for it."""
    return combiner().unheard if field else 0.0


def said(column: SeenColumn, lesson: Lesson, weight: float, what: str) -> Evidence:
    """weight: log-odds as `combine` adds them, so that a field without other evidence is as likely as calibrated."""
    why = f"{lesson.told_by}: {what} means {lesson.means}"
    return Evidence(column.table_no, column.position, lesson.field or NO_FIELD, "pattern", round(weight, 2), why)


def strongest(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """One reason a field, for and against: several lessons that say the same are no independent observations."""
    ordered = sorted(evidence, key=lambda e: (abs(e.weight), e.why))
    yield from {(e.field, e.weight > 0): e for e in ordered}.values()
