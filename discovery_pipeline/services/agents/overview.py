"""What a tenant's agents did, for people: in one run what was said, asked and paid, and what stands changed by them.

Keep out: how it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from discovery_pipeline.domain.opinions.usage import LEDGER, AgentUse, Use, use_by_agent, use_of
from discovery_pipeline.domain.opinions.verdicts import verdicts
from discovery_pipeline.domain.opinions.worth import Worth, worth
from discovery_pipeline.domain.spending import SCOPES, Limit, Scope, Spent
from discovery_pipeline.services.agents.changes import ModelChange, model_changes
from discovery_pipeline.services.agents.spending import limits_of
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.budgets import spent_so_far
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.insights import SaidInsight, insights_of_run, runs_with_insights
from discovery_pipeline.store.ledger import ledger_lines
from discovery_pipeline.store.ledger_sums import costs, last_asked
from discovery_pipeline.store.opinions import changes, opinions
from discovery_pipeline.store.plans import PlanRow, plans_of_run

RUNS = 20


@dataclass(frozen=True)
class AgentRun:
    """A run in which agents asked or something was said. at: when that was last."""

    run_id: str
    at: datetime


@dataclass(frozen=True)
class Spending:
    """What a scope has used, and what it may."""

    scope: Scope
    spent: Spent
    limit: Limit


@dataclass(frozen=True)
class AgentsOverview:
    """asks: the models that are configured, in the order in which they are asked; off: why they are not asked all the
    same, "" = they are. runs: the newest first. run_id: the one that is told of, None = there is none. changes: in the
    results that stand now, whichever run made them. worth: of every agent and model, in all runs."""

    asks: tuple[str, ...]
    off: str
    runs: tuple[AgentRun, ...]
    run_id: str | None
    use: Use
    agents: tuple[AgentUse, ...]
    spending: tuple[Spending, ...]
    plans: tuple[PlanRow, ...]
    insights: tuple[SaidInsight, ...]
    changes: tuple[ModelChange, ...]
    worth: tuple[Worth, ...]


def agents_overview(workspace: Workspace, tenant: str, run_id: str | None = None) -> AgentsOverview:
    """What there is to tell. run_id: of the run that is told of; None = the newest. Raises UsageError, Unreachable."""
    database, settings = workspace.database, workspace.settings
    runs = _runs(last_asked(database, tenant, RUNS), runs_with_insights(database, tenant, RUNS))
    told = run_id or next((run.run_id for run in runs), None)
    of_run = ledger_lines(database, tenant, told) if told else pl.DataFrame(schema=LEDGER)
    limits = limits_of(settings, database, tenant)
    first_made, said = changes(database, tenant), corrections(database, tenant)
    spent = spent_so_far(database, tenant, told or "", datetime.now(UTC))
    return AgentsOverview(
        asks=tuple(model_at(model, provider.name) for provider in settings.providers for model in provider.models),
        off={"off": "models are switched off", "replay": "only kept answers are used"}.get(settings.model_mode, ""),
        runs=runs,
        run_id=told,
        use=use_of(of_run),
        agents=use_by_agent(of_run),
        spending=tuple(Spending(scope, spent[scope], limits.of(scope)) for scope in SCOPES),
        plans=tuple(plans_of_run(database, tenant, told)) if told else (),
        insights=tuple(insights_of_run(database, tenant, told)) if told else (),
        changes=model_changes(run_frames(workspace.frames.open(tenant)), first_made, said),
        worth=worth(opinions(database, tenant), first_made, verdicts(first_made, said), costs(database, tenant)),
    )


def model_at(model: str, provider: str) -> str:
    """A model and whose it is; the one provider of the environment has no name of its own."""
    return model if provider in ("", "model") else f"{model} at {provider}"


def _runs(asked: Mapping[str, datetime], said: Sequence[tuple[str, datetime]]) -> tuple[AgentRun, ...]:
    """The newest runs in which agents asked or something was said."""
    moments = dict(asked)
    for run, at in said:
        moments[run] = max(at, moments.get(run, at))
    newest = sorted(moments.items(), key=lambda run: (run[1], run[0]), reverse=True)
    return tuple(AgentRun(run, at) for run, at in newest[:RUNS])
