"""Agents that word things for people: facts become questions, texts come back where they are believable.

A text is only ever shown as text, beside the model that wrote it and the facts; nothing is computed from it. Keep out:
what there is to tell (domain), when a text is believed (believable).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from discovery_pipeline.agents.believable import Bounds, Grounds
from discovery_pipeline.agents.choices import MalformedAnswer, strict_json
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.prompts import Prompt, prompt
from discovery_pipeline.agents.pseudonyms import KnownNames, Pseudonyms
from discovery_pipeline.domain.calls import Call

# As many as an answer of some thousand tokens holds.
TOGETHER = 12


@dataclass(frozen=True)
class Item:
    """Something to be worded. key: names it among all of an agent's. about: what kind of text is wanted. facts: all
    that the text may say, in words and figures of ours; names that the tenant is known to use, addresses and the like
    are replaced before they leave."""

    key: str
    about: str
    facts: tuple[str, ...]
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True)
class Text:
    """A text that was believed. model: who wrote it."""

    text: str
    model: str


@dataclass(frozen=True)
class TextQuestion:
    """content: what is asked about, as JSON. grounds: key -> what a text for it is held to."""

    prompt: Prompt
    content: str
    grounds: Mapping[str, Grounds]

    @property
    def size(self) -> int:
        return len(self.grounds)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of an answer: one text per key."""
        return {
            "type": "object",
            "properties": {key: {"type": "string"} for key in self.grounds},
            "required": list(self.grounds),
            "additionalProperties": False,
        }

    def read(self, text: str) -> dict[str, str | None]:
        """The text for every key, stand-ins and all; None where it is not believable. Raises MalformedAnswer."""
        document = strict_json(text)
        if not isinstance(document, dict) or not document.keys() <= self.grounds.keys():
            raise MalformedAnswer("not an object of the keys asked for")
        return {key: _believed(document.get(key), grounds) for key, grounds in self.grounds.items()}


def _believed(answer: object, grounds: Grounds) -> str | None:
    if not isinstance(answer, str):
        return None
    text = answer.strip()
    return None if grounds.objection(text) else text


@dataclass(frozen=True)
class Texts:
    """What came of it. texts: by the items' keys. questions: how many; kept: of those, answered in an earlier run.
    rejected: texts that came and were not believed."""

    agent: str
    texts: Mapping[str, Text] = field(default_factory=dict)
    questions: int = 0
    kept: int = 0
    unanswered: int = 0
    rejected: int = 0
    calls: tuple[Call, ...] = ()


def ask_texts(desk: Desk, agent: str, items: Sequence[Item], known: KnownNames) -> Texts:
    """Have the items worded. agent: of the prompt and the ledger. known: names that no question may hold.

    Without an open desk, or without items, nothing is asked.
    """
    if not items or not desk.is_open:
        return Texts(agent)
    groups = [items[start : start + TOGETHER] for start in range(0, len(items), TOGETHER)]
    hidden = [Pseudonyms(known) for _ in groups]
    questions = [_question(agent, group, own, known) for group, own in zip(groups, hidden, strict=True)]
    asked = desk.ask(agent, questions)
    texts, rejected = {}, 0
    for group, own, answer in zip(groups, hidden, asked.answers, strict=True):
        for key, item in _keyed(group) if answer else ():
            text = answer.values.get(key) if answer else None
            if text is None or answer is None:
                rejected += 1
            else:
                texts[item.key] = Text(own.restore(text), answer.model)
    return Texts(agent, texts, len(questions), asked.kept, asked.unanswered, rejected, asked.calls)


def _keyed(group: Sequence[Item]) -> list[tuple[str, Item]]:
    return [(f"t{number}", item) for number, item in enumerate(group, 1)]


def _question(agent: str, group: Sequence[Item], hidden: Pseudonyms, known: KnownNames) -> TextQuestion:
    told = {key: (item, tuple(hidden.names(fact) for fact in item.facts)) for key, item in _keyed(group)}
    items = [
        {"key": key, "text": item.about, "facts": list(facts), "sentences": item.bounds.sentences}
        for key, (item, facts) in told.items()
    ]
    content = json.dumps({"items": items}, ensure_ascii=False, separators=(",", ":"))
    grounds = {key: Grounds(facts, item.bounds, known) for key, (item, facts) in told.items()}
    return TextQuestion(prompt(agent), content, grounds)
