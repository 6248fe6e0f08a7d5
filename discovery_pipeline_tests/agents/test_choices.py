"""An answer is the JSON object asked for and nothing else."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.choices import LONGEST_ANSWER, ChoiceQuestion, MalformedAnswer, question_key, strict_json
from discovery_pipeline.agents.prompts import Prompt

CHOOSE = Prompt("choose", "choose")
QUESTION = ChoiceQuestion(CHOOSE, "{}", {"c1": ("hostname", "none"), "c2": ("fqdn", "none")})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param('{"c1": "hostname", "c2": "none"}', {"c1": "hostname", "c2": "none"}, id="as asked"),
        pytest.param('{"c1": "fqdn", "c2": "fqdn"}', {"c1": None, "c2": "fqdn"}, id="offered for another column"),
        pytest.param('{"c1": "root", "c2": 1}', {"c1": None, "c2": None}, id="never offered"),
        pytest.param('{"c2": "none"}', {"c1": None, "c2": "none"}, id="one left out"),
        pytest.param('{"c1": ["hostname"], "c2": {"a": 1}}', {"c1": None, "c2": None}, id="no texts"),
    ],
)
def test_only_what_was_offered_for_a_key_is_its_answer(text: str, answer: dict[str, str | None]) -> None:
    assert QUESTION.read(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param('Sure! {"c1": "hostname"}', id="text before"),
        pytest.param('{"c1": "hostname"} done', id="text after"),
        pytest.param('```json\n{"c1": "hostname"}\n```', id="fenced"),
        pytest.param('{"c1": NaN}', id="NaN"),
        pytest.param('{"c1": -Infinity}', id="Infinity"),
        pytest.param('{"c1": "hostname", "c1": "none"}', id="a key twice"),
        pytest.param('{"c3": "none"}', id="a key nobody asked for"),
        pytest.param('["hostname"]', id="no object"),
        pytest.param('{"c1": "hostname"', id="cut off"),
        pytest.param("[" * 5_000, id="deeply nested"),
        pytest.param("9" * 5_000, id="a number beyond numbers"),
        pytest.param('"' + "a" * LONGEST_ANSWER + '"', id="huge"),
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedAnswer):
        QUESTION.read(text)


def test_malformed_bytes_are_malformed() -> None:
    with pytest.raises(MalformedAnswer):
        strict_json(b"\xff\xfe\x00{")


@pytest.mark.parametrize(
    "other",
    [
        ChoiceQuestion(Prompt("choose", "choose!"), "{}", QUESTION.choices),
        ChoiceQuestion(CHOOSE, "{} ", QUESTION.choices),
        ChoiceQuestion(CHOOSE, "{}", {**QUESTION.choices, "c2": ("none", "fqdn")}),
    ],
    ids=["instructions", "content", "order of choices"],
)
def test_whatever_may_change_the_answer_changes_the_key(other: ChoiceQuestion) -> None:
    assert question_key(QUESTION, "m") == question_key(ChoiceQuestion(CHOOSE, "{}", dict(QUESTION.choices)), "m")
    assert len({question_key(QUESTION, "m"), question_key(QUESTION, "n"), question_key(other, "m")}) == 3


def test_the_schema_offers_each_column_its_own_choices() -> None:
    schema = QUESTION.schema
    assert schema["properties"]["c2"] == {"type": "string", "enum": ["fqdn", "none"]}
    assert (schema["required"], schema["additionalProperties"]) == (["c1", "c2"], False)
