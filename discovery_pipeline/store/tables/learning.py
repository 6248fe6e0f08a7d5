"""What people decided and what was learned from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pgvector.sqlalchemy import Vector
from sqlalchemy import ARRAY, BigInteger, ForeignKey, ForeignKeyConstraint, Index, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from discovery_pipeline.store.tables.base import Base

# all-MiniLM-L6-v2's; OpenAI's models give as many when asked for `dimensions`.
EMBEDDING_DIMENSIONS = 384


class CorrectionRow(Base):
    """What a person decided, as it was decided: rows are added, never changed (the application role may not update).

    number: 1, 2, ... per tenant. The rest as in domain/learning/corrections.py. A row of action "forgotten" stands for
    corrections that were deleted: who deleted how many of which kinds, and nothing of what they said.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_target_key", "tenant_id", "target_key"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    action: Mapped[str]
    target_key: Mapped[str]
    target: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    was: Mapped[dict[str, Any]] = mapped_column(JSONB)
    context: Mapped[dict[str, Any]] = mapped_column(JSONB)
    author: Mapped[str]
    reason: Mapped[str]
    overrules: Mapped[int | None] = mapped_column(BigInteger)
    undoes: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PatternRow(Base):
    """What standing corrections taught: the columns of domain/learning/patterns.Pattern.

    state: current, superseded (another decision about its target holds), retired (its corrections were undone).
    """

    __tablename__ = "patterns"
    __table_args__ = (Index("ix_patterns_target_key", "tenant_id", "target_key"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    pattern_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target_key: Mapped[str]
    target: Mapped[dict[str, Any]] = mapped_column(JSONB)
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    polarity: Mapped[int] = mapped_column(Integer)
    source: Mapped[str | None]
    record: Mapped[str | None]
    product: Mapped[str | None]
    text: Mapped[str]
    corrections: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    authors: Mapped[list[str]]
    contradicted: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    learned_at: Mapped[datetime]
    strengthened_at: Mapped[datetime]


class PatternVector(Base):
    """A pattern's place among vectors, apart from the pattern: a search walks every row of a tenant.

    scope: kind and record of a pattern that holds ("mapping/asset"), empty for one that does not, so that it is found
    again with its vector when it does. embedding: of `text` by `model`.
    """

    __tablename__ = "pattern_vectors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "pattern_id"],
            ["patterns.tenant_id", "patterns.pattern_id"],
            name="fk_pattern_vectors_pattern_id",
            ondelete="CASCADE",
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    pattern_id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str]
    model: Mapped[str]
    text: Mapped[str]
    embedding: Mapped[Any] = mapped_column(Vector(EMBEDDING_DIMENSIONS))


class CorrectedTable(Base):
    """A table of which a column was corrected, as it was then, so that it is known again under another name. No cell.

    table_id: hash of its content; corrections name it in their context. columns: per column its header, what its cells
    look like and what it was taken for, in the table's order (domain/mapping/recall/layouts).
    """

    __tablename__ = "corrected_tables"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    table_id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    series: Mapped[str]
    table: Mapped[str]
    record: Mapped[str]
    product: Mapped[str | None]
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class SharedLessonRow(Base):
    """What a tenant shares with others, once it agreed to: the columns of domain/learning/sharing.SharedLesson."""

    __tablename__ = "shared_lessons"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    header_key: Mapped[str] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
