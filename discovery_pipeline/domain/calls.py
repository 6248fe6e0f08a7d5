"""A call of a language model as the ledger keeps it: who asked, what became of it, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# rejected: an answer that was not among what was offered. malformed: no answer of the form asked for. declined: the
# model would not answer. cut_short: the answer ended at its most tokens. broken: the connection broke after the request
# went out. refused: the endpoint answered with an error. unreachable: there was no connection.
# Not calls, but lines of the ledger: over_budget (a limit forbade the call) and kept (an earlier answer was used).
CallOutcome = Literal[
    "answered", "rejected", "malformed", "declined", "cut_short", "timed_out", "broken", "refused", "unreachable",
    "over_budget", "kept",
]  # fmt: skip
Attempt = Literal["first", "retry", "repair"]

NOT_MADE: frozenset[CallOutcome] = frozenset({"over_budget", "kept"})
# Nothing was computed, so nothing is billed.
UNBILLED: frozenset[CallOutcome] = NOT_MADE.union(("refused", "unreachable"))

_TOKENS_PRICED = 1_000_000


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens; None = unknown."""

    input: float | None = None
    output: float | None = None

    def of_tokens(self, prompt: int | None, completion: int | None) -> float | None:
        """US dollars; None while a price or a count of tokens is unknown."""
        if prompt is None or completion is None or self.input is None or self.output is None:
            return None
        return (prompt * self.input + completion * self.output) / _TOKENS_PRICED


@dataclass(frozen=True)
class Call:
    """One HTTP call, or why there was none. It holds no prompt, no answer and no cell.

    question: hash of what was asked. items: how many things were asked about. latency_ms: until the answer or the
    failure. detail: a status or the name of an error. tokens: as the endpoint counted, None when it said nothing; of a
    kept answer what it took when it was made. provider: its name in the configuration. prompt: name@version.
    reserved_usd: the most it might have cost, set aside before it; None = no price was known, or nothing was set aside.
    """

    agent: str
    model: str
    question: str
    items: int
    asked_at: datetime
    latency_ms: float
    outcome: CallOutcome
    detail: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    provider: str = ""
    prompt: str = ""
    attempt: Attempt = "first"
    reserved_usd: float | None = None

    @property
    def is_made(self) -> bool:
        """Whether anything went out."""
        return self.outcome not in NOT_MADE
