"""Rows of model calls, written as the accounts write them, each kind by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import uuid4

from discovery_pipeline.agents.prices import Price, PriceList
from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.store import budgets, kept_answers, ledger
from discovery_pipeline.store.kept_answers import KeptRow
from discovery_pipeline.store.session import Database


def record_calls(database: Database, tenant: str, run_id: str, calls: Sequence[Call], prices: Prices) -> None:
    """A line per call, at these prices whatever the model."""
    known = PriceList({}, {call.model: Price(prices, "test") for call in calls})
    lines = [ledger.Line(uuid4().hex, call, known.cost(call)) for call in calls]
    with database.tenant_session(tenant) as session:
        ledger.record_calls(session, tenant, run_id, lines)


def keep_answers(database: Database, tenant: str, answers: Sequence[KeptRow], outdated: Collection[str] = ()) -> None:
    with database.tenant_session(tenant) as session:
        kept_answers.keep_answers(session, tenant, answers, outdated)


def settle_calls(database: Database, tenant: str, paid: Mapping[str, int | None]) -> None:
    with database.tenant_session(tenant) as session:
        budgets.settle_calls(session, tenant, paid)
