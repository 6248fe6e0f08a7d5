"""The ledger keeps every call with what it cost, and nobody rewrites it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.store.model_rows import record_calls

CALL = Call("mapping", "m", "q1", 20, datetime(2026, 1, 2, tzinfo=UTC), 12.5, "answered", "", 1_000, 100)
PRICES = Prices(0.15, 0.6)


def rows(database: Database, tenant: str) -> list[ModelCall]:
    with database.tenant_session(tenant) as session:
        return list(session.execute(select(ModelCall).order_by(ModelCall.question)).scalars())


def test_every_call_is_a_row(database: Database) -> None:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    failed = replace(CALL, question="q2", outcome="timed_out", prompt_tokens=None, completion_tokens=None)
    record_calls(database, "acme", "run-1", [CALL, failed], PRICES)
    record_calls(database, "acme", "run-2", [], PRICES)
    first, second = rows(database, "acme")
    assert (first.run_id, first.agent, first.outcome, first.items) == ("run-1", "mapping", "answered", 20)
    assert first.cost_usd == pytest.approx(0.00021)
    assert first.asked_at == CALL.asked_at
    assert (second.outcome, second.prompt_tokens, second.cost_usd) == ("timed_out", None, None)
    assert rows(database, "other") == []


def test_repeated_calls_are_rows_of_their_own(database: Database) -> None:
    add_tenant(database, "acme")
    record_calls(database, "acme", "run-1", [CALL, CALL], PRICES)
    assert len(rows(database, "acme")) == 2


def test_an_unknown_tenant_is_named(database: Database) -> None:
    with pytest.raises(UsageError, match="nobody"):
        record_calls(database, "nobody", "run-1", [CALL], PRICES)
