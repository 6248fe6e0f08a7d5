"""How agents asked in a tenant's runs, and what was seen of each model then. Keep out: what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.dialects.postgresql import insert

from discovery_pipeline.domain.calls import NOT_MADE, CallOutcome
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall, ModelOpinion, ModelPlan

_SILENT: tuple[CallOutcome, ...] = ("timed_out", "broken", "refused", "unreachable")
_UNUSABLE: tuple[CallOutcome, ...] = ("malformed", "declined", "cut_short")
_USED: tuple[CallOutcome, ...] = ("answered", "rejected")
_CROWDED = "HTTP 429"


@dataclass(frozen=True)
class PlanRow:
    """The columns of ModelPlan. run_id, made_at: of the run that asked so."""

    run_id: str
    agent: str
    endpoints: tuple[str, ...]
    together: int | None
    concurrency: int | None
    use_kept: bool
    reason: str
    made_at: datetime | None = None


@dataclass(frozen=True)
class SeenCalls:
    """Calls of one agent to one model of one provider. failed: without an answer; unusable: with one that could not be
    read; crowded: refused for being too many. latency_ms: median of calls that were answered. usd_per_item: of those
    whose cost is known; None = of none."""

    agent: str
    provider: str
    model: str
    calls: int
    failed: int
    unusable: int
    crowded: int
    latency_ms: float | None
    usd_per_item: float | None


@dataclass(frozen=True)
class SeenOpinions:
    """What one agent's answers of one model were worth. runs: in which it answered."""

    agent: str
    model: str
    runs: int
    controls: int
    right: int
    changed: int


def add_plan(database: Database, tenant: str, plan: PlanRow) -> None:
    """Keep how an agent asks in a run; the first plan of a run stays. Raises Unreachable, UsageError."""
    row = {
        "tenant_id": tenant, "run_id": plan.run_id, "agent": plan.agent, "endpoints": list(plan.endpoints),
        "together": plan.together, "concurrency": plan.concurrency, "use_kept": plan.use_kept, "reason": plan.reason,
    }  # fmt: skip
    with database.tenant_session(tenant) as session:
        session.execute(insert(ModelPlan).values(row).on_conflict_do_nothing())


def last_plan(database: Database, tenant: str, agent: str) -> PlanRow | None:
    """How the agent asked last; None before it did."""
    query = select(ModelPlan).where(ModelPlan.agent == agent).order_by(ModelPlan.made_at.desc()).limit(1)
    with database.tenant_session(tenant) as session:
        row = session.execute(query).scalar_one_or_none()
    return _plan(row) if row else None


def last_asked_anew(database: Database, tenant: str, agent: str) -> datetime | None:
    """When the agent last asked without kept answers; None where it never did."""
    query = select(func.max(ModelPlan.made_at)).where(ModelPlan.agent == agent, ModelPlan.use_kept.is_(False))
    with database.tenant_session(tenant) as session:
        return session.execute(query).scalar_one()


def plans_of_run(database: Database, tenant: str, run_id: str) -> list[PlanRow]:
    """How each agent asked in a run, by name."""
    query = select(ModelPlan).where(ModelPlan.run_id == run_id).order_by(ModelPlan.agent)
    with database.tenant_session(tenant) as session:
        return [_plan(row) for row in session.execute(query).scalars()]


def seen_calls(database: Database, tenant: str, since: datetime) -> list[SeenCalls]:
    """Calls that were made from then on."""
    cost = func.sum(ModelCall.cost_usd).filter(_among(_USED))
    items = func.sum(ModelCall.items).filter(_among(_USED), ModelCall.cost_usd.is_not(None))
    query = (
        select(
            ModelCall.agent,
            ModelCall.provider,
            ModelCall.model,
            func.count(),
            _count(_among(_SILENT)),
            _count(_among(_UNUSABLE)),
            _count(ModelCall.detail == _CROWDED),
            func.percentile_cont(0.5).within_group(ModelCall.latency_ms).filter(_among(_USED)),
            cost / func.nullif(items, 0),
        )
        .where(ModelCall.asked_at >= since, ~_among(tuple(NOT_MADE)))
        .group_by(ModelCall.agent, ModelCall.provider, ModelCall.model)
    )
    with database.tenant_session(tenant) as session:
        return [SeenCalls(*row) for row in session.execute(query)]


def seen_opinions(database: Database, tenant: str, since: datetime) -> list[SeenOpinions]:
    """What answers were worth from then on."""
    sums = (func.sum(column) for column in (ModelOpinion.controls, ModelOpinion.right_controls, ModelOpinion.changed))
    query = (
        select(ModelOpinion.agent, ModelOpinion.model, func.count(), *sums)
        .where(ModelOpinion.made_at >= since)
        .group_by(ModelOpinion.agent, ModelOpinion.model)
    )
    with database.tenant_session(tenant) as session:
        return [SeenOpinions(agent, model, *map(int, counts)) for agent, model, *counts in session.execute(query)]


def runs_asked(database: Database, tenant: str) -> dict[str, int]:
    """In how many runs each agent planned its questions."""
    query = select(ModelPlan.agent, func.count()).group_by(ModelPlan.agent)
    with database.tenant_session(tenant) as session:
        return {agent: int(count) for agent, count in session.execute(query)}


def _among(outcomes: Sequence[CallOutcome]) -> ColumnElement[bool]:
    return ModelCall.outcome.in_(outcomes)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _plan(row: ModelPlan) -> PlanRow:
    return PlanRow(
        row.run_id,
        row.agent,
        tuple(row.endpoints),
        row.together,
        row.concurrency,
        row.use_kept,
        row.reason,
        row.made_at,
    )
