"""What a run will call and cost, before it begins: from what the tenant's earlier runs did, else from what is in doubt.

The files tell most: over the same files every question was answered before. Keep out: reading ledger and frames.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SAME_FILES = "the files are those of the last run, whose answers are kept"
NOTHING_KNOWN = "no earlier run called a model, and nothing is mapped yet"
# Earlier runs that say something about the next; the mean of more would be of another estate.
_RUNS = 5
# An estimate, until the tenant's own runs are there: instructions, some 60 tokens for each of 20 doubts and 16 controls
# shown, 8 for each answer.
_TOGETHER, _ITEMS, _PROMPT_TOKENS, _ANSWER_TOKENS = 20, 36, 2_500, 300
_MOST_DOUBTS = 200


@dataclass(frozen=True)
class Expected:
    """Of one agent, or of all. calls, tokens: expected values. usd: None while no price is known."""

    calls: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    usd: float | None = 0.0

    def plus(self, other: Expected) -> Expected:
        """Both together; an unknown price makes the sum unknown."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Expected(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            usd,
        )

    def times(self, factor: float) -> Expected:
        """As often."""
        usd = None if self.usd is None else self.usd * factor
        return Expected(self.calls * factor, self.prompt_tokens * factor, self.completion_tokens * factor, usd)


@dataclass(frozen=True)
class Forecast:
    """agents: by name. basis: what it rests on, for people."""

    agents: Mapping[str, Expected]
    basis: str

    @property
    def is_known(self) -> bool:
        """Whether there is anything that it rests on."""
        return self.basis != NOTHING_KNOWN

    @property
    def total(self) -> Expected:
        found = Expected()
        for expected in self.agents.values():
            found = found.plus(expected)
        return found


@dataclass(frozen=True)
class Past:
    """What one agent called in one earlier run."""

    run_id: str
    agent: str
    called: Expected


Cost = Callable[[int, int], float | None]


def forecast(past: Sequence[Past], doubts: Mapping[str, int], *, same_files: bool, cost: Cost) -> Forecast:
    """past: newest run first; runs in which nothing was called say nothing about files that are new. doubts: things
    that are in doubt now, by agent, as far as results tell. same_files: whether the last run, in which models answered,
    read what the next one will. cost: US dollars of prompt and answer tokens; None = unknown.
    """
    if past and same_files:
        return Forecast({}, SAME_FILES)
    runs = list(dict.fromkeys(one.run_id for one in past))[:_RUNS]
    if runs:
        agents: dict[str, Expected] = {}
        for one in past:
            if one.run_id in runs:
                agents[one.agent] = agents.get(one.agent, Expected()).plus(one.called)
        count = len(runs)
        means = {name: expected.times(1 / count) for name, expected in sorted(agents.items())}
        return Forecast(means, f"the mean of {count} earlier run{'s' if count > 1 else ''} that called models")
    if not any(doubts.values()):
        return Forecast({}, NOTHING_KNOWN)
    return Forecast(
        {name: _asked(count, cost) for name, count in sorted(doubts.items()) if count},
        "what the last results left in doubt",
    )


def _asked(doubts: int, cost: Cost) -> Expected:
    calls = math.ceil(min(doubts, _MOST_DOUBTS) / _TOGETHER)
    tokens = calls * _PROMPT_TOKENS, calls * _ANSWER_TOKENS
    return Expected(calls, *tokens, cost(*tokens))


def cost_of_item(cost: Cost) -> float | None:
    """US dollars of one thing among a question's: an estimate. cost: as in `forecast`; None = unknown."""
    usd = cost(_PROMPT_TOKENS, _ANSWER_TOKENS)
    return None if usd is None else usd / _ITEMS
