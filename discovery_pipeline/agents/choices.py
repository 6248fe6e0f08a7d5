"""The usual kind of question: for each of several things, one of the choices offered for it.

An answer is believed only when it is exactly the JSON object asked for, and only where it is one of the choices.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from discovery_pipeline.agents.prompts import Prompt

LONGEST_ANSWER = 200_000


class MalformedAnswer(ValueError):
    """Not the JSON object asked for."""


class Question(Protocol):
    """Anything that can be asked: instructions, content, the JSON schema of an answer, and how an answer is read."""

    @property
    def prompt(self) -> Prompt: ...

    @property
    def content(self) -> str:
        """What is asked about, as JSON: the only bytes of a tenant's that leave the machine."""
        ...

    @property
    def schema(self) -> dict[str, Any]: ...

    @property
    def size(self) -> int:
        """How many things are asked about."""
        ...

    def read(self, text: str) -> dict[str, str | None]:
        """The answer for every key; None where there is no believable one. Raises MalformedAnswer, whose words the
        model may be told. A JSON object of some of its answers is read as these and None for the others."""
        ...


def question_key(question: Question, model: str) -> str:
    """A hash of everything that decides the answer: instructions, content, form of the answer, the model's name."""
    parts = (question.prompt.text, question.content, json.dumps(question.schema, sort_keys=True), model)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class ChoiceQuestion:
    """prompt: the instructions. content: what is asked about, as JSON. choices: key -> what may be chosen for it."""

    prompt: Prompt
    content: str
    choices: Mapping[str, tuple[str, ...]]

    @property
    def size(self) -> int:
        return len(self.choices)

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
