"""What was learned, for people: patterns a page at a time, what forgetting would delete, what is shared.

Keep out: learning itself (patterns.py), deleting (corrections.py), how far a pattern is trusted (services/learning).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.store.correction_rows import FORGOTTEN, read
from discovery_pipeline.store.patterns import pattern_of
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import CorrectionRow, PatternRow, SharedLessonRow

# superseded: another decision about its target holds. retired: its corrections were undone.
PatternState = Literal["current", "superseded", "retired"]


@dataclass(frozen=True)
class LearnedQuery:
    """What is looked for. text: words that all have to occur. kinds: any of them; empty = all. state: None = any."""

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    state: PatternState | None = "current"


@dataclass(frozen=True)
class LearnedPattern:
    """A pattern with the newest correction that taught it, which tells it in words."""

    pattern: Pattern
    state: PatternState
    taught_by: Correction


@dataclass(frozen=True)
class Forgetting:
    """What forgetting some corrections would delete. by_kind: corrections; undoings: of these. gone: patterns that
    nothing else taught; weaker: patterns that others taught too."""

    by_kind: Mapping[Kind, int]
    undoings: int
    gone: int
    weaker: int


def count_learned(database: Database, tenant: str, query: LearnedQuery) -> int:
    """How many patterns match. Raises UsageError for an unknown tenant, Unreachable."""
    with database.tenant_session(tenant) as session:
        return int(session.execute(select(func.count()).where(*_matching(query))).scalar_one())


def search_learned(
    database: Database, tenant: str, query: LearnedQuery, offset: int = 0, limit: int = 25
) -> tuple[LearnedPattern, ...]:
    """A page of the patterns that match, the last strengthened first. Raises UsageError, Unreachable."""
    page = select(PatternRow).where(*_matching(query)).offset(offset).limit(limit)
    with database.tenant_session(tenant) as session:
        rows = session.execute(page.order_by(PatternRow.strengthened_at.desc(), PatternRow.pattern_id)).scalars().all()
        newest = {row.corrections[-1] for row in rows}
        taught = {c.number: c for c in read(session, CorrectionRow.number.in_(newest))}
    return tuple(
        LearnedPattern(pattern_of(vars(row), is_current=row.state == "current"), cast("PatternState", row.state), by)
        for row in rows
        if (by := taught.get(row.corrections[-1]))
    )


def would_forget(database: Database, tenant: str, numbers: Collection[int]) -> Forgetting:
    """What forgetting these corrections would delete; nothing is changed. Raises UsageError, Unreachable."""
    chosen = list(numbers)
    given = sql_cast(chosen, ARRAY(BIGINT))
    kinds = select(CorrectionRow.kind, func.count()).where(
        CorrectionRow.number.in_(chosen), CorrectionRow.action.not_in(("undone", FORGOTTEN))
    )
    touched = PatternRow.corrections.bool_op("&&")(given)
    wholly = PatternRow.corrections.bool_op("<@")(given)
    patterns = select(func.count().filter(wholly), func.count().filter(~wholly)).where(touched)
    with database.tenant_session(tenant) as session:
        by_kind = {cast("Kind", kind): int(n) for kind, n in session.execute(kinds.group_by(CorrectionRow.kind))}
        undoings = session.execute(select(func.count()).where(CorrectionRow.undoes.in_(chosen))).scalar_one()
        gone, weaker = session.execute(patterns).one()
    return Forgetting(by_kind, int(undoings), int(gone), int(weaker))


def count_shared(database: Database, tenant: str) -> int:
    """How many header meanings the tenant shares; 0 where it does not. Raises UsageError, Unreachable."""
    with database.tenant_session(tenant) as session:
        return int(session.execute(select(func.count()).select_from(SharedLessonRow)).scalar_one())


def _matching(query: LearnedQuery) -> list[ColumnElement[bool]]:
    """Denials of columns are told with the decision that made them, so only what is so is listed."""
    found: list[Any] = [PatternRow.polarity == 1]
    if query.state is not None:
        found.append(PatternRow.state == query.state)
    if query.kinds:
        found.append(PatternRow.kind.in_(query.kinds))
    for word in query.text.lower().split():
        places = (PatternRow.text, func.concat(PatternRow.target), func.concat(PatternRow.said))
        authors = func.array_to_string(PatternRow.authors, " ")
        found.append(or_(*(func.strpos(func.lower(place), word) > 0 for place in (*places, authors))))
    return found
