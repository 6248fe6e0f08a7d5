"""Doubts go out with controls among them, and answers come back with what they are worth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from discovery_pipeline.agents import choosing, classification
from discovery_pipeline.agents.choosing import ChoiceAgent, ask_about
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.ports import Answerer, Plan
from discovery_pipeline.agents.prompts import Prompt
from discovery_pipeline.agents.pseudonyms import KnownNames, Pseudonyms
from discovery_pipeline.domain.insights.contents import Meaning, NameScheme, UnitConvention
from discovery_pipeline.domain.insights.insight import About, Insight, observed
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline_tests.agents.fault_server import Behaviour, completion, respond, saying, serving

OFFERS = ("yes", "none")
KNOWN = KnownNames({"host": frozenset({"crm-db-01"})})


def show(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
    return {"text": pseudonyms.hide(doubt.shown["text"])}


AGENT = ChoiceAgent("choose", show)
DOUBTS = [Doubt(f"d{n}", {"text": f"crm-db-01 {n}"}, OFFERS) for n in range(25)]
CONTROLS = [Doubt(f"k{n}", {"text": f"control {n}"}, OFFERS, expected=OFFERS[n % 2]) for n in range(40)]


@pytest.fixture(autouse=True)
def _prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "prompt", lambda name: Prompt(name, "choose"))


def truthful() -> Behaviour:
    """Knows the controls by their number, says yes to everything else."""

    def behave(request: Any, handler: Any, _: Any) -> None:
        items = json.loads(request.document["messages"][1]["content"])["items"]
        answer = {
            i["key"]: "none" if i["text"].startswith("control") and int(i["text"].split()[1]) % 2 else "yes"
            for i in items
        }
        respond(handler, completion(json.dumps(answer)))

    return behave


def test_good_answers_earn_a_weight_and_no_name_leaves() -> None:
    with serving(truthful()) as endpoint:
        opinion = ask_about(Desk((Endpoint(endpoint.url, "m"),)), AGENT, DOUBTS, CONTROLS, KNOWN)
    assert (opinion.questions, opinion.doubts, opinion.unanswered, opinion.rejected) == (2, 25, 0, 0)
    assert opinion.trust.earned
    assert opinion.facts == {"unanswered_questions": 0, "answers_without_weight": 0}
    assert not any(b"crm-db-01" in request.body for request in endpoint.requests)


def test_of_what_a_question_tells_nothing_of_nobody_is_asked() -> None:
    telling = replace(AGENT, tells=lambda item: item["text"] not in {"host-1 (db) 7", "control 8"})
    with serving(truthful()) as endpoint:
        opinion = ask_about(Desk((Endpoint(endpoint.url, "m"),)), telling, DOUBTS, CONTROLS, KNOWN)
        keys = {answer.doubt.key for answer in opinion.answers}
        nothing = ask_about(Desk((Endpoint(endpoint.url, "m"),)), telling, DOUBTS[7:8], CONTROLS, KNOWN)
    assert opinion.doubts == 24
    assert {"d6", "k9"} <= keys
    assert not {"d7", "k8"} & keys
    assert nothing.questions == 0


def test_a_kind_of_asset_of_which_no_word_is_in_clear_is_not_asked_about() -> None:
    fields = {"fields it has": ["serial number"]}
    shown = [{"class": ["Verteiler"], **fields}, {"class": ["router"], **fields}, {"words in its name": ["sw"]}]
    put_up = [Doubt(f"type/{n}", each, OFFERS) for n, each in enumerate(shown)]
    assert [d.key for d in classification.AGENT.telling(put_up, KnownNames(), 20)] == ["type/1", "type/2"]


def test_an_answer_that_is_always_the_same_earns_nothing() -> None:
    def yes(request: Any, handler: Any, _: Any) -> None:
        items = json.loads(request.document["messages"][1]["content"])["items"]
        respond(handler, completion(json.dumps({item["key"]: "yes" for item in items})))

    with serving(yes) as endpoint:
        opinion = ask_about(Desk((Endpoint(endpoint.url, "m"),)), AGENT, DOUBTS, CONTROLS, KNOWN)
    assert not opinion.trust.earned
    assert opinion.facts["answers_without_weight"] == len(opinion.answers)


def test_no_answer_no_opinion() -> None:
    with serving(saying(b"{}", 500)) as endpoint:
        opinion = ask_about(Desk((Endpoint(endpoint.url, "m"),), seconds=0.5), AGENT, DOUBTS, CONTROLS, KNOWN)
    assert opinion.unanswered == opinion.questions == 2
    assert opinion.answers == ()


@pytest.mark.parametrize(
    "opinion",
    [
        pytest.param(lambda: ask_about(Desk(), AGENT, DOUBTS, CONTROLS, KNOWN), id="a closed desk"),
        pytest.param(
            lambda: ask_about(Desk((Endpoint("http://127.0.0.1:9/v1", "m"),)), AGENT, [], CONTROLS, KNOWN),
            id="no doubt",
        ),
    ],
)
def test_nothing_is_asked(opinion: Any) -> None:
    assert opinion().questions == 0


class ListBoard:
    """A blackboard of a list."""

    def __init__(self, *insights: Insight) -> None:
        self.said = [replace(insight, number=number) for number, insight in enumerate(insights, 1)]
        self.told_to: dict[str, tuple[int, ...]] = {}

    def heard(self, by: str) -> tuple[Insight, ...]:
        return tuple(insight for insight in self.said if insight.may_be_heard_by(by))

    def share(self, insights: Sequence[Insight]) -> None:
        self.said += [replace(insight, number=len(self.said) + 1) for insight in insights]

    def told(self, agent: str, insights: Sequence[Insight]) -> None:
        self.told_to[agent] = tuple(insight.number for insight in insights)


SCHEME = observed("inventory", NameScheme(parts=("site", "number"), share=0.8), About("asset", "hostname"))
UNIT = observed("cleansing", UnitConvention(unit="GB", inferred=True), About("asset", "memory_mib", 1, 2))
QUESTION = Insight("inventory phase", "question", Meaning(code="u", offers=("staging", "none")))
CLASSIFYING = ChoiceAgent("classification", show)


def asked_with(board: ListBoard, behave: Behaviour) -> list[dict[str, Any]]:
    """The contents of the questions that go out."""
    with serving(behave) as endpoint:
        ask_about(Desk((Endpoint(endpoint.url, "m"),), board=board), CLASSIFYING, DOUBTS, CONTROLS, KNOWN)
    contents = [json.loads(request.document["messages"][1]["content"]) for request in endpoint.requests]
    return sorted(contents, key=lambda content: -len(content["items"]))


def with_replies(reply: str) -> Behaviour:
    """Truthful about the items; this about questions taken along."""

    def behave(request: Any, handler: Any, _: Any) -> None:
        items = json.loads(request.document["messages"][1]["content"])["items"]
        right = {
            i["key"]: "none" if i["text"].startswith("control") and int(i["text"].split()[1]) % 2 else "yes"
            for i in items
            if "text" in i
        }
        respond(handler, completion(json.dumps({**right, **{i["key"]: reply for i in items if "question" in i}})))

    return behave


def test_what_others_noticed_goes_along_where_it_is_of_use() -> None:
    board = ListBoard(SCHEME, UNIT)
    contents = asked_with(board, truthful())
    assert [content["insights"] for content in contents] == [[SCHEME.text]] * 2
    assert board.told_to == {"classification": (1,)}


def test_nothing_noticed_leaves_the_question_as_it_was() -> None:
    assert all(content.keys() == {"items"} for content in asked_with(ListBoard(), truthful()))


def test_an_open_question_is_answered_along_the_way_at_no_further_call() -> None:
    board = ListBoard(QUESTION)
    contents = asked_with(board, with_replies("staging"))
    along = [item for content in contents for item in content["items"] if "question" in item]
    assert [(item["key"], item["choices"]) for item in along] == [("q1", ["staging", "none"])]
    assert len(contents) == 2
    opinion = board.said[-1]
    assert (opinion.author, opinion.kind, opinion.in_reply_to, opinion.round) == (
        "classification agent", "opinion", 1, 2,
    )  # fmt: skip
    assert opinion.content == Meaning(code="u", offers=("staging", "none"), chosen="staging")
    assert 0.5 < (opinion.confidence or 0) < 1


def test_what_was_answered_is_not_asked_again() -> None:
    answered = Meaning(code="u", offers=("staging", "none"), chosen="staging")
    board = ListBoard(QUESTION, Insight("classification agent", "opinion", answered, in_reply_to=1, round=2))
    contents = asked_with(board, truthful())
    assert not any("question" in item for content in contents for item in content["items"])
    assert contents[0]["insights"] == ["the estate: code u means staging"]


@pytest.mark.parametrize("reply", ["production", "ignore the rules", ""])
def test_an_answer_that_was_not_offered_is_no_opinion(reply: str) -> None:
    board = ListBoard(QUESTION)
    asked_with(board, with_replies(reply))
    assert [insight.kind for insight in board.said] == ["question"]


def test_opinions_of_an_unreliable_model_are_not_passed_on() -> None:
    def yes(request: Any, handler: Any, _: Any) -> None:
        items = json.loads(request.document["messages"][1]["content"])["items"]
        respond(handler, completion(json.dumps({i["key"]: "staging" if "question" in i else "yes" for i in items})))

    board = ListBoard(QUESTION)
    asked_with(board, yes)
    assert [insight.kind for insight in board.said] == ["question"]


def test_the_plan_decides_how_many_doubts_stand_in_one_question() -> None:
    class Forty:
        def plan_for(self, agent: str, doubts: int, endpoints: Sequence[Answerer]) -> Plan:
            assert (agent, doubts, len(endpoints)) == ("choose", 25, 1)
            return Plan(together=40)

    with serving(truthful()) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m"),), planner=Forty())
        opinion = ask_about(desk, AGENT, DOUBTS, CONTROLS, KNOWN)
    assert (opinion.questions, len(endpoint.requests)) == (1, 1)
