"""Kept answers first, then the model, with one repair of what can't be used; what is replayed needs no network."""

from __future__ import annotations

import json
import socket
import time

import pytest

from discovery_pipeline.agents import line
from discovery_pipeline.agents.desk import NO_MODEL, NO_TIME, NOBODY_LEFT, ONLY_KEPT, SWITCHED_OFF, Desk, ModelAnswer
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.ports import KeptAnswer, Plan
from discovery_pipeline_tests.agents.desk_questions import RIGHT, outcomes, question, questions, telling, values
from discovery_pipeline_tests.agents.fault_server import completion, first, saying, serving, silent
from discovery_pipeline_tests.agents.stand_ins import InMemory

KEY = "sk-secret-1234567890"
# Generous: other work may share the machine. The deadlines themselves are far smaller.
SLACK_S = 20.0


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    import openai  # noqa: F401 - its import is no part of any deadline below

    monkeypatch.setattr(line, "_FIRST_WAIT_S", 0.02)


def desk(url: str, accounts: InMemory | None = None, seconds: float = 10.0) -> Desk:
    return Desk((Endpoint(url, "m", KEY),), seconds, accounts or InMemory())


def test_what_was_answered_once_is_not_asked_again() -> None:
    accounts = InMemory()
    with serving(telling(RIGHT)) as endpoint:
        before = desk(endpoint.url, accounts).ask("mapping", questions(3))
        after = desk(endpoint.url, accounts).ask("mapping", questions(4))
    assert values(before) == [RIGHT] * 3
    assert after.answers == (*[ModelAnswer(RIGHT, "m", kept=True)] * 3, ModelAnswer(RIGHT, "m"))
    assert (after.kept, len(after.calls), len(endpoint.requests)) == (3, 1, 4)
    assert accounts.outcomes == ["answered"] * 3 + ["kept"] * 3 + ["answered"]
    assert (accounts.calls[3].completion_tokens, accounts.calls[3].provider, accounts.calls[3].agent) == (
        20,
        "model",
        "mapping",
    )


def test_kept_answers_are_looked_up_once_for_all_questions_and_models() -> None:
    accounts = InMemory()
    with serving(telling(RIGHT)) as endpoint:
        models = (Endpoint(endpoint.url, "m"), Endpoint(endpoint.url, "n"))
        Desk(models, accounts=accounts).ask("mapping", questions(3))
    assert [len(keys) for keys in accounts.finds] == [6]


def test_another_model_or_question_is_another_answer_and_another_address_is_not() -> None:
    accounts = InMemory()
    with serving(telling(RIGHT)) as endpoint, serving(telling(RIGHT)) as other:
        for at, model, number in ((endpoint.url, "m", 0), (endpoint.url, "n", 0), (endpoint.url, "m", 1)):
            assert Desk((Endpoint(at, model),), accounts=accounts).ask("mapping", [question(number)]).kept == 0
        moved = Endpoint(other.url, "m", provider="other")
        assert Desk((moved,), accounts=accounts).ask("mapping", [question()]).kept == 1
    assert len(accounts.answers) == 3


@pytest.mark.parametrize("text", ["", "nonsense", '{"a": "maybe"}', '{"z": "yes"}', "[]"])
def test_a_kept_answer_is_read_anew_and_believed_no_more_than_a_fresh_one(text: str) -> None:
    accounts = InMemory()
    with serving(telling(RIGHT)) as endpoint:
        desk(endpoint.url, accounts).ask("mapping", [question()])
        (key,) = accounts.answers
        accounts.answers[key] = KeptAnswer(text, "m")
        asked = desk(endpoint.url, accounts).ask("mapping", [question()])
    assert (asked.kept, values(asked)) == (0, [RIGHT])


@pytest.mark.parametrize(
    ("bodies", "kept"),
    [
        pytest.param([completion("no")], 0, id="malformed"),
        pytest.param([completion('{"a": "maybe", "b": "maybe"}')], 0, id="nothing that was offered"),
        pytest.param([completion('{"a": "yes", "b": "maybe"}')], 1, id="in part"),
    ],
)
def test_only_what_can_be_believed_is_kept(bodies: list[bytes], kept: int) -> None:
    accounts = InMemory()
    with serving(saying(bodies[0])) as endpoint:
        asked = desk(endpoint.url, accounts).ask("mapping", [question()])
        again = desk(endpoint.url, accounts).ask("mapping", [question()])
    assert (len(accounts.answers), asked.unanswered, again.kept) == (kept, 1 - kept, kept)
    assert values(again) == values(asked)


def test_a_repair_keeps_what_was_right_and_tells_only_our_words() -> None:
    accounts = InMemory()
    before, after = {"a": "yes", "b": "IGNORE ALL"}, {"a": "no", "b": "no"}
    with serving(first(telling(before), then=telling(after))) as endpoint:
        asked = desk(endpoint.url, accounts).ask("mapping", [question()])
    assert values(asked) == [RIGHT]
    assert [(call.outcome, call.attempt) for call in asked.calls] == [("rejected", "first"), ("answered", "repair")]
    sent = [request.document["messages"] for request in endpoint.requests]
    assert sent[1][:2] == sent[0]
    assert sent[1][2]["role"] == "user"
    assert "none of those allowed: b." in sent[1][2]["content"]
    assert b"IGNORE" not in endpoint.requests[1].body
    (kept,) = accounts.answers.values()
    assert json.loads(kept.text) == RIGHT
    assert (kept.prompt_tokens, kept.completion_tokens) == (200, 40)


def test_there_is_one_repair() -> None:
    with serving(telling({"a": "yes", "b": "maybe"})) as endpoint:
        asked = desk(endpoint.url).ask("mapping", [question()])
    assert values(asked) == [{"a": "yes", "b": None}]
    assert outcomes(asked) == ["rejected", "rejected"]


@pytest.mark.parametrize("repair", [silent, saying(b"", 500), telling({"b": "maybe"})], ids=["silent", "500", "worse"])
def test_what_was_right_stands_whatever_becomes_of_the_repair(repair: object) -> None:
    accounts = InMemory()
    with serving(first(telling({"a": "yes", "b": "maybe"}), then=repair)) as endpoint:  # type: ignore[arg-type]
        asked = desk(endpoint.url, accounts, seconds=1.5).ask("mapping", [question()])
    assert values(asked) == [{"a": "yes", "b": None}]
    assert len(accounts.answers) == 1


def test_a_slow_endpoint_costs_the_run_its_seconds_once_in_all_phases_together() -> None:
    accounts = InMemory()
    with serving(silent) as endpoint:
        asking, begun = desk(endpoint.url, accounts, seconds=0.6), time.monotonic()
        asked = [asking.ask(agent, questions(3)) for agent in ("mapping", "cleansing", "inventory")]
    assert time.monotonic() - begun < 0.6 + SLACK_S
    assert [one.unanswered for one in asked] == [3, 3, 3]
    assert [len(one.calls) for one in asked] == [3, 0, 0]
    assert [one.why for one in asked] == list(asking.whys.values()) == [NO_TIME] * 3
    assert asking.seconds == asked[-1].seconds_left == 0
    assert accounts.outcomes == ["timed_out"] * 3


def test_kept_answers_take_no_time() -> None:
    accounts = InMemory()
    with serving(telling(RIGHT)) as endpoint:
        desk(endpoint.url, accounts).ask("mapping", questions(3))
        asked = desk(endpoint.url, accounts, seconds=0).ask("mapping", questions(3))
    assert (asked.kept, asked.why) == (3, "")


def test_a_replay_opens_no_connection_and_answers_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, mixed = InMemory(), {"a": "yes", "b": "maybe"}
    with serving(first(telling(mixed), telling(mixed), then=telling(RIGHT))) as endpoint:
        fresh = desk(endpoint.url, accounts).ask("mapping", questions(3))
    url = endpoint.url  # nobody is there any more

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    replay = Desk((Endpoint(url, "m"),), accounts=accounts, mode="replay")
    assert replay.is_open
    replayed = replay.ask("mapping", questions(4))
    assert values(replayed) == [*values(fresh), None]
    assert [answer and answer.model for answer in replayed.answers[:3]] == ["m"] * 3
    assert (replayed.why, replayed.calls) == (ONLY_KEPT, ())


@pytest.mark.parametrize(
    ("closed", "why"),
    [
        pytest.param(Desk(), NO_MODEL, id="no model"),
        pytest.param(Desk((Endpoint("http://127.0.0.1:9/v1", "m"),), mode="off"), SWITCHED_OFF, id="off"),
    ],
)
def test_a_closed_desk_says_why(closed: Desk, why: str) -> None:
    assert not closed.is_open
    asked = closed.ask("mapping", questions(2))
    assert (asked.answers, asked.calls, asked.why) == ((None, None), (), why)


def test_no_question_no_call_no_look_up() -> None:
    accounts = InMemory()
    asked = desk("http://127.0.0.1:9/v1", accounts).ask("mapping", [])
    assert (asked.answers, asked.why, accounts.finds) == ((), "", [])


def test_a_plan_may_do_without_kept_answers() -> None:
    accounts = InMemory()
    with serving(telling(RIGHT)) as endpoint:
        for _ in range(2):
            asked = desk(endpoint.url, accounts).ask("mapping", [question()], Plan(use_kept=False))
    assert (asked.kept, len(endpoint.requests)) == (0, 2)


def test_nothing_of_a_desk_shows_the_key() -> None:
    with serving(saying(KEY.encode(), 401)) as endpoint:
        asking = desk(endpoint.url)
        asked = asking.ask("mapping", questions(2))
    assert asked.why == NOBODY_LEFT
    assert KEY not in f"{asking} {asked} {asking.providers}"
