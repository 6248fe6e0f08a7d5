"""The one kind of question asked so far: for each of several things, one of the choices offered for it.

An answer is believed only when it is exactly the JSON object asked for, and only where it is one of the choices.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_ANSWER = 200_000


class MalformedAnswer(ValueError):
    """Not the JSON object asked for."""


@dataclass(frozen=True)
class ChoiceQuestion:
    """system: the instructions. content: what is asked about, as JSON. choices: key -> what may be chosen for it."""

    system: str
    content: str
    choices: Mapping[str, tuple[str, ...]]

    def key(self, answerer: str) -> str:
        """A hash of everything that decides the answer: instructions, content, choices, who answers."""
        parts = (answerer, self.system, self.content, json.dumps(self.schema, sort_keys=True))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of an answer: one property per key, each with its own choices."""
        return {
            "type": "object",
            "properties": {key: {"type": "string", "enum": list(offered)} for key, offered in self.choices.items()},
            "required": list(self.choices),
            "additionalProperties": False,
        }

    def read(self, text: str) -> dict[str, str | None]:
        """The choice for every key; None where there is none or it was not offered. Raises MalformedAnswer."""
        document = strict_json(text)
        if not isinstance(document, dict) or not document.keys() <= self.choices.keys():
            raise MalformedAnswer("not an object of the keys asked for")
        return {key: _among(document.get(key), offered) for key, offered in self.choices.items()}


def _among(answer: object, offered: tuple[str, ...]) -> str | None:
    return answer if isinstance(answer, str) and answer in offered else None


def strict_json(text: str | bytes) -> Any:
    """JSON as the standard has it: no NaN, no Infinity, no repeated key, nothing around it. Raises MalformedAnswer."""
    if len(text) > LONGEST_ANSWER:
        raise MalformedAnswer("longer than any answer")
    try:
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_without_repeats)
    except MalformedAnswer:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"no JSON: {type(error).__name__}") from None


def _refuse(constant: str) -> None:
    raise MalformedAnswer(f"{constant} is no JSON")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise MalformedAnswer("a key stands twice")
    return document
