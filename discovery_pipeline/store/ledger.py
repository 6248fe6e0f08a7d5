"""The ledger of model calls: rows are added, never changed. Keep out: calling, prices' source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import uuid4

from sqlalchemy import insert

from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall


def record_calls(database: Database, tenant: str, run_id: str, calls: Sequence[Call], prices: Prices) -> None:
    """Add a row per call. Raises Unreachable when the database does not answer, UsageError for an unknown tenant."""
    if not calls:
        return
    rows = [
        {
            "tenant_id": tenant,
            "call_id": uuid4().hex,
            "run_id": run_id,
            **asdict(call),
            "cost_usd": call.cost(prices),
        }
        for call in calls
    ]
    with database.tenant_session(tenant) as session:
        session.execute(insert(ModelCall), rows)
