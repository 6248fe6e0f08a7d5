"""The endpoint behaves as endpoints do, over real HTTP: what is believed, what is tried again, and when it ends."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from discovery_pipeline.agents import line, model
from discovery_pipeline.agents.choices import ChoiceQuestion, question_key
from discovery_pipeline.agents.desk import Asked, Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.prompts import Prompt
from discovery_pipeline_tests.agents.fault_server import (
    Behaviour,
    choosing,
    completion,
    cut_stream,
    endless,
    first,
    half_a_body,
    hanging_up,
    refusing_schema,
    saying,
    serving,
    silent,
    trickling,
)

KEY = "sk-secret-1234567890"
CONTENT = {"items": [{"key": "c1", "header": "Name", "choices": ["hostname", "none"]}]}
QUESTION = ChoiceQuestion(Prompt("choose", "choose"), json.dumps(CONTENT), {"c1": ("hostname", "none")})
GOOD_TEXT = '{"c1": "hostname"}'
GOOD = choosing(lambda header, choices: "hostname")
RIGHT = {"c1": "hostname"}
# Generous: other work may share the machine. The deadline itself is far smaller.
SLACK_S = 20.0


@pytest.fixture(scope="module", autouse=True)
def _client_imported() -> None:
    """The client's import, once: the times below are those of calls."""
    import openai  # noqa: F401


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_FIRST_WAIT_S", 0.02)


def ask(url: str, deadline_s: float = 10.0, questions: int = 1, key: str | None = KEY, concurrency: int = 4) -> Asked:
    return Desk((Endpoint(url, "m", key, concurrency),), deadline_s).ask("mapping", [QUESTION] * questions)


def values(asked: Asked) -> list[dict[str, str | None] | None]:
    return [answer and answer.values for answer in asked.answers]


def outcomes(asked: Asked) -> list[str]:
    return [call.outcome for call in asked.calls]


def test_an_answer_and_its_line_in_the_ledger() -> None:
    with serving(GOOD) as endpoint:
        asked = ask(endpoint.url)
    assert values(asked) == [RIGHT]
    (call,) = asked.calls
    assert (call.outcome, call.prompt_tokens, call.completion_tokens, call.items) == ("answered", 100, 20, 1)
    assert (call.provider, call.model, call.attempt, call.prompt) == ("model", "m", "first", str(QUESTION.prompt))
    assert call.latency_ms > 0
    assert call.question == question_key(QUESTION, "m")


def test_the_request_holds_the_model_to_the_schema() -> None:
    with serving(GOOD) as endpoint:
        ask(endpoint.url)
    (request,) = endpoint.requests
    assert request.path == "/v1/chat/completions"
    assert request.document["response_format"]["json_schema"]["schema"] == QUESTION.schema
    assert request.document["temperature"] == 0


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>not json</html>", id="no JSON"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"choices": []}', id="no choice"),
        pytest.param(b'{"choices": NaN}', id="NaN around the answer"),
        pytest.param(b"[1, 2]", id="no completion"),
        pytest.param(b"null", id="null"),
        pytest.param(completion("I think it is hostname"), id="prose"),
        pytest.param(completion('{"c1": NaN}'), id="NaN as the answer"),
        pytest.param(completion('{"c9": "hostname"}'), id="wrong key"),
        pytest.param(completion(None), id="no text"),
        pytest.param(b"\x1f\x8b\x08garbage", id="bytes"),
    ],
)
def test_what_is_no_answer_is_not_believed(body: bytes) -> None:
    with serving(saying(body)) as endpoint:
        asked = ask(endpoint.url)
    assert asked.answers == (None,)
    assert outcomes(asked) == ["malformed", "malformed"]
    assert [call.attempt for call in asked.calls] == ["first", "repair"]


@pytest.mark.parametrize(
    ("body", "outcome", "detail"),
    [
        pytest.param(b" " * 300_000 + completion(GOOD_TEXT), "malformed", "longer than any answer", id="huge"),
        pytest.param(completion("", refusal="I can't help with that"), "declined", "refusal", id="a refusal"),
        pytest.param(completion("", finish="content_filter"), "declined", "content_filter", id="filtered"),
        pytest.param(completion('{"c1": "host', finish="length"), "cut_short", "no JSON: JSONDecodeError", id="cut"),
    ],
)
def test_what_would_end_alike_is_not_asked_again(body: bytes, outcome: str, detail: str) -> None:
    with serving(saying(body)) as endpoint:
        asked = ask(endpoint.url)
    assert asked.answers == (None,)
    assert [(call.outcome, call.detail) for call in asked.calls] == [(outcome, detail)]


def test_an_answer_that_is_whole_counts_however_it_ended() -> None:
    with serving(saying(completion(GOOD_TEXT, finish="length"))) as endpoint:
        assert values(ask(endpoint.url)) == [RIGHT]


def test_what_comes_packed_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with serving(saying(bomb, Content_Encoding="gzip")) as endpoint:
        asked = ask(endpoint.url)
    assert [(call.outcome, call.detail) for call in asked.calls] == [("malformed", "packed")]
    assert endpoint.requests[0].headers["accept-encoding"] == "identity"


def test_a_choice_nobody_offered_is_rejected() -> None:
    with serving(saying(completion('{"c1": "root_password"}'))) as endpoint:
        asked = ask(endpoint.url)
    assert asked.answers == (None,)
    assert outcomes(asked) == ["rejected", "rejected"]


def test_the_content_type_decides_nothing() -> None:
    with serving(saying(completion('{"c1": "hostname"}'), content_type="text/html")) as endpoint:
        assert values(ask(endpoint.url)) == [RIGHT]


def test_nonsense_in_the_usage_is_no_count() -> None:
    usage = {"prompt_tokens": "many", "completion_tokens": -1}
    with serving(saying(completion('{"c1": "hostname"}', usage))) as endpoint:
        (call,) = ask(endpoint.url).calls
    assert (call.prompt_tokens, call.completion_tokens) == (None, None)


@pytest.mark.parametrize(
    ("failing", "expected"),
    [
        pytest.param(saying(b"{}", 429, Retry_After="0"), "refused", id="429 with Retry-After"),
        pytest.param(saying(b"oops", 500), "refused", id="500"),
        pytest.param(saying(b"", 503, Retry_After="soon"), "refused", id="503, Retry-After nonsense"),
        pytest.param(saying(b"", 429, Retry_After="Mon, 01 Jan 2024 00:00:00 GMT"), "refused", id="until a past date"),
        pytest.param(hanging_up, "broken", id="connection closed without a word"),
        pytest.param(cut_stream, "broken", id="connection closed within the answer"),
    ],
)
def test_what_passes_is_tried_again(failing: Behaviour, expected: str) -> None:
    with serving(first(failing, then=GOOD)) as endpoint:
        asked = ask(endpoint.url)
    assert values(asked) == [RIGHT]
    assert outcomes(asked) == [expected, "answered"]


def test_tries_are_bounded() -> None:
    with serving(saying(b"", 503, Retry_After="0")) as endpoint:
        asked = ask(endpoint.url)
    assert asked.answers == (None,)
    assert outcomes(asked) == ["refused"] * 3


@pytest.mark.parametrize("asked_to_wait", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_wait_beyond_the_deadline_is_not_waited(asked_to_wait: str) -> None:
    begun = time.monotonic()
    with serving(saying(b"", 429, Retry_After=asked_to_wait)) as endpoint:
        asked = ask(endpoint.url, deadline_s=60)
    assert outcomes(asked) == ["refused"]
    assert time.monotonic() - begun < SLACK_S


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_that_stays_ends_the_asking(status: int) -> None:
    with serving(saying(b"{}", status)) as endpoint:
        asked = ask(endpoint.url, questions=5, concurrency=1)
    assert asked.answers == (None,) * 5
    assert [call.detail for call in asked.calls] == [f"HTTP {status}"]


def test_an_endpoint_without_schemas_is_asked_plainly_from_then_on() -> None:
    with serving(refusing_schema(GOOD)) as endpoint:
        asked = ask(endpoint.url, questions=3, concurrency=1)
    assert values(asked) == [RIGHT] * 3
    assert outcomes(asked) == ["refused", "refused", "answered", "answered", "answered"]
    assert "response_format" not in endpoint.requests[-1].document


def test_a_dead_endpoint_is_given_up_soon() -> None:
    begun = time.monotonic()
    asked = ask(f"http://127.0.0.1:{unused_port()}/v1", deadline_s=60, questions=5, concurrency=1)
    assert asked.answers == (None,) * 5
    assert outcomes(asked) == ["unreachable"] * 3
    assert time.monotonic() - begun < SLACK_S


def test_an_endpoint_that_takes_no_connection_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_CONNECT_S", 0.1)
    with not_accepting() as port:
        asked = ask(f"http://127.0.0.1:{port}/v1", deadline_s=30, questions=5, concurrency=1)
    assert asked.answers == (None,) * 5
    assert [(call.outcome, call.detail) for call in asked.calls] == [("unreachable", "ConnectTimeout")] * 3


@pytest.mark.parametrize(
    "behaviour", [silent, half_a_body, trickling], ids=["silent", "stops in the middle", "a byte now and then"]
)
def test_the_deadline_breaks_off_what_hangs(behaviour: Behaviour) -> None:
    begun = time.monotonic()
    with serving(behaviour) as endpoint:
        asked = ask(endpoint.url, deadline_s=0.5, questions=6, concurrency=2)
    assert 0.4 < time.monotonic() - begun < 0.5 + SLACK_S
    assert asked.answers == (None,) * 6
    assert outcomes(asked) == ["timed_out"] * 2  # the others never left the queue


def test_answers_before_the_deadline_stand() -> None:
    with serving(first(GOOD, then=silent)) as endpoint:
        asked = ask(endpoint.url, deadline_s=1.5, questions=2, concurrency=1)
    assert values(asked) == [RIGHT, None]


@pytest.mark.parametrize(("status", "expected"), [(200, ["malformed"]), (401, ["refused"])], ids=["answer", "error"])
def test_an_endless_body_is_cut(status: int, expected: list[str]) -> None:
    begun = time.monotonic()
    with serving(endless(status)) as endpoint:
        asked = ask(endpoint.url, deadline_s=60)
    assert outcomes(asked) == expected
    assert time.monotonic() - begun < SLACK_S


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_takes_the_key_or_the_question_elsewhere(status: int) -> None:
    with serving(GOOD) as elsewhere, serving(saying(b"", status, Location=f"{elsewhere.url}/chat/completions")) as near:
        asked = ask(near.url)
    assert asked.answers == (None,)
    assert asked.calls[0].detail == f"HTTP {status}"
    assert elsewhere.requests == []
    assert near.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(GOOD) as endpoint:
        assert values(ask(endpoint.url, key=None)) == [RIGHT]
    assert "authorization" not in endpoint.requests[0].headers


@pytest.mark.parametrize("url", ["ftp://host/v1", "http://[bad/v1", "nonsense", "http://no-such-host.invalid/v1"])
def test_an_address_that_is_none_is_an_endpoint_that_is_down(url: str) -> None:
    assert ask(url, deadline_s=10).answers == (None,)


def test_nothing_kept_of_a_call_holds_the_key_or_what_was_asked() -> None:
    with serving(saying(KEY.encode(), 400)) as endpoint:
        asked = ask(endpoint.url)
    text = f"{asked} {Endpoint(endpoint.url, 'm', KEY)}"
    assert KEY not in text
    assert "Name" not in text


@contextmanager
def not_accepting() -> Iterator[int]:
    """A port whose queue of connections is full: another attempt is neither taken nor refused."""
    with ExitStack() as opened:
        server = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port: int = server.getsockname()[1]
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
