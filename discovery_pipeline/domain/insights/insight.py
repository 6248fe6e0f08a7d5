"""One thing said on the blackboard: by whom, about what, to whom, in answer to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from discovery_pipeline.domain.insights.contents import Content

# question: to be answered by one of its offers. opinion: an agent's answer. effect: what was changed after an insight.
InsightKind = Literal["observation", "question", "opinion", "effect"]
Agent = Literal["mapping", "cleansing", "classification", "reconciliation", "dependencies", "analysis", "questions"]
AGENTS: tuple[Agent, ...] = get_args(Agent)
# Which agents a topic is of use to; a longer prompt costs more and is read worse. Who words texts hears nothing:
# all that a text may say stands in its facts.
_OF_USE: dict[str, tuple[Agent, ...]] = {
    "value_codes": ("cleansing", "classification", "reconciliation"),
    "name_scheme": ("classification", "reconciliation", "dependencies"),
    "site_codes": ("classification", "reconciliation", "dependencies"),
    "unit_convention": ("cleansing",),
    "shared_service": ("dependencies",),
    "layout": ("mapping", "cleansing", "reconciliation"),
    "meaning": tuple(agent for agent in AGENTS if agent != "analysis"),
}
# Topics of which every value that an agent settles may follow, whatever field they are about.
_OF_EVERYTHING = ("name_scheme", "site_codes", "shared_service", "layout")
# An observation or question is round 1, an answer the next; nothing is said after the last.
LAST_ROUND = 3


@dataclass(frozen=True)
class About:
    """What is spoken of, by the schema's names and by place; None = of the whole estate."""

    record: str | None = None
    field: str | None = None
    table_no: int | None = None
    position: int | None = None

    def __str__(self) -> str:
        place = f"table {self.table_no}" if self.table_no is not None else ""
        if place and self.position is not None:
            place += f" column {self.position + 1}"
        named = " ".join(part for part in (self.record, self.field) if part)
        return " in ".join(part for part in (named, place) if part) or "the estate"


@dataclass(frozen=True)
class Insight:
    """author: "cleansing phase", "classification agent". to: agents that may hear it; () = all of them.

    number: given by the blackboard, 1, 2, ... per tenant; 0 before. in_reply_to: of an answer or effect, the number of
    what it follows. confidence: of an observation, the share that bears it out; of an opinion, the lower bound of its
    author's share of right answers on controls; None where neither was measured. asset, version: what was being made
    when it was said, given with the number.
    """

    author: str
    kind: InsightKind
    content: Content
    about: About = About()
    to: tuple[Agent, ...] = ()
    in_reply_to: int | None = None
    round: int = 1
    confidence: float | None = None
    number: int = 0
    asset: str = ""
    version: str = ""

    def may_be_heard_by(self, agent: str) -> bool:
        """Only agents of the pipeline hear anything, and nobody what is not addressed to them."""
        return agent in AGENTS and (not self.to or agent in self.to) and self.kind != "effect"

    def is_of_use_to(self, agent: str) -> bool:
        return agent in _OF_USE.get(self.content.topic, ())

    def bears_on(self, agent: str, field: str | None) -> bool:
        """Whether what this agent settled in this field may follow from it."""
        same = self.about.field in (None, field) or self.content.topic in _OF_EVERYTHING
        return same and self.is_of_use_to(agent)

    @property
    def text(self) -> str:
        """A sentence for prompts and people."""
        return f"{self.about}: {self.content.text}"


def observed(phase: str, content: Content, about: About = About(), confidence: float | None = None) -> Insight:
    """What a phase read out of its own result, for every agent."""
    return Insight(f"{phase} phase", "observation", content, about, confidence=confidence)
