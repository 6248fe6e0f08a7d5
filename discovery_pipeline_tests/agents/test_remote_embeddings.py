"""Embeddings from an endpoint that behaves as endpoints do, over real HTTP."""

from __future__ import annotations

import json
import math
import socket
from http.server import BaseHTTPRequestHandler

import pytest

from discovery_pipeline.agents.embeddings import NoEmbeddings
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.remote_embeddings import OpenAIEmbeddings
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline_tests.agents import fault_server
from discovery_pipeline_tests.agents.fault_server import Behaviour, Request, endless, respond, saying, serving, silent

KEY = "sk-secret-1234567890"


def embedding(request: Request, handler: BaseHTTPRequestHandler, _: fault_server.Endpoint) -> None:
    """Vectors that tell the texts' lengths, last first."""
    asked = request.document
    vectors = [[3.0 * len(text), 4.0 * len(text), *[0.0] * (asked["dimensions"] - 2)] for text in asked["input"]]
    data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    respond(handler, json.dumps({"object": "list", "model": "m", "data": data[::-1], "usage": usage}).encode())


def embedder(url: str, deadline_s: float = 10.0, key: str | None = KEY) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(Endpoint(url, "m", key), deadline_s)


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
        pytest.param(fault_server.half_a_body, id="half an answer"),
    ],
)
def test_what_may_pass(behaviour: Behaviour) -> None:
    with serving(behaviour) as endpoint, pytest.raises(Unreachable):
        embedder(endpoint.url, deadline_s=0.5).embed(["memory"])


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            embedder(f"http://127.0.0.1:{held.getsockname()[1]}/v1").embed(["memory"])


def test_an_address_that_is_none() -> None:
    with pytest.raises((NoEmbeddings, Unreachable)):
        embedder("http://[bad/v1").embed(["memory"])
