"""A scripted model behind a desk: right with a set probability, or always the same; every call and token is counted.

Nothing is sent. Tokens are those of the packaged BERT tokenizer, near enough to what providers count, and priced as
a named model of a named provider.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from tokenizers import Tokenizer

from discovery_pipeline.agents.choices import ChoiceQuestion, Question
from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.agents.desk import Asked, Desk, ModelAnswer
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.ports import Plan
from discovery_pipeline.agents.prices import kept_price
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.calls import Call
from discovery_pipeline.domain.opinions.doubts import Doubt

PRICED_AS, PRICED_AT = "gpt-4o-mini", "https://api.openai.com/v1"
_NOWHERE = Endpoint("http://127.0.0.1:9/v1", "oracle", provider="script")

# What of a doubt's offers is right; empty = nobody knows.
Truth = Callable[[Doubt], Sequence[str]]


@dataclass(frozen=True)
class Oracle:
    """right: how often it is, drawn anew for each thing and seed. always: this place among the offers, whatever is
    asked."""

    name: str
    right: float = 1.0
    seed: int = 0
    always: int | None = None

    def choose(self, doubt: Doubt, right: Sequence[str]) -> str:
        if self.always is not None:
            return doubt.offers[self.always]
        drawn = random.Random(f"{self.seed} {doubt.key}")
        wrong = [offer for offer in doubt.offers if offer not in right]
        known = [offer for offer in doubt.offers if offer in right]
        return known[0] if known and (drawn.random() < self.right or not wrong) else drawn.choice(wrong)


@dataclass
class ScriptedDesk(Desk):
    """A desk at which an oracle answers. truth: of doubts; what controls expect is right."""

    oracle: Oracle = field(default_factory=lambda: Oracle("right"))
    truth: Truth = lambda _: ()
    asked: list[Asked] = field(default_factory=list)
    _shown: list[Doubt] = field(default_factory=list)

    def agent(self, agent: ChoiceAgent) -> ChoiceAgent:
        """The agent, whose doubts this desk sees as they are put into questions."""

        def show(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
            self._shown.append(doubt)
            return agent.show(doubt, pseudonyms)

        def tells(item: Mapping[str, Any]) -> bool:
            # Looked at, and not in a question yet.
            self._shown.pop()
            return agent.tells is None or agent.tells(item)

        return replace(agent, show=show, tells=agent.tells and tells)

    def ask(self, agent: str, questions: Sequence[Question], plan: Plan | None = None) -> Asked:  # noqa: ARG002
        found = [self._answered(agent, question) for question in questions if isinstance(question, ChoiceQuestion)]
        self.asked.append(Asked(tuple(answer for answer, _ in found), tuple(call for _, call in found)))
        return self.asked[-1]

    def _answered(self, agent: str, question: ChoiceQuestion) -> tuple[ModelAnswer, Call]:
        own, self._shown = self._shown[: question.size], self._shown[question.size :]
        chosen = {key: self._choice(doubt) for key, doubt in zip(question.choices, own, strict=True)}
        text = json.dumps(chosen)
        values = question.read(text)
        sent = tokens(question.prompt.text) + tokens(question.content) + tokens(json.dumps(question.schema))
        call = Call(
            agent, PRICED_AS, "", question.size, datetime.now(UTC), 0.0, "answered", prompt_tokens=sent,
            completion_tokens=tokens(text),
        )  # fmt: skip
        return ModelAnswer(values, self.oracle.name), call

    def _choice(self, doubt: Doubt) -> str:
        return self.oracle.choose(doubt, self.truth(doubt) if doubt.expected is None else (doubt.expected,))

    @property
    def cost(self) -> Cost:
        """Of everything asked so far."""
        calls = [call for asked in self.asked for call in asked.calls]
        sent, came = (sum(n or 0 for n in counts) for counts in zip(*_counts(calls), strict=True)) if calls else (0, 0)
        return Cost(len(calls), sent + came, kept_price(PRICED_AT, PRICED_AS).of_tokens(sent, came) or 0.0)


@dataclass(frozen=True)
class Cost:
    """calls: made. tokens: of prompts, schemas and answers. usd: as PRICED_AS."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0


def scripted(oracle: Oracle, truth: Truth) -> ScriptedDesk:
    """An open desk at which only the oracle answers."""
    return ScriptedDesk((_NOWHERE,), oracle=oracle, truth=truth)


def _counts(calls: Sequence[Call]) -> list[tuple[int | None, int | None]]:
    return [(call.prompt_tokens, call.completion_tokens) for call in calls]


def tokens(text: str) -> int:
    """How many tokens a text has."""
    return len(_tokenizer().encode(text, add_special_tokens=False).ids)


@cache
def _tokenizer() -> Tokenizer:
    packaged = files("discovery_pipeline.agents").joinpath("data", "minilm", "tokenizer.json")
    tokenizer = Tokenizer.from_str(packaged.read_text(encoding="utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
