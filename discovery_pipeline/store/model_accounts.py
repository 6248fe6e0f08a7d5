"""What became of model calls, written down together. Keep out: what a call costs (agents/prices)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from discovery_pipeline.store.budgets import settle_calls
from discovery_pipeline.store.kept_answers import KeptRow, keep_answers
from discovery_pipeline.store.ledger import Line, record_calls
from discovery_pipeline.store.session import Database


def write_page(
    database: Database,
    tenant: str,
    run_id: str,
    lines: Sequence[Line],
    paid: Mapping[str, int | None],
    answers: Sequence[KeptRow],
    outdated: Collection[str],
) -> None:
    """Add lines to the ledger, settle reservations and keep answers, all of it or nothing; written again it changes
    nothing. paid: as `settle_calls` takes it. outdated: questions whose kept answers are forgotten.

    Raises Unreachable, UsageError for an unknown tenant.
    """
    with database.tenant_session(tenant) as session:
        record_calls(session, tenant, run_id, lines)
        keep_answers(session, tenant, answers, outdated)
        # Last: whoever reserves waits for the rows of the budget from here to the end.
        settle_calls(session, tenant, paid)
