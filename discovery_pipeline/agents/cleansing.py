"""The cleansing agent: what a spelling that no rule reads means in its column.

Keep out: which spellings are asked about and what follows from an answer (domain.cleansing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.agents.guard import shown_header
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.agents.shown_words import shown_words
from discovery_pipeline.agents.telling import has_signs
from discovery_pipeline.domain.cleansing.advised import AGENT
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.domain.schema import fields

_LONGEST = 40
_NOT_KNOWN = "?"


def shown_spelling(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
    """What a question tells of a spelling: words of ours and short codes in clear, everything else as its shape."""

    def shown(text: str) -> str:
        return shown_words(text, pseudonyms)[:_LONGEST]

    return {
        "field": doubt.shown["field"],
        "header": shown_words(shown_header(doubt.shown["header"]), pseudonyms),
        "word": shown(doubt.shown["spelling"]),
        "percent": _percent(doubt.shown["share"]),
        "beside": {shown(other): meaning or _NOT_KNOWN for other, meaning in doubt.shown["others"]},
    }


def _percent(share: float) -> int:
    """Rounded so that small changes of a file change no question: 1, 2, 5, 10, 20, ... 100."""
    steps = (1, 2, 5, 10, 20, 30, 50, 70, 100)
    return min(steps, key=lambda step: (abs(step - 100 * share), step))


def described(doubts: Sequence[Doubt]) -> Mapping[str, Any]:
    """What each question tells once: the fields that it is about."""
    asked = sorted({(doubt.shown["record"], doubt.shown["field"]) for doubt in doubts})
    return {"fields": {field: fields(record)[field].description for record, field in asked}}


def _tells(item: Mapping[str, Any]) -> bool:
    return has_signs(item["word"])


CLEANSING = ChoiceAgent(AGENT, shown_spelling, tells=_tells)
