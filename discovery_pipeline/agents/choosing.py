"""Agents that choose: doubts and controls become questions, the answers come back with what they are worth.

An agent is its prompt and what of a doubt it shows; everything else is the same for all of them. Keep out: which things
are in doubt and what follows from an answer (the phases).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import polars as pl

from discovery_pipeline.agents.choices import ChoiceQuestion, question_key
from discovery_pipeline.agents.collaboration import Heard, listen
from discovery_pipeline.agents.desk import Asked, Desk, ModelAnswer
from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.agents.pseudonyms import KnownNames, Pseudonyms
from discovery_pipeline.domain.calls import Call
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.opinions.doubts import Doubt, GroupParams, grouped
from discovery_pipeline.domain.opinions.trust import Answer, KindOf, Trust, one_or_none, trust

# One row per doubt or control answered. expected: of a control, what is known; chosen: null when nothing offered came.
# question: its key in the ledger, which tells whether the answer was kept from an earlier run: a replay gives the same
# rows.
ANSWERS: FrameSchema = {
    "agent": pl.String(), "key": pl.String(), "expected": pl.String(), "chosen": pl.String(), "model": pl.String(),
    "question": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class ChoiceAgent:
    """name: of the agent and its prompt. show: what a question tells of one doubt beside its key and choices, with
    everything that could name somebody or something of the tenant's replaced by the pseudonyms of the question.
    kind_of: which kinds of answers are trusted apart. tells: whether what is shown says anything that a reader could
    know; of what says nothing nobody is asked, an answer would be a guess. None = it always does."""

    name: str
    show: Callable[[Doubt, Pseudonyms], Mapping[str, Any]]
    kind_of: KindOf = one_or_none
    params: GroupParams = field(default_factory=GroupParams)
    tells: Callable[[Mapping[str, Any]], bool] | None = None

    def telling(self, doubts: Sequence[Doubt], known: KnownNames, most: int) -> list[Doubt]:
        """The first of them, at most so many, of which a question tells something."""
        tells, hidden = self.tells, Pseudonyms(known)
        if tells is None:
            return list(doubts[:most])
        return list(islice((doubt for doubt in doubts if tells(self.show(doubt, hidden))), most))


@dataclass(frozen=True)
class Opinion:
    """What came of an agent's questions. questions: how many. doubts: things in doubt that were asked about. asked:
    what became of the questions at the desk."""

    agent: str
    answers: tuple[Answer, ...] = ()
    trust: Trust = field(default_factory=lambda: trust(()))
    frame: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANSWERS))
    questions: int = 0
    doubts: int = 0
    asked: Asked = field(default_factory=Asked)

    @property
    def kept(self) -> int:
        """Questions that were answered in an earlier run."""
        return self.asked.kept

    @property
    def unanswered(self) -> int:
        return self.asked.unanswered

    @property
    def calls(self) -> tuple[Call, ...]:
        """The HTTP calls made now."""
        return self.asked.calls

    @property
    def rejected(self) -> int:
        """Things for which nothing that was offered came back."""
        return self.frame["chosen"].null_count()

    @property
    def facts(self) -> dict[str, int]:
        """For the quality suite: questions without an answer, answers that weigh nothing."""
        return {
            "unanswered_questions": self.unanswered,
            "answers_without_weight": len(self.answers) if self.answers and not self.trust.earned else 0,
        }


def ask_about(
    desk: Desk,
    agent: ChoiceAgent,
    doubts: Sequence[Doubt],
    controls: Sequence[Doubt],
    known: KnownNames,
    context: Mapping[str, Any] | None = None,
) -> Opinion:
    """Ask about all doubts. doubts: the most wanted first. controls: see `grouped`. known: names that no question may
    hold. context: what each question tells once (meanings of choices), nothing of the tenant's in clear.

    What others noticed goes along, and questions that are open for this agent: they are answered in its first question,
    at no further call. Without an open desk, or without doubts, nothing is asked. Raises Unreachable when a store does
    not answer.
    """
    if not desk.is_open:
        return Opinion(agent.name)
    doubts = agent.telling(doubts, known, agent.params.most)
    if not doubts:
        return Opinion(agent.name)
    controls = agent.telling(controls, known, len(controls))
    plan = desk.plan_for(agent.name, len(doubts))
    params = replace(agent.params, together=plan.together or agent.params.together)
    groups = grouped(doubts, controls, params, agent.kind_of)
    heard = listen(desk.board, agent.name)
    told = {**(context or {}), **heard.context}
    along = [heard, *[Heard(agent.name)] * (len(groups) - 1)]
    questions = [_question(agent, *pair, Pseudonyms(known), told) for pair in zip(groups, along, strict=True)]
    asked = desk.ask(agent.name, questions, plan)
    opinion = _opinion(agent, groups, questions, asked)
    if asked.answers[0]:
        desk.board.share(heard.opinions(asked.answers[0], opinion.trust))
    return opinion


def _question(
    agent: ChoiceAgent, group: Sequence[Doubt], along: Heard, pseudonyms: Pseudonyms, context: Mapping[str, Any]
) -> ChoiceQuestion:
    items = [
        {"key": key, **agent.show(doubt, pseudonyms), "choices": list(doubt.offers)} for key, doubt in _keyed(group)
    ]
    content = json.dumps({**context, "items": [*items, *along.items]}, ensure_ascii=False, separators=(",", ":"))
    choices = {key: doubt.offers for key, doubt in _keyed(group)}
    return ChoiceQuestion(prompt(agent.name), content, {**choices, **along.choices})


def _keyed(group: Sequence[Doubt]) -> list[tuple[str, Doubt]]:
    return [(f"i{number}", doubt) for number, doubt in enumerate(group, 1)]


def _answers(group: Sequence[Doubt], answer: ModelAnswer) -> list[Answer]:
    return [Answer(doubt, answer.values.get(key), answer.model) for key, doubt in _keyed(group)]


def _opinion(
    agent: ChoiceAgent, groups: Sequence[Sequence[Doubt]], questions: Sequence[ChoiceQuestion], asked: Asked
) -> Opinion:
    answered = [
        (answer, question_key(question, one.model))
        for group, question, one in zip(groups, questions, asked.answers, strict=True)
        if one
        for answer in _answers(group, one)
    ]
    answers = tuple(answer for answer, _ in answered)
    rows = [(agent.name, a.doubt.key, a.doubt.expected, a.chosen, a.model, key) for a, key in answered]
    return Opinion(
        agent.name,
        answers,
        trust(answers, agent.kind_of),
        pl.DataFrame(rows, schema=ANSWERS, orient="row"),
        questions=len(groups),
        doubts=sum(not doubt.is_control for group in groups for doubt in group),
        asked=asked,
    )
