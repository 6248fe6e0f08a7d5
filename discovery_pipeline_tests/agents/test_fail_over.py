"""Several providers side by side: who is asked next, who is left alone, how many calls at once each takes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from discovery_pipeline.agents import line
from discovery_pipeline.agents.desk import NOBODY_LEFT, Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.ports import Plan
from discovery_pipeline_tests.agents.desk_questions import RIGHT, outcomes, question, questions, telling, values
from discovery_pipeline_tests.agents.fault_server import (
    Behaviour,
    counting,
    cut_stream,
    first,
    hanging_up,
    saying,
    serving,
    silent,
)
from discovery_pipeline_tests.agents.stand_ins import InMemory
from discovery_pipeline_tests.agents.test_model import unused_port

# Generous: other work may share the machine. What is not to be waited for takes a minute and more.
SLACK_S = 20.0
DEAD = f"http://127.0.0.1:{unused_port()}/v1"
GOOD = telling(RIGHT)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    import openai  # noqa: F401 - its import is no part of any deadline below

    monkeypatch.setattr(line, "_FIRST_WAIT_S", 0.02)


def two(first_url: str, second_url: str, seconds: float = 10.0, concurrency: int = 4) -> Desk:
    one = Endpoint(first_url, "m", "key-of-one", concurrency, "one")
    return Desk((one, Endpoint(second_url, "n", "key-of-two", concurrency, "two")), seconds)


def providers(desk: Desk) -> list[tuple[str, str]]:
    return [(state.name, state.breaker) for state in desk.providers.states]


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param(saying(b"{}", 401), id="refuses the key"),
        pytest.param(saying(b"{}", 404), id="has no such model"),
        pytest.param(saying(b"", 302, Location="/elsewhere"), id="redirects"),
        pytest.param(saying(b"{}", 400), id="takes no form"),
        pytest.param(saying(b"oops", 500), id="fails"),
        pytest.param(saying(b"{}", 429, Retry_After="3600"), id="wants to be left alone for an hour"),
        pytest.param(hanging_up, id="hangs up"),
        pytest.param(cut_stream, id="hangs up within the answer"),
    ],
)
def test_who_can_not_answer_hands_over_to_the_next(failing: Behaviour) -> None:
    begun = time.monotonic()
    with serving(failing) as one, serving(GOOD) as other:
        asked = two(one.url, other.url, seconds=60.0).ask("mapping", questions(5))
    assert values(asked) == [RIGHT] * 5
    assert {answer.model for answer in asked.answers if answer} == {"n"}
    assert time.monotonic() - begun < SLACK_S
    assert {request.headers["authorization"] for request in one.requests} == {"Bearer key-of-one"}
    assert {request.headers["authorization"] for request in other.requests} == {"Bearer key-of-two"}


def test_a_dead_provider_is_left_alone_in_later_phases_too() -> None:
    with serving(GOOD) as other:
        desk = two(DEAD, other.url, concurrency=1)
        asked = [desk.ask(agent, questions(4)) for agent in ("mapping", "cleansing")]
    assert [values(one) for one in asked] == [[RIGHT] * 4] * 2
    assert outcomes(asked[0]) == ["unreachable"] * 3 + ["answered"] * 4
    assert outcomes(asked[1]) == ["answered"] * 4
    assert providers(desk) == [("one", "open"), ("two", "closed")]
    dead = asked[1].providers[0]
    assert (dead.calls, dead.failures, dead.said) == (3, 3, "ConnectError")


def test_a_provider_that_has_cooled_down_is_tried_with_one_call() -> None:
    with serving(first(*[saying(b"", 503)] * 3, then=GOOD)) as one, serving(GOOD) as other:
        desk = two(one.url, other.url, concurrency=1)
        desk.ask("mapping", questions(2))
        assert providers(desk)[0] == ("one", "open")
        now = time.monotonic()
        desk.providers.standings[0].provider.breaker.clock = lambda: now + 60
        asked = desk.ask("cleansing", questions(3))
    assert [answer and answer.model for answer in asked.answers] == ["m"] * 3
    assert providers(desk)[0] == ("one", "closed")


@pytest.mark.parametrize(("is_back", "models"), [(True, ["m"] * 5), (False, [None] * 5)], ids=["back", "still down"])
def test_who_has_nobody_else_waits_for_the_one_call(is_back: bool, models: list[str | None]) -> None:
    down = saying(b"", 503)
    with serving(first(*[down] * 8, then=GOOD if is_back else down)) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m", concurrency=4),))
        assert desk.ask("mapping", questions(4)).unanswered == 4
        before, now = len(endpoint.requests), time.monotonic()
        desk.providers.standings[0].provider.breaker.clock = lambda: now + 60
        asked = desk.ask("cleansing", questions(5))
    assert [answer and answer.model for answer in asked.answers] == models
    assert is_back or len(endpoint.requests) == before + 1


def test_a_silent_provider_leaves_time_for_the_next() -> None:
    begun = time.monotonic()
    with serving(silent) as one, serving(GOOD) as other:
        desk = two(one.url, other.url, seconds=4.0, concurrency=2)
        asked = desk.ask("mapping", questions(6))
        later = desk.ask("cleansing", questions(2))
    assert values(asked) == [RIGHT] * 6
    assert values(later) == [RIGHT] * 2
    # Two time-outs tell; the place that the first of them left may have been taken before the second.
    assert 2 <= len(one.requests) <= 3
    assert 1.9 < time.monotonic() - begun < 4.0 + SLACK_S


def test_a_provider_may_be_given_less_time_for_a_call() -> None:
    begun = time.monotonic()
    with serving(silent) as endpoint:
        hasty = Endpoint(endpoint.url, "m", concurrency=1, call_s=0.2)
        asked = Desk((hasty,), 60.0).ask("mapping", questions(5))
    assert outcomes(asked) == ["timed_out"] * 2
    assert asked.calls[0].detail == "no answer within 0.2 s"
    assert asked.why == NOBODY_LEFT
    assert time.monotonic() - begun < SLACK_S


def test_a_model_that_is_not_there_hands_over_to_the_next_of_the_same_provider() -> None:
    def behave(request: object, handler: object, endpoint: object) -> None:
        known = request.document["model"] == "n"  # type: ignore[attr-defined]
        (GOOD if known else saying(b"{}", 404))(request, handler, endpoint)  # type: ignore[arg-type]

    with serving(behave) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m", concurrency=1), Endpoint(endpoint.url, "n", concurrency=1)))
        asked = desk.ask("mapping", questions(3))
    assert [answer and answer.model for answer in asked.answers] == ["n"] * 3
    assert outcomes(asked) == ["refused"] + ["answered"] * 3


def test_an_answer_that_can_not_be_used_is_not_handed_over() -> None:
    with serving(telling({"a": "maybe"})) as one, serving(GOOD) as other:
        asked = two(one.url, other.url).ask("mapping", [question()])
    assert (asked.answers, other.requests) == ((None,), [])


def test_kept_answers_of_who_stands_in_serve_while_the_first_is_back() -> None:
    accounts = InMemory()
    with serving(GOOD) as one, serving(GOOD) as other:
        dead, two_, back = (
            Endpoint(DEAD, "m", provider="one"),
            Endpoint(other.url, "n", provider="two"),
            Endpoint(one.url, "m", provider="one"),
        )
        Desk((dead, two_), accounts=accounts).ask("mapping", [question()])
        asked = Desk((back, two_), accounts=accounts).ask("mapping", [question()])
    assert [(answer.model, answer.kept) for answer in asked.answers if answer] == [("n", True)]
    assert one.requests == []


@pytest.mark.parametrize(
    ("plan", "most"), [(Plan(), 3), (Plan(concurrency=2), 2), (Plan(concurrency=9), 3)], ids=["none", "fewer", "more"]
)
def test_a_provider_takes_its_calls_at_once_and_no_more(plan: Plan, most: int) -> None:
    def slowly(request: object, handler: object, endpoint: object) -> None:
        time.sleep(0.4)
        GOOD(request, handler, endpoint)  # type: ignore[arg-type]

    behaviour, at_once = counting(slowly)  # type: ignore[arg-type]
    with serving(behaviour) as endpoint:
        models = [Endpoint(endpoint.url, name, concurrency=3) for name in ("m", "n")]
        asked = Desk(models).ask("mapping", questions(9), plan)
    assert values(asked) == [RIGHT] * 9
    assert at_once() == most


@pytest.mark.parametrize(
    ("named", "expected"), [((), "m"), (("two/n",), "n"), (("three/x", "two/n"), "n")], ids=["none", "one", "unknown"]
)
def test_a_plan_names_who_is_asked_first(named: Sequence[str], expected: str) -> None:
    with serving(GOOD) as one, serving(GOOD) as other:
        asked = two(one.url, other.url).ask("mapping", [question()], Plan(endpoints=tuple(named)))
    assert [answer and answer.model for answer in asked.answers] == [expected]


def test_whom_a_plan_puts_first_may_still_hand_over() -> None:
    with serving(GOOD) as one:
        asked = two(one.url, DEAD).ask("mapping", [question()], Plan(endpoints=("two/n",)))
    assert [answer and answer.model for answer in asked.answers] == ["m"]
