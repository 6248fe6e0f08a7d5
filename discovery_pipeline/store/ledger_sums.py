"""Sums over a tenant's whole ledger, made where it is kept: one of years has more lines than a page can wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, cast, func, select

from discovery_pipeline.domain.calls import NOT_MADE, CallOutcome
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall


@dataclass(frozen=True)
class DailyCost:
    """Calls made on one day (UTC) and what they cost, as far as it is known. unpriced: calls of which it is not."""

    day: date
    calls: int
    usd: float
    unpriced: int


_USED: tuple[CallOutcome, ...] = ("answered", "rejected", "kept")


def last_asked(database: Database, tenant: str, most: int) -> dict[str, datetime]:
    """When each run asked last, of so many runs the newest. Raises UsageError for an unknown tenant, Unreachable."""
    last = func.max(ModelCall.asked_at)
    query = (
        select(ModelCall.run_id, last)
        .where(ModelCall.tenant_id == tenant)
        .group_by(ModelCall.run_id)
        .order_by(last.desc(), ModelCall.run_id.desc())
        .limit(most)
    )
    with database.tenant_session(tenant) as session:
        return dict(session.execute(query).all())


def costs(database: Database, tenant: str) -> dict[tuple[str, str], float]:
    """US dollars by agent and model, as far as they are known. Raises UsageError for an unknown tenant, Unreachable."""
    query = (
        select(ModelCall.agent, ModelCall.model, func.sum(ModelCall.cost_usd))
        .where(ModelCall.tenant_id == tenant)
        .group_by(ModelCall.agent, ModelCall.model)
    )
    with database.tenant_session(tenant) as session:
        return {(agent, model): float(usd or 0.0) for agent, model, usd in session.execute(query)}


def daily_costs(database: Database, tenant: str, most: int) -> list[DailyCost]:
    """The newest days with calls, oldest first. Raises UsageError for an unknown tenant, Unreachable."""
    day = cast(func.timezone("UTC", ModelCall.asked_at), Date)
    made = ModelCall.outcome.not_in(sorted(NOT_MADE))
    usd, unpriced = func.sum(ModelCall.cost_usd), func.count().filter(ModelCall.cost_usd.is_(None))
    query = (
        select(day, func.count(), usd, unpriced)
        .where(ModelCall.tenant_id == tenant, made)
        .group_by(day)
        .order_by(day.desc())
        .limit(most)
    )
    with database.tenant_session(tenant) as session:
        rows = session.execute(query).all()
    return [DailyCost(on, calls, usd or 0.0, unpriced) for on, calls, usd, unpriced in rows][::-1]


def answered_last(database: Database, tenant: str) -> set[tuple[str, str]]:
    """(model, prompt) of the answers that the newest run used, kept ones too; none where no run used any.

    Raises UsageError for an unknown tenant, Unreachable.
    """
    used = ModelCall.tenant_id == tenant, ModelCall.outcome.in_(_USED), ModelCall.prompt != ""
    newest = select(ModelCall.run_id).where(*used).order_by(ModelCall.asked_at.desc()).limit(1).scalar_subquery()
    query = select(ModelCall.model, ModelCall.prompt).where(*used, ModelCall.run_id == newest).distinct()
    with database.tenant_session(tenant) as session:
        return {(model, prompt) for model, prompt in session.execute(query)}
