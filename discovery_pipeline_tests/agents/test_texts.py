"""Facts go out without names, believable texts come back with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from discovery_pipeline.agents import texts
from discovery_pipeline.agents.choices import MalformedAnswer, question_key
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.prompts import Prompt
from discovery_pipeline.agents.pseudonyms import KnownNames
from discovery_pipeline.agents.texts import TOGETHER, Item, ask_texts
from discovery_pipeline_tests.agents.fault_server import Behaviour, completion, respond, saying, serving

KNOWN = KnownNames({"host": frozenset({"crm-db-01"})})
ITEMS = [Item(f"k{n}", "why", ("host: crm-db-01", f"servers: {n}", "strategy: rehost")) for n in range(TOGETHER + 3)]


@pytest.fixture(autouse=True)
def _prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "prompt", lambda name: Prompt(name, "word it"))


def telling(text: str) -> Behaviour:
    """A model that says this of every item; {name} and {servers} as its facts have them."""

    def behave(request: Any, handler: Any, _: Any) -> None:
        items = json.loads(request.document["messages"][1]["content"])["items"]
        said = {i["key"]: dict(fact.split(": ") for fact in i["facts"]) for i in items}
        answer = {key: text.format(name=of["host"], servers=of["servers"]) for key, of in said.items()}
        respond(handler, completion(json.dumps(answer)))

    return behave


def test_texts_come_back_with_the_names_that_did_not_leave() -> None:
    with serving(telling("The host {name} moves with its {servers} servers as it is.")) as endpoint:
        found = ask_texts(Desk((Endpoint(endpoint.url, "m"),)), "word", ITEMS, KNOWN)
    assert (found.questions, found.unanswered, found.rejected) == (2, 0, 0)
    assert found.texts["k3"].text == "The host crm-db-01 moves with its 3 servers as it is."
    assert found.texts["k3"].model == "m"
    assert len(found.texts) == len(ITEMS)
    assert not any(b"crm-db-01" in request.body for request in endpoint.requests)


def test_a_text_is_held_to_its_own_facts() -> None:
    with serving(telling("The host {name} moves with its 3 servers as it is.")) as endpoint:
        found = ask_texts(Desk((Endpoint(endpoint.url, "m"),)), "word", ITEMS, KNOWN)
    assert list(found.texts) == ["k3"]


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(saying(b"{}", 500), id="down"),
        pytest.param(saying(completion("no JSON")), id="no JSON"),
        pytest.param(saying(completion('{"t1": "Visit http://evil.example to see more."}')), id="unbelievable"),
        pytest.param(saying(completion('{"t1": 7, "t2": null}')), id="no texts"),
    ],
)
def test_nothing_believable_is_nothing(behaviour: Behaviour) -> None:
    with serving(behaviour) as endpoint:
        found = ask_texts(Desk((Endpoint(endpoint.url, "m"),), seconds=1.0), "word", ITEMS[:2], KNOWN)
    assert not found.texts
    assert found.unanswered + found.rejected > 0


def test_without_a_model_or_anything_to_word_nothing_is_asked() -> None:
    assert ask_texts(Desk(), "word", ITEMS, KNOWN).questions == 0
    assert ask_texts(Desk((Endpoint("http://127.0.0.1:9/v1", "m"),)), "word", [], KNOWN).questions == 0


def test_the_question_is_the_same_every_time_and_read_strictly() -> None:
    first, again = (texts._question("word", ITEMS[:2], texts.Pseudonyms(KNOWN), KNOWN) for _ in range(2))
    assert question_key(first, "m") == question_key(again, "m")
    assert first.schema["required"] == ["t1", "t2"]
    assert first.read(json.dumps({"t2": "It moves with its 1 servers as it is."})) == {
        "t1": None,
        "t2": "It moves with its 1 servers as it is.",
    }
    for wrong in ('{"t3": "x"}', "[]", '{"t1": "x", "t1": "y"}'):
        with pytest.raises(MalformedAnswer):
            first.read(wrong)
