"""The pattern store: what a tenant's corrections taught, by place and by meaning. Never reaches another tenant.

Keep out: what a pattern says about a column (domain/mapping/patterns.py), computing embeddings (agents).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.domain.mapping.patterns import Pattern
from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import LearnedPattern

Vector = list[float]

# Exact: with a tenant's policy the planner would let an index on the shared table return next to nothing; the "+ 0"
# keeps it from using one.
NEIGHBOURS = text("""
SELECT asked.no, near.pattern_id, near.similarity
  FROM unnest(CAST(:vectors AS vector[])) WITH ORDINALITY AS asked(vector, no)
 CROSS JOIN LATERAL (
    SELECT pattern_id, 1 - (embedding <=> asked.vector) AS similarity
      FROM patterns
     WHERE is_current AND field IS NOT NULL AND model = :model AND record = :record
     ORDER BY (embedding <=> asked.vector) + 0, pattern_id LIMIT :most) AS near
 ORDER BY asked.no, near.similarity DESC, near.pattern_id
""")


@dataclass(frozen=True)
class Lesson:
    """What one correction says: the column at this place is this field, or none (field None). number: its own."""

    place: Place
    header: str
    record: RecordKind
    product: str | None
    field: str | None
    unit: str | None
    transform: str | None
    number: int


def pattern_id(place: Place, field: str | None) -> str:
    """The id of a lesson, from its content: learned twice, it is the same pattern."""
    told = json.dumps(["mapping", place.source, place.series, place.table, place.header_key, place.occurrence, field])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def learn(session: Session, tenant: str, lessons: Sequence[Lesson]) -> None:
    """Strengthen what was said before, add what is new; the newest lesson of a place is its current one.

    lessons: in the order of their numbers. The caller keeps other writers out.
    """
    at_place = _patterns_at(session, {lesson.place for lesson in lessons})
    for lesson in lessons:
        known = at_place.setdefault(lesson.place, {})
        own = pattern_id(lesson.place, lesson.field)
        before = known.get(own)
        known[own] = {
            **_content(tenant, own, lesson),
            "supported": (before["supported"] if before else 0) + 1,
            "corrections": [*(before["corrections"] if before else ()), lesson.number],
        }
        total = sum(pattern["supported"] for pattern in known.values())
        for name, pattern in known.items():
            pattern |= {"is_current": name == own, "contradicted": total - pattern["supported"]}
    _save(session, [pattern for known in at_place.values() for pattern in known.values()])


def _content(tenant: str, own: str, lesson: Lesson) -> dict[str, Any]:
    place = lesson.place
    return {
        "tenant_id": tenant, "pattern_id": own, "kind": "mapping", "source": place.source, "series": place.series,
        "table": place.table, "header": lesson.header, "header_key": place.header_key, "occurrence": place.occurrence,
        "record": lesson.record, "product": lesson.product, "field": lesson.field, "unit": lesson.unit,
        "transform": lesson.transform,
    }  # fmt: skip


def _patterns_at(session: Session, places: Iterable[Place]) -> dict[Place, dict[str, dict[str, Any]]]:
    tables = {(place.source, place.series, place.table) for place in places}
    place_columns = tuple_(LearnedPattern.source, LearnedPattern.series, LearnedPattern.table)
    known: dict[Place, dict[str, dict[str, Any]]] = {}
    for row in session.execute(select(LearnedPattern).where(place_columns.in_(sorted(tables)))).scalars():
        columns = {c.name: getattr(row, c.name) for c in LearnedPattern.__table__.columns if c.name not in _LEFT_ALONE}
        known.setdefault(_place(row), {})[row.pattern_id] = columns
    return known


# A lesson learned again keeps its vector and its date.
_LEFT_ALONE = frozenset({"model", "embedding", "learned_at"})
_KEY = ("tenant_id", "pattern_id")


def _save(session: Session, patterns: Sequence[dict[str, Any]]) -> None:
    if patterns:
        adding = insert(LearnedPattern)
        renewed = {name: adding.excluded[name] for name in patterns[0] if name not in _KEY}
        session.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=renewed), list(patterns))


def current_patterns(database: Database, tenant: str) -> tuple[Pattern, ...]:
    """The newest lesson of every place, ordered by id."""
    current = select(LearnedPattern).where(LearnedPattern.is_current).order_by(LearnedPattern.pattern_id)
    with database.tenant_session(tenant) as session:
        return tuple(_pattern(row) for row in session.execute(current).scalars())


def _pattern(row: LearnedPattern) -> Pattern:
    return Pattern(
        pattern_id=row.pattern_id, place=_place(row), header=row.header, record=row.record,  # type: ignore[arg-type]
        product=row.product, field=row.field, unit=row.unit, transform=row.transform,  # type: ignore[arg-type]
        supported=row.supported, contradicted=row.contradicted, corrections=tuple(row.corrections),
    )  # fmt: skip


def _place(row: LearnedPattern) -> Place:
    return Place(row.source, row.series, row.table, row.header_key, row.occurrence)


def without_embedding(database: Database, tenant: str, model: str) -> dict[str, str]:
    """pattern_id -> header of the current patterns that have no vector of this model yet."""
    missing = select(LearnedPattern.pattern_id, LearnedPattern.header).where(
        LearnedPattern.is_current, LearnedPattern.model.is_distinct_from(model)
    )
    with database.tenant_session(tenant) as session:
        return {row.pattern_id: row.header for row in session.execute(missing.order_by(LearnedPattern.pattern_id))}


def save_embeddings(database: Database, tenant: str, model: str, vectors: dict[str, Vector]) -> None:
    """Store the vectors of patterns, by pattern_id, with the model that made them."""
    with database.tenant_session(tenant) as session:
        for name, vector in sorted(vectors.items()):
            here = (LearnedPattern.tenant_id == tenant, LearnedPattern.pattern_id == name)
            session.execute(update(LearnedPattern).where(*here).values(model=model, embedding=vector))


def neighbours(
    database: Database, tenant: str, model: str, record: RecordKind, vectors: Sequence[Vector], most: int
) -> list[list[tuple[str, float]]]:
    """Per vector the nearest current patterns that name a field: (pattern_id, cosine similarity), nearest first.

    Only vectors of this model are compared; every one of the tenant's is (17 ms at 10,000).
    """
    found: list[list[tuple[str, float]]] = [[] for _ in vectors]
    if not vectors:
        return found
    asked = "{" + ",".join('"[' + ",".join(map(str, vector)) + ']"' for vector in vectors) + "}"
    with database.tenant_session(tenant) as session:
        near = session.execute(NEIGHBOURS, {"vectors": asked, "model": model, "record": record, "most": most})
        for number, name, similarity in near:
            found[number - 1].append((name, similarity))
    return found
