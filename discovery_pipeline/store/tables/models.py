"""Calls of language models: what was asked, spent and forecast, and what the answers were worth."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from discovery_pipeline.store.tables.base import Base


class ModelCall(Base):
    """The ledger: one row per call of a language model, whatever became of it. No prompt, no answer, no cell.

    The columns of domain/calls.Call. question: hash of what was asked. cost_usd: null while no price is known.
    reserved_usd: what was set aside for the call. Rows of outcome kept and over_budget stand for calls not made.
    """

    __tablename__ = "model_calls"
    __table_args__ = (Index("ix_model_calls_run_id", "tenant_id", "run_id"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    call_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    agent: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    prompt: Mapped[str]
    question: Mapped[str]
    items: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[str]
    asked_at: Mapped[datetime]
    latency_ms: Mapped[float]
    prompt_tokens: Mapped[int | None] = mapped_column(Integer)
    completion_tokens: Mapped[int | None] = mapped_column(Integer)
    reserved_usd: Mapped[float | None]
    cost_usd: Mapped[float | None]
    outcome: Mapped[str]
    detail: Mapped[str]


class ModelBudget(Base):
    """What has been called and spent, counted per scope: a run, a day (UTC), the tenant's whole life.

    scope: run, day, tenant. key: the run's id, the day as 2026-01-31, empty. micro_usd: millionths of a US dollar,
    what is only reserved included, so that sums are exact.
    """

    __tablename__ = "model_budgets"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    micro_usd: Mapped[int] = mapped_column(BigInteger)


class ModelReservation(Base):
    """A call under way, counted in the budgets already. micro_usd: the most it may cost; null = no price is known."""

    __tablename__ = "model_reservations"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    call_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    reserved_at: Mapped[datetime]
    micro_usd: Mapped[int | None] = mapped_column(BigInteger)


class KeptModelAnswer(Base):
    """An answer that was believed, so that the same question is not paid for again.

    question: hash of everything that decides the answer. text: the answer, choices among what was offered. tokens:
    what it cost once.
    """

    __tablename__ = "kept_answers"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    prompt: Mapped[str]
    prompt_tokens: Mapped[int | None] = mapped_column(Integer)
    completion_tokens: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelForecast(Base):
    """What a run was expected to call and cost before it began; the ledger holds what it did.

    calls and tokens: expected values. usd: null while no price is known. basis: what the forecast rests on. agents:
    the same per agent.
    """

    __tablename__ = "model_forecasts"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[float]
    tokens: Mapped[float]
    usd: Mapped[float | None]
    basis: Mapped[str]
    agents: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelOpinion(Base):
    """What a model's answers were worth in one run: how many things it was asked about, how many of those were known,
    how many of the known it got right, how many values of the result it changed."""

    __tablename__ = "model_opinions"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    doubts: Mapped[int] = mapped_column(Integer)
    controls: Mapped[int] = mapped_column(Integer)
    right_controls: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelChange(Base):
    """A change of a result that a model caused, when it was first made: the columns of domain/opinions/advice.ADVISED.

    change: hash of agent, subject, field and after. run_id: of the first run in which it was made.
    """

    __tablename__ = "model_changes"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    change: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    agent: Mapped[str]
    subject: Mapped[str]
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    model: Mapped[str]
    confidence: Mapped[float]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelPlan(Base):
    """How an agent asked in a run: the columns of agents/ports.Plan."""

    __tablename__ = "model_plans"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)
    endpoints: Mapped[list[str]]
    together: Mapped[int | None] = mapped_column(Integer)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    use_kept: Mapped[bool]
    reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
