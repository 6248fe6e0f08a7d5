"""What people taught a tenant's runs, in words, with how far each is trusted; what forgetting it would take away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.services.learning.deciding.words import about, in_words
from discovery_pipeline.services.learning.lessons import newest_snapshot
from discovery_pipeline.services.learning.trust import trust_of
from discovery_pipeline.services.tenant_settings import tenant_setting
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.learned import (
    Forgetting,
    LearnedPattern,
    LearnedQuery,
    PatternState,
    count_shared,
    search_learned,
    would_forget,
)
from discovery_pipeline.store.shared_rows import ON, SHARE_LEARNING
from discovery_pipeline.store.sharing import shared_lessons


@dataclass(frozen=True)
class Taught:
    """A pattern for people. about, says: in words. trust: how likely it still holds, in (0, 1). contradicted: how many
    said otherwise."""

    pattern_id: str
    kind: Kind
    about: str
    says: str
    authors: tuple[str, ...]
    corrections: tuple[int, ...]
    contradicted: int
    trust: float
    state: PatternState
    learned_at: datetime
    strengthened_at: datetime


@dataclass(frozen=True)
class Sharing:
    """on: whether the tenant shares. gives: header meanings that it shares; gets: those that others share with it."""

    on: bool
    gives: int
    gets: tuple[tuple[str, str, int], ...]


def taught_page(workspace: Workspace, tenant: str, query: LearnedQuery, offset: int, limit: int) -> tuple[Taught, ...]:
    """Some of what was learned and matches, the last strengthened first. Raises UsageError, Unreachable."""
    today = newest_snapshot(workspace.database, tenant)
    return tuple(_taught(each, today) for each in search_learned(workspace.database, tenant, query, offset, limit))


def forgetting(workspace: Workspace, tenant: str, numbers: Collection[int]) -> Forgetting:
    """What forgetting these corrections would delete. Raises UsageError where none of them is there, Unreachable."""
    found = would_forget(workspace.database, tenant, numbers)
    if not found.by_kind:
        listed = ", ".join(map(str, sorted(numbers)))
        raise UsageError(f"there is no correction {listed} to forget", advice="it may be forgotten already")
    return found


def forgetting_in_words(found: Forgetting) -> str:
    """What goes, as it stands after "this deletes"."""
    decisions = sum(found.by_kind.values())
    parts = [f"{decisions:,} {'decision' if decisions == 1 else 'decisions'} ({', '.join(sorted(found.by_kind))})"]
    if found.undoings:
        parts.append(f"{found.undoings:,} that took one of them back")
    if found.gone:
        parts.append(f"{found.gone:,} learned {'thing' if found.gone == 1 else 'things'} that nothing else taught")
    text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    weaker = f"; {found.weaker:,} learned from others too become weaker" if found.weaker else ""
    return text + weaker


def sharing(workspace: Workspace, tenant: str) -> Sharing:
    """What the tenant shares and is given: header, field, by at least how many tenants. Raises UsageError."""
    database = workspace.database
    is_on = tenant_setting(database, tenant, SHARE_LEARNING) == ON
    gets = shared_lessons(database, tenant) if is_on else {}
    told = sorted((lesson.header_key, lesson.field, count) for lesson, count in gets.items())
    return Sharing(is_on, count_shared(database, tenant), tuple(told))


def _taught(found: LearnedPattern, today: datetime | None) -> Taught:
    pattern, what = found.pattern, found.taught_by.what
    return Taught(
        pattern.pattern_id, pattern.kind, about(what), in_words(what, pattern.said),
        tuple(dict.fromkeys(pattern.authors)), pattern.corrections, pattern.contradicted,
        trust_of(pattern, today), found.state, pattern.learned_at, pattern.strengthened_at,
    )  # fmt: skip
