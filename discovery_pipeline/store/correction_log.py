"""The log of corrections for people: searched, counted and paged where it is kept, for it grows for years.

Keep out: what a correction says in words (services/learning), recording and undoing (corrections.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import TextClause, text

from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.store.correction_rows import FORGOTTEN, read
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import CorrectionRow

# undoing: takes another one back, which is what there is to say of it. superseded: a newer one about the same thing
# stands.
State = Literal["standing", "superseded", "undone", "undoing"]
STATES: tuple[State, ...] = ("standing", "superseded", "undone", "undoing")

_LOG = """
WITH undone AS (
    SELECT undoes AS number, max(number) AS by FROM corrections WHERE undoes IS NOT NULL GROUP BY undoes
), holds AS (
    SELECT max(c.number) AS number FROM corrections c LEFT JOIN undone u ON u.number = c.number
     WHERE u.number IS NULL AND c.action NOT IN ('undone', :forgotten)
     GROUP BY c.target_key
), log AS (
    SELECT c.number, c.kind, c.author, u.by,
           CASE WHEN c.undoes IS NOT NULL THEN 'undoing' WHEN u.number IS NOT NULL THEN 'undone'
                WHEN h.number IS NOT NULL THEN 'standing' ELSE 'superseded' END AS state,
           lower(concat_ws(' ', c.author, c.reason, c.target, c.said, c.context)) AS words
      FROM corrections c
      LEFT JOIN undone u ON u.number = c.number
      LEFT JOIN holds h ON h.number = c.number
     WHERE c.action <> :forgotten
), found AS (
    SELECT * FROM log
     WHERE (cardinality(CAST(:kinds AS text[])) = 0 OR kind = ANY(CAST(:kinds AS text[])))
       AND (cardinality(CAST(:authors AS text[])) = 0 OR author = ANY(CAST(:authors AS text[])))
       AND (cardinality(CAST(:states AS text[])) = 0 OR state = ANY(CAST(:states AS text[])))
       AND NOT EXISTS (SELECT FROM unnest(CAST(:words AS text[])) AS w(word) WHERE strpos(words, w.word) = 0)
)
"""


@dataclass(frozen=True)
class LogQuery:
    """What is looked for. text: words that all have to occur. kinds, authors, states: any of them; empty = all."""

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    authors: tuple[str, ...] = ()
    states: tuple[State, ...] = ()


@dataclass(frozen=True)
class Logged:
    """A correction with its state. undone_by: the number of what took it back."""

    correction: Correction
    state: State
    undone_by: int | None


def count_log(database: Database, tenant: str, query: LogQuery) -> int:
    """How many corrections match. Raises UsageError for an unknown tenant, Unreachable."""
    with database.tenant_session(tenant) as session:
        return int(session.execute(text(f"{_LOG} SELECT count(*) FROM found"), _parameters(query)).scalar_one())


def search_log(
    database: Database, tenant: str, query: LogQuery, offset: int = 0, limit: int = 25
) -> tuple[Logged, ...]:
    """A page of the corrections that match, the newest first. Raises UsageError for an unknown tenant, Unreachable."""
    page = text(f"{_LOG} SELECT number, state, by FROM found ORDER BY number DESC LIMIT :limit OFFSET :offset")
    return _read(database, tenant, page, {**_parameters(query), "limit": limit, "offset": offset})


def logged(database: Database, tenant: str, number: int) -> Logged | None:
    """One correction with its state; None where there is none of this number."""
    one = text(f"{_LOG} SELECT number, state, by FROM found WHERE number = :number")
    return next(iter(_read(database, tenant, one, {**_parameters(LogQuery()), "number": number})), None)


def log_authors(database: Database, tenant: str) -> dict[str, int]:
    """Who decided how often, the busiest first."""
    query = text(
        "SELECT author, count(*) FROM corrections WHERE action <> :forgotten GROUP BY author ORDER BY 2 DESC, 1"
    )
    with database.tenant_session(tenant) as session:
        return {author: int(count) for author, count in session.execute(query, {"forgotten": FORGOTTEN})}


def _read(database: Database, tenant: str, query: TextClause, parameters: Mapping[str, Any]) -> tuple[Logged, ...]:
    with database.tenant_session(tenant) as session:
        found = session.execute(query, parameters).all()
        known = {c.number: c for c in read(session, CorrectionRow.number.in_([row[0] for row in found]))}
    return tuple(Logged(known[number], state, by) for number, state, by in found)


def _parameters(query: LogQuery) -> dict[str, Any]:
    return {
        "forgotten": FORGOTTEN,
        "kinds": list(query.kinds),
        "authors": list(query.authors),
        "states": list(query.states),
        "words": query.text.lower().split(),
    }
