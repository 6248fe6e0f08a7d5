"""The pattern store: what a tenant's corrections taught, by target and by meaning. Never reaches another tenant.

Keep out: what corrections add up to (domain/learning), what patterns say about a column (domain/mapping/recall),
computing embeddings (agents).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.learning.patterns import Pattern, fold
from discovery_pipeline.store.correction_rows import read
from discovery_pipeline.store.locks import lock_key
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.shared_rows import follow
from discovery_pipeline.store.tables import CorrectionRow, PatternRow, PatternVector

Vector = Sequence[float]

# Exact: with a tenant's policy the planner would let an index on the shared table return next to nothing; the "+ 0"
# keeps it from using one. The distance is named once, or it would be computed twice a row.
SIMILAR = text("""
SELECT asked.no, near.pattern_id, 1 - near.distance AS similarity
  FROM unnest(CAST(:vectors AS vector[])) WITH ORDINALITY AS asked(vector, no)
 CROSS JOIN LATERAL (
    SELECT pattern_id, (embedding <=> asked.vector) + 0 AS distance
      FROM pattern_vectors
     WHERE scope = :scope AND model = :model
     ORDER BY distance, pattern_id LIMIT :most) AS near
 WHERE 1 - near.distance >= :least
 ORDER BY asked.no, near.distance, near.pattern_id
""")


@dataclass(frozen=True)
class Similar:
    """A pattern near a vector. similarity: cosine, in [-1, 1]."""

    pattern_id: str
    similarity: float


def learn(session: Session, tenant: str, corrections: Sequence[Correction], also: Collection[str] = ()) -> None:
    """Fold all corrections of some targets anew: patterns grow stronger or weaker, new ones come, undone ones retire.

    corrections: every one of their targets, undoings included. also: targets of which every correction was deleted, so
    that nothing stays. The caller keeps other writers out.
    """
    current = {pattern.pattern_id: pattern for pattern in fold(corrections)}
    ever = {p.pattern_id: p for p in fold(c for c in corrections if c.what.action != "undone") if _told(p)}
    retired = [replace(p, is_current=False) for name, p in ever.items() if name not in current]
    keys = {correction.what.target_key for correction in corrections} | set(also)
    kept = current.keys() | {pattern.pattern_id for pattern in retired}
    session.execute(
        delete(PatternRow).where(PatternRow.target_key.in_(keys), PatternRow.pattern_id.not_in(kept)),
    )
    _save(session, [_row(tenant, p, "current" if p.is_current else "superseded") for p in current.values()])
    _save(session, [_row(tenant, pattern, "retired") for pattern in retired])
    for renewed in (OF_ANOTHER_TEXT, AMONG_THOSE_THAT_HOLD):
        session.execute(renewed, {"keys": list(keys)})
    follow(session, tenant, current.values())


def _told(pattern: Pattern) -> bool:
    """Whether a person said it in so many words: of what was undone, its denials are not worth keeping."""
    return pattern.polarity == 1


_OWN = tuple(f.name for f in fields(Pattern) if f.name != "is_current")
_KEY = ("tenant_id", "pattern_id")


def _row(tenant: str, pattern: Pattern, state: str) -> dict[str, Any]:
    return {"tenant_id": tenant, "state": state, **{name: getattr(pattern, name) for name in _OWN}}


# What is learned again keeps its vector, as long as its text is the same.
OF_ANOTHER_TEXT = text("""
DELETE FROM pattern_vectors v USING patterns p
 WHERE p.target_key = ANY(:keys) AND v.pattern_id = p.pattern_id AND v.text <> p.text
""")
_SCOPE = "CASE WHEN p.state = 'current' AND p.polarity = 1 THEN p.kind || '/' || coalesce(p.record, '') ELSE '' END"
AMONG_THOSE_THAT_HOLD = text(f"""
UPDATE pattern_vectors v SET scope = {_SCOPE} FROM patterns p
 WHERE p.target_key = ANY(:keys) AND v.pattern_id = p.pattern_id AND v.scope <> {_SCOPE}
""")


def _save(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    adding = insert(PatternRow)
    renewed: dict[str, Any] = {name: adding.excluded[name] for name in rows[0] if name not in _KEY}
    session.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=renewed), list(rows))


def current_patterns(database: Database, tenant: str, kinds: Collection[Kind] = ()) -> tuple[Pattern, ...]:
    """What holds now (of these kinds), positive and negative, ordered by id."""
    with database.tenant_session(tenant) as session:
        return standing_patterns(session, tenant, kinds)


def standing_patterns(session: Session, tenant: str, kinds: Collection[Kind] = ()) -> tuple[Pattern, ...]:
    """The same inside a transaction that does more."""
    _learn_what_is_missing(session, tenant)
    query = select(*(getattr(PatternRow, name) for name in _OWN)).where(PatternRow.state == "current")
    query = query.where(PatternRow.kind.in_(kinds)) if kinds else query
    rows = session.execute(query.order_by(PatternRow.pattern_id))
    return tuple(pattern_of(row._asdict(), is_current=True) for row in rows)


def pattern_of(row: Mapping[str, Any], *, is_current: bool) -> Pattern:
    """A pattern from the columns of its row, and maybe others."""
    known = {name: row[name] for name in _OWN}
    for name in ("corrections", "authors"):
        known[name] = tuple(known[name])
    return Pattern(**known, is_current=is_current)


def _learn_what_is_missing(session: Session, tenant: str) -> None:
    """Patterns follow from corrections: those that a migration brought along are folded when first asked for."""
    known = select(PatternRow.pattern_id).where(PatternRow.target_key == CorrectionRow.target_key)
    missing = select(CorrectionRow.target_key).where(CorrectionRow.target_key != "", ~known.exists()).distinct()
    keys = set(session.execute(missing).scalars())
    if keys:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("corrections", tenant)})
        learn(session, tenant, read(session, CorrectionRow.target_key.in_(keys)))


def without_embedding(database: Database, tenant: str, model: str) -> dict[str, str]:
    """pattern_id -> header of the current patterns that name a field and have no vector of this model yet.

    That a similar header carries no field proves nothing (benchmarks/mapping/pattern_calibration.py).
    """
    known = select(PatternVector.pattern_id).where(
        PatternVector.pattern_id == PatternRow.pattern_id, PatternVector.model == model
    )
    missing = select(PatternRow.pattern_id, PatternRow.text).where(
        PatternRow.state == "current", PatternRow.polarity == 1, PatternRow.text != "", PatternRow.kind == "mapping",
        PatternRow.said["field"].astext.is_not(None), ~known.exists(),
    )  # fmt: skip
    with database.tenant_session(tenant) as session:
        return {row.pattern_id: row.text for row in session.execute(missing.order_by(PatternRow.pattern_id))}


def save_embeddings(database: Database, tenant: str, model: str, vectors: dict[str, Vector]) -> None:
    """Store the vectors of patterns, by pattern_id, with the model that made them."""
    if not vectors:
        return
    with database.tenant_session(tenant) as session:
        given = {"ids": list(vectors), "vectors": _literal(list(vectors.values())), "model": model}
        session.execute(EMBED, given)


EMBED = text(f"""
INSERT INTO pattern_vectors (tenant_id, pattern_id, scope, model, text, embedding)
SELECT p.tenant_id, p.pattern_id, {_SCOPE}, :model, p.text, given.vector
  FROM patterns p
  JOIN unnest(CAST(:ids AS text[]), CAST(:vectors AS vector[])) AS given(pattern_id, vector) USING (pattern_id)
    ON CONFLICT (tenant_id, pattern_id) DO UPDATE
   SET scope = excluded.scope, model = excluded.model, text = excluded.text, embedding = excluded.embedding
""")


def find_similar(
    database: Database, tenant: str, model: str, record: str, vectors: Sequence[Vector], most: int,
    kind: Kind = "mapping", least: float = -1.0,
) -> list[list[Similar]]:  # fmt: skip
    """Per vector the nearest current patterns of a kind and record, nearest first, at most so many.

    Only vectors of this model are compared, and every one of the tenant's is: recall is 1. least: of similarity; what
    is near enough differs from model to model (domain/mapping/recall/likeness.py has the calibration).
    """
    found: list[list[Similar]] = [[] for _ in vectors]
    if not vectors:
        return found
    asked = {"vectors": _literal(vectors), "model": model, "scope": f"{kind}/{record}", "most": most, "least": least}
    with database.tenant_session(tenant) as session:
        for number, name, similarity in session.execute(SIMILAR, asked):
            found[number - 1].append(Similar(name, similarity))
    return found


def _literal(vectors: Iterable[Vector]) -> str:
    return "{" + ",".join('"[' + ",".join(map(str, vector)) + ']"' for vector in vectors) + "}"


def counts(database: Database, tenant: str) -> dict[tuple[str, str], int]:
    """How many patterns there are, by kind and state."""
    query = select(PatternRow.kind, PatternRow.state, func.count()).group_by(PatternRow.kind, PatternRow.state)
    with database.tenant_session(tenant) as session:
        return {(kind, state): number for kind, state, number in session.execute(query)}
