"""What a tenant's ledger tells: calls and costs per agent and run, what came of answers, what may still be spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.opinions.forecast import Forecast
from discovery_pipeline.domain.opinions.usage import AgentUse, RunUse, Use, use_by_agent, use_by_run, use_of
from discovery_pipeline.domain.opinions.verdicts import verdicts
from discovery_pipeline.domain.opinions.worth import Worth, worth
from discovery_pipeline.domain.spending import Limits, Scope, Spent
from discovery_pipeline.services.agents.spending import limits_of
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.budgets import spent_so_far
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.forecasts import forecasts
from discovery_pipeline.store.kept_answers import count_answers
from discovery_pipeline.store.ledger import ledger_lines
from discovery_pipeline.store.opinions import changes, opinions
from discovery_pipeline.store.session import Database


@dataclass(frozen=True)
class LedgerReport:
    """Of the lines asked for; limits, spent and kept_answers of the tenant now.

    total, agents, runs: what was called. worth: what came of it, of the same lines' runs. forecasts: by run. spent: of
    the day and of the tenant's whole life.
    """

    tenant: str
    total: Use
    agents: tuple[AgentUse, ...]
    runs: tuple[RunUse, ...]
    worth: tuple[Worth, ...]
    forecasts: Mapping[str, Forecast]
    limits: Limits
    spent: Mapping[Scope, Spent]
    kept_answers: int


def ledger_report(
    settings: Settings, database: Database, tenant: str, run: str | None = None, since: datetime | None = None
) -> LedgerReport:
    """run: only this run. since: only what was asked from then on. Raises UsageError for an unknown tenant or a run
    that the ledger does not know, Unreachable."""
    lines = ledger_lines(database, tenant, run, since)
    if run is not None and lines.is_empty():
        raise UsageError(
            f"no model was asked in run {run!r}", where=f"tenant {tenant}", advice=f"discovery ledger {tenant}"
        )
    runs = use_by_run(lines)
    agents = use_by_agent(lines)
    costs: dict[tuple[str, str], float] = {}
    for agent in agents:
        key = (agent.agent, agent.model)
        costs[key] = costs.get(key, 0.0) + agent.use.cost_usd
    known = {one.run_id for one in runs}
    measured = [one for one in opinions(database, tenant) if one.run_id in known]
    changed = [one for one in changes(database, tenant) if one.run_id in known]
    said = verdicts(changed, corrections(database, tenant)) if changed else []
    now = datetime.now(UTC)
    spent = spent_so_far(database, tenant, "", now)
    return LedgerReport(
        tenant,
        use_of(lines),
        agents,
        runs,
        worth(measured, changed, said, costs),
        {run_id: one for run_id, one in forecasts(database, tenant).items() if run_id in known},
        limits_of(settings, database, tenant),
        {"day": spent["day"], "tenant": spent["tenant"]},
        count_answers(database, tenant),
    )
