"""Where a run's agents ask: kept answers first, then the configured providers, within limits and one purse of seconds.

Nothing that a provider does or fails to do raises; what the stores raise is passed on. Keep out: what is asked (the
agents), one endpoint's retries (line), one HTTP exchange (model).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal
from uuid import uuid4

from discovery_pipeline.agents.books import Books
from discovery_pipeline.agents.choices import MalformedAnswer, Question, question_key
from discovery_pipeline.agents.collaboration import Board, NoBoard
from discovery_pipeline.agents.fresh import Fresh, Round, Unkept
from discovery_pipeline.agents.model import Endpoint, load_client
from discovery_pipeline.agents.ports import (
    Accounts,
    AsConfigured,
    KeptAnswer,
    NoAccounts,
    OwnSlots,
    Page,
    Plan,
    Planner,
    Slots,
)
from discovery_pipeline.agents.providers import Providers, ProviderState, Standing, providers_of
from discovery_pipeline.agents.replies import Values
from discovery_pipeline.agents.turns import Turns
from discovery_pipeline.domain.calls import Call

# ask: kept answers, then calls. replay: kept answers alone, nothing goes out. off: nothing is asked.
Mode = Literal["ask", "replay", "off"]

NO_MODEL = "no model is configured"
SWITCHED_OFF = "models are switched off"
ONLY_KEPT = "a replay: only kept answers are used"
NO_TIME = "the run's seconds for models are spent"
NOBODY_LEFT = "no provider answers"
UNUSABLE = "not every answer could be used"


@dataclass(frozen=True)
class ModelAnswer:
    """values: by the question's keys; None where nothing believable came, not everywhere. model: whose answer. kept:
    from the store."""

    values: dict[str, str | None]
    model: str
    kept: bool = False


@dataclass(frozen=True)
class Asked:
    """What became of the questions. answers: in their order; None = no believable one. calls: every HTTP call made now.
    over_budget: calls that a limit forbade. why: for people, why questions are unanswered; "" = none is. providers:
    their state afterwards. seconds_left: for the rest of the run."""

    answers: tuple[ModelAnswer | None, ...] = ()
    calls: tuple[Call, ...] = ()
    over_budget: int = 0
    why: str = ""
    providers: tuple[ProviderState, ...] = ()
    seconds_left: float = 0.0

    @property
    def kept(self) -> int:
        """Questions that were answered before."""
        return sum(answer is not None and answer.kept for answer in self.answers)

    @property
    def unanswered(self) -> int:
        return sum(answer is None for answer in self.answers)


@dataclass
class Desk:
    """One per run. endpoints: in the order of fail-over. seconds: that the run may still spend on calls, in all phases
    together. slots: makes those of one ask. plans: those made so far, by agent. whys: why questions were left
    unanswered, by agent."""

    endpoints: Sequence[Endpoint] = ()
    seconds: float = 60.0
    accounts: Accounts = field(default_factory=NoAccounts)
    planner: Planner = field(default_factory=AsConfigured)
    board: Board = field(default_factory=NoBoard)
    mode: Mode = "ask"
    slots: Callable[[], Slots] = OwnSlots
    plans: dict[str, Plan] = field(default_factory=dict)
    whys: dict[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether anybody can be asked; where nobody can, phases need not look for doubts."""
        return bool(self.endpoints) and self.mode != "off"

    @cached_property
    def providers(self) -> Providers:
        """What the run has seen of its providers."""
        return providers_of(self.endpoints)

    def plan_for(self, agent: str, doubts: int) -> Plan:
        """How the agent is to ask about so many doubts; decided once."""
        if agent not in self.plans:
            self.plans[agent] = self.planner.plan_for(agent, doubts, self.endpoints)
        return self.plans[agent]

    def ask(self, agent: str, questions: Sequence[Question], plan: Plan | None = None) -> Asked:
        """Ask all questions at once, until the run's seconds are spent. agent: under which calls are recorded.

        Raises Unreachable when a store does not answer.
        """
        nobody: tuple[ModelAnswer | None, ...] = (None,) * len(questions)
        if not questions or not self.is_open:
            why = SWITCHED_OFF if self.mode == "off" else NO_MODEL
            return Asked(nobody, why=why if questions else "", seconds_left=self.seconds)
        plan = plan or self.plans.get(agent) or Plan()
        standings = self.providers.ordered(plan.endpoints)
        asked = [Unkept(q, [question_key(q, s.endpoint.model) for s in standings]) for q in questions]
        answers = self._kept(agent, asked, serves=plan.use_kept or self.mode == "replay")
        missing = [number for number in range(len(asked)) if number not in answers]
        fresh, lines = self._fresh(agent, [asked[number] for number in missing], standings, plan)
        answers |= {missing[at]: ModelAnswer(answer.values, answer.model) for at, answer in fresh.items()}
        calls = tuple(line for line in lines if line.is_made)
        why = self._why(lines) if len(answers) < len(asked) else ""
        if why:
            self.whys[agent] = why
        return Asked(
            tuple(answers.get(number) for number in range(len(asked))),
            calls,
            over_budget=len(lines) - len(calls),
            why=why,
            providers=self.providers.states,
            seconds_left=self.seconds,
        )

    def _kept(self, agent: str, asked: Sequence[Unkept], *, serves: bool) -> dict[int, ModelAnswer]:
        """Answers of earlier runs, by question: of the endpoint that would be asked first among those that answered.

        What is kept and does not serve is forgotten, whether or not a fresh answer comes: a replay reads what this run
        read. serves: False where all are to be asked anew.
        """
        found = self.accounts.find({key for one in asked for key in one.keys})
        answers: dict[int, ModelAnswer] = {}
        lines: dict[str, Call] = {}
        outdated: set[str] = set()
        for number, one in enumerate(asked):
            used = _served(one, found) if serves else None
            if used is None:
                outdated |= found.keys() & set(one.keys)
            else:
                key, values = used
                answers[number] = ModelAnswer(values, found[key].model, kept=True)
                lines[uuid4().hex] = _kept_line(agent, one.question, key, found[key])
        if self.mode == "replay":
            outdated.clear()
        if lines or outdated:
            self.accounts.write(Page(lines, outdated=outdated))
        return answers

    def _fresh(
        self, agent: str, unkept: Sequence[Unkept], standings: Sequence[Standing], plan: Plan
    ) -> tuple[dict[int, Fresh], list[Call]]:
        """What comes of asking, and the lines of it in the ledger."""
        if not unkept or self.mode != "ask" or self.seconds <= 0:
            return {}, []
        load_client()
        books, turns = Books(self.accounts), Turns(self.slots())
        with self.on_the_clock() as deadline:
            return Round(agent, standings, books, turns, deadline, plan.concurrency).ask(unkept), books.lines

    @contextmanager
    def on_the_clock(self) -> Iterator[float]:
        """The time of the block is the run's: its deadline, on time.monotonic's clock."""
        begun = time.monotonic()
        try:
            yield begun + self.seconds
        finally:
            self.seconds = max(0.0, self.seconds - (time.monotonic() - begun))

    def _why(self, lines: Sequence[Call]) -> str:
        """Why not every question is answered; the first reason of those that hold."""
        if self.mode == "replay":
            return ONLY_KEPT
        if limits := [line.detail for line in lines if line.outcome == "over_budget"]:
            return limits[0]
        if self.seconds <= 0:
            return NO_TIME
        return UNUSABLE if any(standing.may_answer for standing in self.providers.standings) else NOBODY_LEFT


def _served(one: Unkept, found: Mapping[str, KeptAnswer]) -> tuple[str, Values] | None:
    """The key of the first kept answer of which anything is believed today, and what is; None where there is none."""
    for key in one.keys:
        if values := _believed(one.question, found.get(key)):
            return key, values
    return None


def _believed(question: Question, kept: KeptAnswer | None) -> Values | None:
    """What of a kept answer is believed today; None when nothing is."""
    if kept is None:
        return None
    try:
        values = question.read(kept.text)
    except MalformedAnswer:
        return None
    return values if any(value is not None for value in values.values()) else None


def _kept_line(agent: str, question: Question, key: str, kept: KeptAnswer) -> Call:
    return Call(
        agent=agent,
        model=kept.model,
        question=key,
        items=question.size,
        asked_at=datetime.now(UTC),
        latency_ms=0.0,
        outcome="kept",
        prompt_tokens=kept.prompt_tokens,
        completion_tokens=kept.completion_tokens,
        provider=kept.provider,
        prompt=kept.prompt,
    )
