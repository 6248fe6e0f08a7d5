"""What runs said, found and were asked to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from discovery_pipeline.store.tables.base import Base


class InsightRow(Base):
    """What a phase or agent said on a run's blackboard: the columns of domain/insights/insight.Insight.

    number: 1, 2, ... per tenant. asset, version: what was being made when it was said. topic: of the content. readers:
    agents that may hear it; empty = all of them.
    """

    __tablename__ = "insights"
    __table_args__ = (
        Index("ix_insights_run_id", "tenant_id", "run_id"),
        Index("ix_insights_asset", "tenant_id", "asset", "version"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    run_id: Mapped[str]
    asset: Mapped[str]
    version: Mapped[str]
    author: Mapped[str]
    kind: Mapped[str]
    topic: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    readers: Mapped[list[str]]
    in_reply_to: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(Integer)
    confidence: Mapped[float | None]
    said_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RunHold(Base):
    """A run that somebody asked to stop at the next phase: the columns of store/run_holds.Hold."""

    __tablename__ = "run_holds"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    state: Mapped[str]
    job: Mapped[str]
    before: Mapped[str]
    remaining: Mapped[list[str]]
    paused_at: Mapped[datetime | None]


class QualityResult(Base):
    """What one check found in one run: the columns of store/quality.CheckResult.

    version: of the asset's frames that was judged; published: whether readers ever saw it. rows: of the frame that was
    judged. unexpected: cells that broke a rule. rules: what each found that failed or measures something.
    """

    __tablename__ = "quality_results"
    __table_args__ = (Index("ix_quality_results_asset", "tenant_id", "asset", "check", "made_at"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    asset: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str]
    version: Mapped[str]
    passed: Mapped[bool]
    blocking: Mapped[bool]
    published: Mapped[bool]
    rows: Mapped[int] = mapped_column(BigInteger)
    unexpected: Mapped[int] = mapped_column(BigInteger)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MappingOutcome(Base):
    """How many columns a run mapped and how sure it was: the columns of store/mapping_outcomes.Outcome."""

    __tablename__ = "mapping_outcomes"
    __table_args__ = (Index("ix_mapping_outcomes_made_at", "tenant_id", "made_at"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    accepted: Mapped[int] = mapped_column(Integer)
    review: Mapped[int] = mapped_column(Integer)
    unmapped: Mapped[int] = mapped_column(Integer)
    recalled: Mapped[int] = mapped_column(Integer)
    confidence: Mapped[float | None]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
