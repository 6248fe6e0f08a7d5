"""What a desk needs of stores, in memory: kept answers, limits, a ledger."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from discovery_pipeline.agents.ports import KeptAnswer, Page, Refused, Reservation, Wanted
from discovery_pipeline.domain.calls import UNBILLED, Call


@dataclass
class InMemory:
    """Accounts in tokens: a call may cost an answer's most tokens, and costs as many as the answer had.

    limit: tokens in all. spent, held: now. wanted: every call that was to be made; settled: the tokens of those made, 0
    of those that cost nothing. ledger: lines by id. finds: the keys of each look-up.
    """

    limit: int = 10**9
    spent: int = 0
    held: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0
    wanted: list[Wanted] = field(default_factory=list)
    settled: list[int | None] = field(default_factory=list)
    ledger: dict[str, Call] = field(default_factory=dict)
    answers: dict[str, KeptAnswer] = field(default_factory=dict)
    finds: list[set[str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def calls(self) -> list[Call]:
        return list(self.ledger.values())

    @property
    def outcomes(self) -> list[str]:
        return [call.outcome for call in self.calls]

    def find(self, keys: Collection[str]) -> Mapping[str, KeptAnswer]:
        self.finds.append(set(keys))
        return {key: self.answers[key] for key in keys if key in self.answers}

    def reserve(self, wanted: Wanted) -> Reservation | Refused:
        with self._lock:
            self.wanted.append(wanted)
            if self.spent + sum(self.held.values()) + wanted.answer_tokens > self.limit:
                return Refused("the run's limit is reached")
            key = str(len(self.wanted))
            self.held[key] = wanted.answer_tokens
            self.most_at_once = max(self.most_at_once, len(self.held))
            return Reservation(key, wanted.answer_tokens / 1000)

    def write(self, page: Page) -> None:
        with self._lock:
            for key, call in page.calls.items():
                if call.is_made and key in self.held:
                    self._settle(key, 0 if call.outcome in UNBILLED else call.completion_tokens)
            for key in page.unused:
                if key in self.held:
                    self._settle(key, 0)
            for key, call in page.calls.items():
                self.ledger.setdefault(key, call)
            kept = {key: answer for key, answer in self.answers.items() if key not in page.outdated}
            self.answers = {**kept, **page.answers}

    def _settle(self, key: str, tokens: int | None) -> None:
        held = self.held.pop(key)
        self.settled.append(tokens)
        self.spent += held if tokens is None else tokens
