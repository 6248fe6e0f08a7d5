"""The ledger of model calls: rows are added, never changed. Keep out: calling, prices' source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from discovery_pipeline.domain.calls import NOT_MADE, Call
from discovery_pipeline.domain.opinions.usage import LEDGER
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall


@dataclass(frozen=True)
class Line:
    """A call as it is written down. key: its id; usd: what it cost, None = not known."""

    key: str
    call: Call
    usd: float | None


def record_calls(session: Session, tenant: str, run_id: str, lines: Sequence[Line]) -> None:
    """Add a row per line in the tenant's session; a line that is there already stays as it is."""
    rows = [
        {"tenant_id": tenant, "call_id": line.key, "run_id": run_id, **asdict(line.call), "cost_usd": line.usd}
        for line in lines
    ]
    if rows:
        session.execute(insert(ModelCall).on_conflict_do_nothing(), rows)


def ledger_lines(
    database: Database, tenant: str, run: str | None = None, since: datetime | None = None
) -> pl.DataFrame:
    """The lines of a tenant, oldest first: LEDGER. run: only of this run. since: only what was asked from then on.

    Raises UsageError for an unknown tenant, Unreachable.
    """
    table = ModelCall.__table__
    wanted = select(*(table.c[name] for name in LEDGER)).where(*_of(tenant, run, since))
    with database.tenant_session(tenant) as session:
        rows = [tuple(row) for row in session.execute(wanted.order_by(ModelCall.asked_at, ModelCall.call_id))]
    return pl.DataFrame(rows, schema=LEDGER, orient="row")


@dataclass(frozen=True)
class CalledInRun:
    """What one agent called in one run. usd: of calls whose cost is known; unpriced: calls of which it is not."""

    run_id: str
    agent: str
    begun: datetime
    calls: int
    kept: int
    prompt_tokens: int
    completion_tokens: int
    usd: float
    unpriced: int


def called_by_run(
    database: Database, tenant: str, run: str | None = None, since: datetime | None = None
) -> list[CalledInRun]:
    """Per run and agent, newest run first; agents that only used kept answers among them. run: only this run.

    Raises UsageError for an unknown tenant, Unreachable.
    """
    made = ModelCall.outcome.not_in(sorted(NOT_MADE))

    def total(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        return func.coalesce(func.sum(column).filter(made), 0)

    query = (
        select(
            ModelCall.run_id,
            ModelCall.agent,
            func.min(ModelCall.asked_at),
            func.count().filter(made),
            func.count().filter(ModelCall.outcome == "kept"),
            total(ModelCall.prompt_tokens),
            total(ModelCall.completion_tokens),
            total(ModelCall.cost_usd),
            func.count().filter(made, ModelCall.cost_usd.is_(None)),
        )
        .where(*_of(tenant, run, since))
        .group_by(ModelCall.run_id, ModelCall.agent)
    )
    with database.tenant_session(tenant) as session:
        found = [CalledInRun(*row) for row in session.execute(query)]
    begun = {one.run_id: one.begun for one in sorted(found, key=lambda one: one.begun, reverse=True)}
    return sorted(found, key=lambda one: (begun[one.run_id], one.run_id, one.agent), reverse=True)


def _of(tenant: str, run: str | None, since: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ModelCall.tenant_id == tenant]
    if run is not None:
        conditions.append(ModelCall.run_id == run)
    if since is not None:
        conditions.append(ModelCall.asked_at >= since)
    return conditions
