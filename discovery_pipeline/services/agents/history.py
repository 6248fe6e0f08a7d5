"""How a tenant's agents are to ask: the optimizer over what the tenant's earlier runs left in the stores.

A plan is kept with its run, so that a replay groups its questions as they were and finds every kept answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from discovery_pipeline.agents.optimizer import History, Record, planned
from discovery_pipeline.agents.ports import Answerer, Plan
from discovery_pipeline.agents.prices import PriceList
from discovery_pipeline.agents.strategy import Strategy, read_strategy
from discovery_pipeline.domain.opinions.forecast import cost_of_item
from discovery_pipeline.domain.opinions.verdicts import verdicts
from discovery_pipeline.domain.spending import SCOPES, Limits
from discovery_pipeline.services.tenant_settings import MODEL_STRATEGY, tenant_setting
from discovery_pipeline.store.budgets import spent_so_far
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.opinions import changes
from discovery_pipeline.store.plans import (
    PlanRow,
    SeenCalls,
    SeenOpinions,
    add_plan,
    last_asked_anew,
    last_plan,
    runs_asked,
    seen_calls,
    seen_opinions,
)
from discovery_pipeline.store.session import Database

# Models and prices change: what was seen longer ago says little.
_LOOKED_BACK = timedelta(days=90)


@dataclass
class TenantPlanner:
    """Decides for one run of a tenant. limits: on what it may spend. replays: plans are taken as they were. prices: of
    models that were never asked."""

    database: Database
    tenant: str
    run_id: str
    limits: Limits
    replays: bool = False
    prices: PriceList = field(default_factory=PriceList)

    def plan_for(self, agent: str, doubts: int, endpoints: Sequence[Answerer]) -> Plan:
        """How the agent asks in this run; kept. Raises Unreachable."""
        if self.replays:
            kept = last_plan(self.database, self.tenant, agent)
            return _as_it_was(kept) if kept else Plan()
        plan = self._planned(agent, doubts, endpoints)
        add_plan(self.database, self.tenant, PlanRow(self.run_id, agent, *_columns(plan)))
        return plan

    def uses_kept(self, endpoints: Sequence[Answerer]) -> bool:
        """Whether kept answers will serve every agent that asked before. Raises Unreachable."""
        return all(self._planned(agent, 0, endpoints).use_kept for agent in self._seen.runs)

    def _planned(self, agent: str, doubts: int, endpoints: Sequence[Answerer]) -> Plan:
        plan = planned(self.tenant, agent, doubts, endpoints, self._history(endpoints), self._strategy)
        asks_anew = not plan.use_kept and not self._has_asked_anew(agent)
        return replace(plan, use_kept=not asks_anew)

    def _has_asked_anew(self, agent: str) -> bool:
        """Whether what is kept came after all that people took back: it is asked for anew once, not in every run."""
        then = last_asked_anew(self.database, self.tenant, agent)
        return then is not None and _of(agent, taken_back(self.database, self.tenant, then)) == _of(
            agent, self._seen.taken_back
        )

    @cached_property
    def _strategy(self) -> Strategy | None:
        return read_strategy(tenant_setting(self.database, self.tenant, MODEL_STRATEGY))

    @cached_property
    def _seen(self) -> Seen:
        """Of earlier runs; what this one sees is for the next."""
        since = datetime.now(UTC) - _LOOKED_BACK
        return Seen(
            seen_calls(self.database, self.tenant, since),
            seen_opinions(self.database, self.tenant, since),
            runs_asked(self.database, self.tenant),
            taken_back(self.database, self.tenant),
        )

    def _history(self, endpoints: Sequence[Answerer]) -> History:
        left = usd_left(self.database, self.tenant, self.run_id, self.limits)
        return replace(history_of(self._seen, endpoints, left), usd_per_item=self._usd_per_item(endpoints))

    def _usd_per_item(self, endpoints: Sequence[Answerer]) -> dict[str, float]:
        found = {one.name: cost_of_item(self.prices.of(one.provider, one.model).of_tokens) for one in endpoints}
        return {name: usd for name, usd in found.items() if usd is not None}


@dataclass(frozen=True)
class Seen:
    """What the stores hold of earlier runs. runs: by agent. taken_back: by agent and model."""

    calls: Sequence[SeenCalls] = ()
    opinions: Sequence[SeenOpinions] = ()
    runs: Mapping[str, int] = field(default_factory=dict)
    taken_back: Mapping[tuple[str, str], int] = field(default_factory=dict)


def history_of(seen: Seen, endpoints: Sequence[Answerer], usd: float | None = None) -> History:
    """The same as the optimizer reads it. Controls are known by model, so providers of one model share them."""
    records: dict[tuple[str, str], Record] = {}
    for called in seen.calls:
        records[called.agent, f"{called.provider}/{called.model}"] = Record(
            calls=called.calls,
            failed=called.failed,
            unusable=called.unusable,
            crowded=called.crowded,
            latency_ms=called.latency_ms,
            usd_per_item=called.usd_per_item,
        )
    for worth in seen.opinions:
        for name in (endpoint.name for endpoint in endpoints if endpoint.model == worth.model):
            records[worth.agent, name] = replace(
                records.get((worth.agent, name), Record()),
                controls=worth.controls,
                right=worth.right,
                changes=worth.changed,
                taken_back=seen.taken_back.get((worth.agent, worth.model), 0),
            )
    return History(records, seen.runs, usd)


def taken_back(database: Database, tenant: str, until: datetime | None = None) -> dict[tuple[str, str], int]:
    """How many changes of each agent and model people decided otherwise later. until: as it was then."""
    made = changes(database, tenant)
    if not made:
        return {}
    said = [c for c in corrections(database, tenant) if until is None or c.made_at <= until]
    judged = zip(made, verdicts(made, said), strict=True)
    return Counter((change.agent, change.model) for change, verdict in judged if verdict == "overruled")


def _of(agent: str, taken: Mapping[tuple[str, str], int]) -> int:
    return sum(count for (whose, _), count in taken.items() if whose == agent)


def usd_left(database: Database, tenant: str, run_id: str, limits: Limits) -> float | None:
    """US dollars that may still be spent in this run, the tightest limit counting; None without one."""
    amounts = {scope: limits.of(scope).usd for scope in SCOPES}
    if all(amount is None for amount in amounts.values()):
        return None
    spent = spent_so_far(database, tenant, run_id, datetime.now(UTC))
    left = [amount - spent[scope].micro_usd / 1e6 for scope, amount in amounts.items() if amount is not None]
    return max(0.0, min(left))


def _columns(plan: Plan) -> tuple[tuple[str, ...], int | None, int | None, bool, str]:
    return plan.endpoints, plan.together, plan.concurrency, plan.use_kept, plan.reason


def _as_it_was(kept: PlanRow) -> Plan:
    return Plan(kept.endpoints, kept.together, kept.concurrency, True, kept.reason)
