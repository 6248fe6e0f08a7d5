"""The blackboard as agents see it: what was noticed before goes into their questions, what they conclude goes back.

An agent hears what is addressed to it, takes along questions that are open for it (one more key in its own question, no
further call), and its answers are passed on only when its answers on controls have earned a weight. Keep out: where
insights are kept (services), what they may say (domain).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from discovery_pipeline.domain.insights.contents import Meaning
from discovery_pipeline.domain.insights.insight import LAST_ROUND, Insight
from discovery_pipeline.domain.opinions.trust import Reliability, Trust

if TYPE_CHECKING:
    from discovery_pipeline.agents.desk import ModelAnswer

# In one question; the most telling first, as the board gives them.
_MOST_TOLD = 20
_MOST_ANSWERED = 3


class Board(Protocol):
    """The blackboard of a run, as one phase finds it."""

    def heard(self, by: str) -> tuple[Insight, ...]:
        """What this agent may hear, from the phases that its own stands on and from its own so far."""
        ...

    def share(self, insights: Sequence[Insight]) -> None:
        """Say something; what exceeds the board's bounds is dropped."""
        ...

    def told(self, agent: str, insights: Sequence[Insight]) -> None:
        """These went into the agent's questions: what it changes is linked to them."""
        ...


class NoBoard:
    """Nobody else is there."""

    def heard(self, by: str) -> tuple[Insight, ...]:  # noqa: ARG002
        return ()

    def share(self, insights: Sequence[Insight]) -> None:
        """Nobody hears it."""

    def told(self, agent: str, insights: Sequence[Insight]) -> None:
        """Nothing was."""


@dataclass(frozen=True)
class Heard:
    """What one agent takes into its questions. insights: as context. asked: questions to it, by answer key."""

    agent: str
    insights: tuple[Insight, ...] = ()
    asked: Mapping[str, Insight] = field(default_factory=dict)

    @property
    def context(self) -> dict[str, Any]:
        """For each question's content; empty when there is nothing, so that the question stays as it was."""
        return {"insights": [insight.text for insight in self.insights]} if self.insights else {}

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """What may be answered to the questions taken along, by key."""
        return {key: _meaning(insight).offers for key, insight in self.asked.items()}

    @property
    def items(self) -> list[dict[str, Any]]:
        """The questions taken along, as items of a question's content."""
        return [
            {"key": key, "question": insight.text, "choices": list(_meaning(insight).offers)}
            for key, insight in self.asked.items()
        ]

    def opinions(self, answer: ModelAnswer, worth: Trust) -> list[Insight]:
        """What was answered to the questions taken along; nothing from a model whose answers have earned no weight."""
        found = []
        for key, insight in self.asked.items():
            meaning, chosen = _meaning(insight), answer.values.get(key)
            reliability = _least(worth, answer.model)
            if chosen is not None and reliability.weight > 0:
                found.append(
                    Insight(
                        f"{self.agent} agent",
                        "opinion",
                        meaning.model_copy(update={"chosen": chosen}),
                        insight.about,
                        in_reply_to=insight.number,
                        round=insight.round + 1,
                        confidence=round(reliability.bound, 4),
                    )
                )
        return found


def listen(board: Board, agent: str) -> Heard:
    """What the agent hears now: what is of use to it, and questions that nobody has answered yet."""
    heard = board.heard(agent)
    answered = {insight.in_reply_to for insight in heard if insight.kind == "opinion"}
    questions = [i for i in heard if i.kind == "question" and i.number not in answered and i.round < LAST_ROUND]
    insights = tuple(i for i in heard if i.kind != "question" and i.is_of_use_to(agent))[:_MOST_TOLD]
    board.told(agent, insights)
    return Heard(agent, insights, {f"q{number}": i for number, i in enumerate(questions[:_MOST_ANSWERED], 1)})


def _least(worth: Trust, model: str) -> Reliability:
    """Of the kinds of answers that the model's controls measured the least reliable: none of them is this one."""
    own = [reliability for (whose, _), reliability in worth.kinds.items() if whose == model]
    return min(own, key=lambda reliability: reliability.bound, default=Reliability())


def _meaning(question: Insight) -> Meaning:
    if not isinstance(question.content, Meaning):
        raise TypeError(f"a question about {question.content.topic} has no offers")
    return question.content
