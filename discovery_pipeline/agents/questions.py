"""The agent of questions to owners: which of those of about equal worth comes first, and how they are worded.

Keep out: which questions there are and what they are worth (domain.analysis.questions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discovery_pipeline.agents.believable import Bounds
from discovery_pipeline.agents.choosing import ChoiceAgent, Opinion, ask_about
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.pseudonyms import KnownNames, Pseudonyms
from discovery_pipeline.agents.texts import Item, Texts, ask_texts
from discovery_pipeline.domain.analysis.narratives.narrative import Narrative
from discovery_pipeline.domain.analysis.questions.order import MEANINGS
from discovery_pipeline.domain.opinions.doubts import Doubt, GroupParams

AGENT, WORDS = "questions", "question_words"
# Of more than two questions' worth of doubts the order hardly matters to anybody.
_MOST = 40


def _show(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:  # noqa: ARG001 - it holds words and figures of ours
    return doubt.shown


def _kind(choice: str) -> str:
    """Who always says the same earns nothing by it: the choices are trusted apart."""
    return choice


QUESTIONS_AGENT = ChoiceAgent(AGENT, _show, _kind, GroupParams(most=_MOST))


def ask_order(desk: Desk, doubts: Sequence[Doubt], controls: Sequence[Doubt], known: KnownNames) -> Opinion:
    """Which of the questions are worth asking soon."""
    return ask_about(desk, QUESTIONS_AGENT, doubts, controls, known, {"choices": MEANINGS})


def word_questions(desk: Desk, stated: Sequence[Narrative], known: KnownNames) -> Texts:
    """Texts by the narratives' keys, of questions that somebody worded believably."""
    about = "the question to the owner and why its answer matters"
    asked = [one for one in stated if one.kind == "question"]
    items = [Item(one.key, about, one.facts, bounds=Bounds(most=500, sentences=3)) for one in asked]
    return ask_texts(desk, WORDS, items, known)
