"""What the ledger shows: per agent and model, and per run, how calls ended, how long they took, what they cost.

Keep out: reading the ledger (store), what answers changed (verdicts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from discovery_pipeline.domain.calls import NOT_MADE
from discovery_pipeline.domain.handoffs import FrameSchema

# One row per line of the ledger; see domain/calls.Call. cost_usd: null while no price or no count is known.
LEDGER: FrameSchema = {
    "run_id": pl.String(), "agent": pl.String(), "provider": pl.String(), "model": pl.String(), "prompt": pl.String(),
    "question": pl.String(), "items": pl.Int64(), "attempt": pl.String(), "asked_at": pl.Datetime("us", "UTC"),
    "latency_ms": pl.Float64(), "prompt_tokens": pl.Int64(), "completion_tokens": pl.Int64(),
    "reserved_usd": pl.Float64(), "cost_usd": pl.Float64(), "outcome": pl.String(), "detail": pl.String(),
}  # fmt: skip

_MADE = ~pl.col("outcome").is_in(sorted(NOT_MADE))
# An answer that was refused in part was used for the rest.
_USED = pl.col("outcome").is_in(["answered", "rejected"])


@dataclass(frozen=True)
class Use:
    """What was called and what came of it. calls: made; the questions they asked may be fewer, by retries and repairs.

    outcomes: of the calls. success: share of the calls whose answer could be used, None without a call. kept: questions
    answered from earlier runs. over_budget: calls that a limit forbade. p50_ms, p95_ms: latency of calls that were
    answered. cost_usd: of all calls whose cost is known; unpriced: the others that may have cost something.
    """

    calls: int
    outcomes: Mapping[str, int]
    success: float | None
    retries: int
    repairs: int
    kept: int
    over_budget: int
    p50_ms: float | None
    p95_ms: float | None
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    unpriced: int


@dataclass(frozen=True)
class AgentUse:
    """Of one agent with one model of one provider. runs: in which it asked."""

    agent: str
    provider: str
    model: str
    runs: int
    use: Use


@dataclass(frozen=True)
class RunUse:
    """Of one run. begun: its first line."""

    run_id: str
    begun: datetime
    use: Use


def use_of(lines: pl.DataFrame) -> Use:
    """lines: LEDGER, of whatever is to be told together."""
    made = lines.filter(_MADE)
    used = made.filter(_USED)
    attempts = dict(made.group_by("attempt").len().iter_rows())
    others = dict(lines.filter(~_MADE).group_by("outcome").len().iter_rows())
    return Use(
        calls=len(made),
        outcomes=dict(made.group_by("outcome").len().sort("outcome").iter_rows()),
        success=round(len(used) / len(made), 4) if len(made) else None,
        retries=attempts.get("retry", 0),
        repairs=attempts.get("repair", 0),
        kept=others.get("kept", 0),
        over_budget=others.get("over_budget", 0),
        p50_ms=_quantile(used, 0.5),
        p95_ms=_quantile(used, 0.95),
        prompt_tokens=int(made["prompt_tokens"].sum()),
        completion_tokens=int(made["completion_tokens"].sum()),
        cost_usd=round(float(made["cost_usd"].sum()), 6),
        unpriced=made["cost_usd"].null_count(),
    )


def use_by_agent(lines: pl.DataFrame) -> tuple[AgentUse, ...]:
    """Per agent, provider and model, in that order."""
    keys = ["agent", "provider", "model"]
    parts = lines.partition_by(keys, as_dict=True, maintain_order=True)
    return tuple(
        AgentUse(str(agent), str(provider), str(model), part["run_id"].n_unique(), use_of(part))
        for (agent, provider, model), part in sorted(parts.items())
    )


def use_by_run(lines: pl.DataFrame) -> tuple[RunUse, ...]:
    """Per run, oldest first."""
    parts = lines.partition_by("run_id", as_dict=True, maintain_order=True)
    runs = [RunUse(str(run), _first(part), use_of(part)) for (run,), part in parts.items()]
    return tuple(sorted(runs, key=lambda run: (run.begun, run.run_id)))


def _quantile(used: pl.DataFrame, share: float) -> float | None:
    found = used["latency_ms"].quantile(share, "linear")
    return None if found is None else round(found, 1)


def _first(part: pl.DataFrame) -> datetime:
    begun = part["asked_at"].min()
    if not isinstance(begun, datetime):
        raise TypeError("a line of the ledger without its time")
    return begun
