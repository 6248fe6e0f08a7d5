"""The mapping lessons of a tenant, with how far each is trusted today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, lesson_of
from discovery_pipeline.domain.mapping.recall.shared import shared_lessons_of
from discovery_pipeline.services.learning.trust import trust_of
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sharing import shared_lessons
from discovery_pipeline.store.sources import files_state


def mapping_lessons(database: Database, tenant: str) -> tuple[Lesson, ...]:
    """What standing corrections taught about columns, by pattern; then what others share, to a tenant that shares too.

    Raises UsageError (no such tenant).
    """
    patterns = current_patterns(database, tenant, ["mapping"])
    today = newest_snapshot(database, tenant) if patterns else None
    own = lessons_of(patterns, today)
    return (*own, *shared_lessons_of(shared_lessons(database, tenant), own))


def lessons_of(patterns: Iterable[Pattern], today: datetime | None) -> tuple[Lesson, ...]:
    """What mapping patterns say, with how far each is trusted on that day."""
    return tuple(lesson_of(pattern, trust_of(pattern, today)) for pattern in patterns)


def newest_snapshot(database: Database, tenant: str) -> datetime | None:
    """The date of the newest files that count, UTC without zone: what age is measured against; None without files.

    The clock is not asked, so that the same files and corrections always give the same result.
    """
    return max((file.as_of for file in files_state(database, tenant).files), default=None)
