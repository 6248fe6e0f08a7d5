"""How an agent asks: which model first, how many doubts together, how many calls at once, whether kept answers serve.

Chosen from what the tenant's earlier runs saw of each model in this task: right answers on controls, what people took
back, how often it answered, how long and at what cost. What was not seen is borrowed, at little weight, from the
model's other tasks; what a model costs that was never asked, from its prices. Whoever lists models in an order did not
agree to send data to the second, or to pay it, while the first one answers: who is asked first is chosen only where a
tenant has set a strategy, and the others follow in the configured order always. With a strategy some runs try a model
that may be better: by Thompson sampling,
so that they grow rare as more is known (Thompson 1933; Chapelle and Li, NeurIPS 2011), and a fixed share of them while
a model is hardly known. A plan only decides who is asked, and an answer weighs what controls of its own run earn it, so
trying costs money but never a wrong value. Deterministic: chance is a hash of tenant, agent and run count.
Keep out: where the history is kept, making calls.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from discovery_pipeline.agents.ports import Answerer, Plan
from discovery_pipeline.agents.strategy import CONFIGURED, Strategy
from discovery_pipeline.domain.learning.beta import Beta

# Controls of one run: a model with fewer is hardly known; the share of the runs that try one.
_KNOWN = 32
_TRY_UNKNOWN = 0.25
# Weight of what is borrowed, in answers.
_FROM_OTHER_TASKS = 8.0
# A model may be good enough while its share of right answers exceeds the floor with this probability.
_MAYBE = 0.1
# Balanced: the whole spread of cost, or of time, is worth so much accuracy.
_COST, _TIME = 0.05, 0.05
# Doubts of one question: as few calls as promised, or fewer where long answers have come back whole.
_TOGETHER, _MANY_TOGETHER = 20, 40
_CALLS_SEEN = 5
_TROUBLE = 0.05
# Items that are asked about for each doubt: the controls among them.
_ITEMS_PER_DOUBT = 1.8
_TAKEN_BACK = 5


@dataclass(frozen=True)
class Record:
    """What was seen of one endpoint at one task. right of controls: its answers to what was known. taken_back of
    changes: what people corrected of what it changed. failed: calls without an answer; unusable: with one that could
    not be read; crowded: refused for being too many. latency_ms: of a usual call. usd_per_item: None = no price."""

    controls: int = 0
    right: int = 0
    changes: int = 0
    taken_back: int = 0
    calls: int = 0
    failed: int = 0
    unusable: int = 0
    crowded: int = 0
    latency_ms: float | None = None
    usd_per_item: float | None = None

    @property
    def answering(self) -> float:
        """Share of calls with a usable answer, as if one more had been made that had one."""
        return (self.calls - self.failed - self.unusable + 1) / (self.calls + 1)


@dataclass(frozen=True)
class History:
    """records: by (agent, endpoint's name). runs: in which each agent asked. usd_left: None = no limit.

    usd_per_item: at each endpoint by its prices, as far as they are known; what a record says comes before it."""

    records: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)
    usd_left: float | None = None
    usd_per_item: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Candidate:
    name: str
    concurrency: int
    record: Record
    belief: Beta
    usd_per_item: float | None
    drawn: float | None = None

    @property
    def share(self) -> float:
        """Of right answers, as far as is known; of a draw, as it may be."""
        return self.belief.mean if self.drawn is None else self.drawn

    @property
    def worth(self) -> float:
        """The share of questions that it answers rightly."""
        return self.share * self.record.answering

    def may_reach(self, floor: float) -> bool:
        """Whether it may be right so often; of a model nobody has seen answer that is not known."""
        is_unseen = self.belief == Beta(1, 1)
        return is_unseen or self.belief.quantile(1 - _MAYBE) >= floor

    def usd(self, doubts: int) -> float:
        """Of a run; 0 while nothing is known, for the purse holds the limit anyway."""
        return (self.usd_per_item or 0.0) * doubts * _ITEMS_PER_DOUBT

    def is_dearer(self, than: _Candidate) -> bool:
        """Whether it costs more, or may."""
        return self.usd_per_item is None or self.usd_per_item > (than.usd_per_item or 0.0)


def planned(
    tenant: str, agent: str, doubts: int, endpoints: Sequence[Answerer], history: History, wanted: Strategy | None
) -> Plan:
    """The plan for an agent's questions of this run. wanted: None = nobody is put before those configured before it."""
    candidates = _candidates(agent, endpoints, history)
    if not any(candidate.record.calls or candidate.record.controls for candidate in candidates):
        return Plan(reason=f"{_named(wanted)}: nothing is known yet, so as configured")
    if wanted is None:
        return _as_configured(candidates)
    affordable = [c for c in candidates if history.usd_left is None or c.usd(doubts) <= history.usd_left]
    within = affordable or [min(candidates, key=lambda c: c.usd(doubts))]
    best = _best(within, wanted)
    tried = _tried(tenant, agent, within, best, history, wanted)
    first = tried or best
    plan = _sized(first, wanted)
    return replace(
        plan,
        endpoints=(first.name, *(c.name for c in candidates if c is not first)),
        use_kept=not _often_taken_back(candidates, wanted),
        reason=_reason(first, best, tried is not None, wanted, plan, len(affordable) < len(candidates)),
    )


def _as_configured(candidates: Sequence[_Candidate]) -> Plan:
    """The plan that changes nothing but sizes; the reason tells whom the usual strategy would ask first."""
    first, usual = candidates[0], Strategy()
    best, plan = _best(candidates, usual), _sized(first, usual)
    said = f"{_named(None)}: {first.name} comes first{_seen(first)}; {_sizes(plan)}"
    if best is not first:
        said += f"; the strategy {usual.text} would ask {best.name} first{_seen(best)}"
    return replace(
        plan,
        endpoints=tuple(candidate.name for candidate in candidates),
        use_kept=not _often_taken_back(candidates, usual),
        reason=said,
    )


def _named(wanted: Strategy | None) -> str:
    return wanted.text if wanted else f"{CONFIGURED} order"


def _candidates(agent: str, endpoints: Sequence[Answerer], history: History) -> list[_Candidate]:
    found = []
    for endpoint in endpoints:
        record = history.records.get((agent, endpoint.name), Record())
        usd = history.usd_per_item.get(endpoint.name) if record.usd_per_item is None else record.usd_per_item
        belief = _belief(agent, endpoint.name, history)
        found.append(_Candidate(endpoint.name, endpoint.concurrency, record, belief, usd))
    return found


def _belief(agent: str, name: str, history: History) -> Beta:
    """The share of right answers: own controls and what people took back, over what is borrowed."""
    own = history.records.get((agent, name), Record())
    elsewhere = [r for (task, model), r in history.records.items() if model == name and task != agent]
    controls, right = sum(r.controls for r in elsewhere), sum(r.right for r in elsewhere)
    scale = min(1.0, _FROM_OTHER_TASKS / controls) if controls else 0.0
    wrong = (controls - right) * scale + own.controls - own.right + own.taken_back
    return Beta(1 + right * scale + own.right, 1 + wrong)


def _best(candidates: Sequence[_Candidate], wanted: Strategy) -> _Candidate:
    """Of those above the floor, what the goal asks for; with none above it, the one that is right most often."""
    above = [c for c in candidates if c.share >= wanted.floor] if wanted.goal != "accurate" else []
    if not above:
        return max(candidates, key=lambda c: c.worth)
    most_usd = max(c.usd_per_item or 0.0 for c in above)
    most_ms = max(c.record.latency_ms or 0.0 for c in above)

    def value(candidate: _Candidate) -> float:
        usd, ms = candidate.usd_per_item, candidate.record.latency_ms
        if wanted.goal == "cheap":
            return -math.inf if usd is None else -usd / candidate.worth
        if wanted.goal == "fast":
            return -math.inf if ms is None else -ms / candidate.record.answering
        dear, slow = (usd or 0.0) / (most_usd or 1.0), (ms or 0.0) / (most_ms or 1.0)
        return candidate.worth - _COST * dear - _TIME * slow

    return max(above, key=value)


def _tried(
    tenant: str, agent: str, candidates: Sequence[_Candidate], best: _Candidate, history: History, wanted: Strategy
) -> _Candidate | None:
    """Another model that may be good enough, in some of the runs: one that is hardly known, or may be the best."""
    run = history.runs.get(agent, 0)
    possible = [c for c in candidates if c is best or c.may_reach(wanted.floor)]
    if wanted.goal == "cheap" and best.share >= wanted.floor:  # good enough: nothing that is dearer can be better
        possible = [c for c in possible if c is best or not c.is_dearer(best)]
    unknown = [c for c in possible if c is not best and c.record.controls < _KNOWN]
    if unknown and _chance(tenant, agent, run) < _TRY_UNKNOWN:
        return min(unknown, key=lambda c: c.record.controls)
    drawn = [replace(c, drawn=c.belief.quantile(_chance(tenant, agent, run, c.name))) for c in possible]
    name = _best(drawn, wanted).name
    return next(c for c in possible if c.name == name) if name != best.name else None


def _chance(*words: object) -> float:
    """In [0, 1), the same for the same words on every machine."""
    digest = hashlib.sha256("\n".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _sized(candidate: _Candidate, wanted: Strategy) -> Plan:
    record = candidate.record
    seen, trouble = record.calls >= _CALLS_SEEN, max(1.0, _TROUBLE * record.calls)
    many = wanted.goal in ("fast", "cheap") and seen and record.unusable < trouble
    crowded = seen and record.crowded >= trouble
    return Plan(
        together=_MANY_TOGETHER if many else _TOGETHER,
        concurrency=max(1, candidate.concurrency // 2) if crowded else None,
    )


def _often_taken_back(candidates: Sequence[_Candidate], wanted: Strategy) -> bool:
    """Whether people corrected so much of what answers changed that kept ones should not serve again."""
    taken, changes = (sum(getattr(c.record, name) for c in candidates) for name in ("taken_back", "changes"))
    stood = max(0, changes - taken)
    return bool(taken >= _TAKEN_BACK and Beta(1 + stood, 1 + taken).quantile(1 - _MAYBE) < wanted.floor)


def _reason(
    first: _Candidate, best: _Candidate, is_tried: bool, wanted: Strategy, plan: Plan, some_too_dear: bool
) -> str:
    """In a sentence."""
    if is_tried:
        why = f"tries {first.name}, which may be better than {best.name}"
    elif wanted.goal != "accurate" and first.share < wanted.floor:
        why = f"no model is above the floor, {first.name} is right most often"
    else:
        why = f"{first.name} fits best"
    said = f"{wanted.text}: {why}{_seen(first)}; {_sizes(plan)}"
    return said + ("; some models exceed the budget that is left" if some_too_dear else "")


def _seen(candidate: _Candidate) -> str:
    """What is known of a model, in brackets."""
    record, parts = candidate.record, []
    if record.controls:
        parts.append(f"right on {record.right} of {record.controls} controls")
    if record.taken_back:
        parts.append(f"{record.taken_back} of {record.changes} changes taken back")
    if record.latency_ms is not None:
        parts.append(f"{record.latency_ms / 1000:.1f} s a call")
    if candidate.usd_per_item is not None:
        parts.append(f"{candidate.usd_per_item * 1000:.4f} US$ per 1,000 items")
    return f" ({', '.join(parts)})" if parts else ""


def _sizes(plan: Plan) -> str:
    return f"{plan.together} together" + (f", {plan.concurrency} calls at once" if plan.concurrency else "")
