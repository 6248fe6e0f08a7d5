"""Lessons of other tenants, as recall takes them: about a header, where the tenant has none of its own about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from discovery_pipeline.domain.learning.sharing import SharedLesson
from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.mapping.recall.lessons import Lesson
from discovery_pipeline.domain.schema import RecordKind

# By the fewest tenants that say so: a judgement, below what one decision of the tenant's own is trusted (0.95), so that
# what others say is never accepted without a look by itself.
TRUST: Mapping[int, float] = {3: 0.9, 5: 0.92, 10: 0.94}


def shared_lessons_of(found: Mapping[SharedLesson, int], own: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """The lessons of others about headers of which the tenant's own say nothing.

    found: with at least how many tenants say so, a key of TRUST. own: the tenant's lessons, denials included.
    """
    known = {(lesson.record, lesson.place.header_key) for lesson in own}
    return tuple(
        _lesson(lesson, tenants)
        for lesson, tenants in sorted(found.items())
        if (lesson.record, lesson.header_key) not in known
    )


def apart(lessons: Iterable[Lesson]) -> tuple[Sequence[Lesson], Sequence[Lesson]]:
    """(the tenant's own lessons, those of others)."""
    lessons = tuple(lessons)
    return [x for x in lessons if x.corrections], [x for x in lessons if not x.corrections]


def _lesson(shared: SharedLesson, tenants: int) -> Lesson:
    return Lesson(
        pattern_id="", place=Place("", "", "", shared.header_key, 0), header=shared.header_key,
        record=cast("RecordKind", shared.record), product=shared.product or None, field=shared.field, unit=None,
        transform=None, is_denial=False, trust=TRUST[tenants], corrections=(), contradicted=0,
    )  # fmt: skip
