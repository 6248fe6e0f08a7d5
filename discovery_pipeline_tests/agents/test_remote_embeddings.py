"""Embeddings from an endpoint that behaves as endpoints do, over real HTTP."""

from __future__ import annotations

import json
import math
import socket
import time
from http.server import BaseHTTPRequestHandler

import pytest

from discovery_pipeline.agents.desk import Desk, Mode
from discovery_pipeline.agents.embeddings import NoEmbeddings
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.remote_embeddings import RemoteEmbeddings
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline_tests.agents import fault_server
from discovery_pipeline_tests.agents.desk_questions import questions
from discovery_pipeline_tests.agents.fault_server import (
    Behaviour,
    Request,
    endless,
    first,
    respond,
    saying,
    serving,
    silent,
    trickling,
    trickling_headers,
)
from discovery_pipeline_tests.agents.stand_ins import InMemory

KEY = "sk-secret-1234567890"


def embedding(request: Request, handler: BaseHTTPRequestHandler, _: fault_server.Endpoint) -> None:
    """Vectors that tell the texts' lengths, last first."""
    asked = request.document
    vectors = [[3.0 * len(text), 4.0 * len(text), *[0.0] * (asked["dimensions"] - 2)] for text in asked["input"]]
    data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    respond(handler, json.dumps({"object": "list", "model": "m", "data": data[::-1], "usage": usage}).encode())


def embedder(
    url: str, deadline_s: float = 10.0, key: str | None = KEY, accounts: InMemory | None = None
) -> RemoteEmbeddings:
    return RemoteEmbeddings(Desk(seconds=deadline_s, accounts=accounts or InMemory()), Endpoint(url, "m", key))


def test_vectors_of_length_one_in_the_order_of_the_texts_in_batches() -> None:
    texts = [f"text {'x' * (i % 7)}" for i in range(600)]
    with serving(embedding) as endpoint:
        vectors = embedder(endpoint.url).embed(texts)
    assert [len(request.document["input"]) for request in endpoint.requests] == [256, 256, 88]
    assert [v[:2] for v in vectors] == [pytest.approx([0.6, 0.8])] * 600
    assert [math.hypot(*v) for v in vectors] == pytest.approx([1.0] * 600)


def test_what_is_asked_for() -> None:
    with serving(embedding) as endpoint:
        embedder(endpoint.url).embed(["memory", ""])
    (request,) = endpoint.requests
    assert request.path == "/v1/embeddings"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    asked = {k: request.document[k] for k in ("model", "input", "dimensions", "encoding_format")}
    assert asked == {"model": "m", "input": ["memory", " "], "dimensions": 384, "encoding_format": "float"}


def test_an_endpoint_without_a_key_is_sent_none() -> None:
    with serving(embedding) as endpoint:
        embedder(endpoint.url, key=None).embed(["memory"])
    assert "authorization" not in endpoint.requests[0].headers


def test_no_texts_need_no_endpoint() -> None:
    assert embedder("http://127.0.0.1:9/v1").embed([]) == []


def answer(*vectors: object) -> bytes:
    return json.dumps({"data": [{"index": i, "embedding": v} for i, v in enumerate(vectors)]}).encode()


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(saying(b'{"error": {"message": "sk-secret"}}', 401), id="refused"),
        pytest.param(saying(b"{}", 404), id="no such model"),
        pytest.param(saying(b"", 302, Location="http://127.0.0.1:9/"), id="redirected"),
        pytest.param(saying(b"<html>"), id="not JSON"),
        pytest.param(saying(answer()), id="nothing"),
        pytest.param(saying(answer([1.0, 2.0])), id="too few dimensions"),
        pytest.param(saying(answer([0.0] * 384)), id="no direction"),
        pytest.param(saying(answer([math.nan] * 384)), id="no numbers"),
        pytest.param(saying(answer(["x"] * 384)), id="words"),
        pytest.param(endless(200), id="endless"),
    ],
)
def test_what_no_retry_would_mend(behaviour: Behaviour) -> None:
    with serving(behaviour) as endpoint, pytest.raises(NoEmbeddings) as caught:
        embedder(endpoint.url).embed(["memory"])
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(saying(b"{}", 429), id="too many requests"),
        pytest.param(saying(b"{}", 503), id="unavailable"),
        pytest.param(silent, id="silent"),
        pytest.param(trickling, id="a byte now and then"),
        pytest.param(trickling_headers, id="headers a byte now and then"),
        pytest.param(fault_server.half_a_body, id="half an answer"),
    ],
)
def test_what_may_pass(behaviour: Behaviour) -> None:
    begun = time.monotonic()
    with serving(behaviour) as endpoint, pytest.raises(Unreachable):
        embedder(endpoint.url, deadline_s=0.5).embed(["memory"])
    assert time.monotonic() - begun < 30.0  # other work may share the machine


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            embedder(f"http://127.0.0.1:{held.getsockname()[1]}/v1").embed(["memory"])


def test_an_address_that_is_none() -> None:
    with pytest.raises((NoEmbeddings, Unreachable)):
        embedder("http://[bad/v1").embed(["memory"])


def test_each_request_has_its_line_and_its_money_set_aside() -> None:
    accounts = InMemory()
    with serving(first(embedding, then=saying(b"{}", 503))) as endpoint, pytest.raises(Unreachable):
        embedder(endpoint.url, accounts=accounts).embed([f"text {i}" for i in range(300)])
    made, failed = accounts.calls
    assert (made.agent, made.model, made.items, made.outcome, made.prompt_tokens) == (
        "embeddings", "m", 256, "answered", 1,
    )  # fmt: skip
    assert (failed.items, failed.outcome, failed.detail) == (44, "refused", "HTTP 503")
    assert [wanted.prompt_bytes for wanted in accounts.wanted] == [10 * 6 + 90 * 7 + 156 * 8, 44 * 8]
    assert accounts.held == {}
    assert made.question != failed.question


def test_nothing_is_sent_beyond_a_limit() -> None:
    accounts = InMemory(limit=-1)
    with serving(embedding) as endpoint, pytest.raises(NoEmbeddings, match="the run's limit is reached"):
        embedder(endpoint.url, accounts=accounts).embed(["memory"])
    assert (endpoint.requests, accounts.outcomes) == ([], ["over_budget"])


def test_a_count_of_tokens_beyond_what_was_sent_is_none() -> None:
    accounts = InMemory()
    lying = json.dumps({**json.loads(answer([1.0] * 384)), "usage": {"prompt_tokens": 2**31 - 1}}).encode()
    with serving(saying(lying)) as endpoint:
        embedder(endpoint.url, accounts=accounts).embed(["memory"])
    assert accounts.calls[0].prompt_tokens is None


def test_the_seconds_are_the_runs() -> None:
    with serving(silent) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m"),), 1.0)
        embeddings = RemoteEmbeddings(desk, Endpoint(endpoint.url, "e"))
        with pytest.raises(Unreachable, match="deadline"):
            embeddings.embed(["memory"])
        assert desk.seconds == 0
        with pytest.raises(Unreachable, match="the run's seconds for models are spent"):
            embeddings.embed(["memory"])
        assert desk.ask("mapping", questions(1)).calls == ()
        assert len(endpoint.requests) == 1


def test_a_provider_that_keeps_failing_is_left_alone_by_questions_too() -> None:
    with serving(saying(b"{}", 503)) as endpoint:
        desk = Desk((Endpoint(endpoint.url, "m", concurrency=1),))
        for _ in range(5):
            with pytest.raises(Unreachable):
                RemoteEmbeddings(desk, Endpoint(endpoint.url, "e")).embed(["memory"])
        assert len(endpoint.requests) == 3
        assert desk.ask("mapping", questions(1)).calls == ()
    assert desk.providers.states[0].breaker == "open"


@pytest.mark.parametrize("mode", ["replay", "off"])
def test_nobody_is_asked_where_models_are_not(mode: Mode) -> None:
    with serving(embedding) as endpoint, pytest.raises(NoEmbeddings):
        RemoteEmbeddings(Desk(mode=mode), Endpoint(endpoint.url, "m")).embed(["memory"])
    assert endpoint.requests == []
