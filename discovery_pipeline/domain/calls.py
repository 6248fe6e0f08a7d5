"""A call of a language model as the ledger keeps it: who asked, what became of it, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# rejected: an answer that was not among what was offered. malformed: no answer of the form asked for. refused: the
# endpoint answered with an error. unreachable: there was no answer.
CallOutcome = Literal["answered", "rejected", "malformed", "timed_out", "refused", "unreachable"]

_TOKENS_PRICED = 1_000_000


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens; None = unknown."""

    input: float | None = None
    output: float | None = None


@dataclass(frozen=True)
class Call:
    """One HTTP call. It holds no prompt, no answer and no cell.

    question: hash of what was asked. columns: how many were asked about. latency_ms: until the answer or the failure.
    tokens: as the endpoint counted, None when it said nothing. detail: a status or the name of an error.
    """

    agent: str
    model: str
    question: str
    columns: int
    asked_at: datetime
    latency_ms: float
    outcome: CallOutcome
    detail: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def cost(self, prices: Prices) -> float | None:
        """US dollars; None while a price or a count of tokens is unknown."""
        if None in (self.prompt_tokens, self.completion_tokens, prices.input, prices.output):
            return None
        tokens = (self.prompt_tokens or 0) * (prices.input or 0) + (self.completion_tokens or 0) * (prices.output or 0)
        return tokens / _TOKENS_PRICED
