"""Questions and answers for tests of the desk: two keys, each with its choices, told apart by a number."""

from __future__ import annotations

import json
from collections.abc import Mapping

from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.desk import Asked
from discovery_pipeline.agents.prompts import Prompt
from discovery_pipeline_tests.agents.fault_server import Behaviour, completion, saying

RIGHT = {"a": "yes", "b": "no"}


def question(number: int = 0) -> ChoiceQuestion:
    """A question like no other of another number."""
    offers = ("yes", "no")
    return ChoiceQuestion(Prompt("choose", "choose"), json.dumps({"number": number}), {"a": offers, "b": offers})


def questions(count: int) -> list[ChoiceQuestion]:
    return [question(number) for number in range(count)]


def telling(answer: Mapping[str, str], usage: object = None) -> Behaviour:
    """Whatever is asked, this answer."""
    return saying(completion(json.dumps(answer), usage))


def values(asked: Asked) -> list[dict[str, str | None] | None]:
    return [answer and answer.values for answer in asked.answers]


def outcomes(asked: Asked) -> list[str]:
    return [call.outcome for call in asked.calls]
