"""Providers are looked at with three light questions each: whether they answer, how fast, what they list."""

from __future__ import annotations

import json
import time

import pytest

from discovery_pipeline.services.agents import provider_health
from discovery_pipeline.services.agents.models import health_words
from discovery_pipeline.services.agents.provider_health import look_at, shown_address
from discovery_pipeline.settings import ModelProvider
from discovery_pipeline_tests.agents.fault_server import (
    Behaviour,
    endless,
    hanging_up,
    saying,
    serving,
    silent,
    trickling,
    trickling_headers,
)

KEY = "sk-secret-1234567890"
LIST = json.dumps({"object": "list", "data": [{"id": "m", "object": "model"}, {"id": "other"}]}).encode()


def provider(url: str, *models: str, name: str = "near") -> ModelProvider:
    return ModelProvider(name, url, models or ("m",), KEY, "NEAR_KEY")


def test_a_provider_that_lists_its_models() -> None:
    with serving(saying(LIST)) as endpoint:
        (seen,) = look_at([provider(endpoint.url, "m", "x")])
    assert (seen.name, seen.answers, seen.said, seen.unlisted) == ("near", True, "HTTP 200", ("x",))
    assert 0 < (seen.latency_ms or 0) < 2000
    assert [request.path for request in endpoint.requests] == ["/v1/models"] * 3
    assert endpoint.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "not in its list: x" in health_words(seen)


@pytest.mark.parametrize(
    ("behaviour", "answers", "said", "unlisted"),
    [
        pytest.param(saying(b"[]"), True, "HTTP 200", None, id="no list"),
        pytest.param(saying(b'{"data": [{"id": "m"}]}'), True, "HTTP 200", (), id="all listed"),
        pytest.param(saying(b"<html>"), True, "HTTP 200", None, id="no JSON"),
        pytest.param(saying(b"{}", 404), True, "HTTP 404 on /models", None, id="no such page"),
        pytest.param(saying(KEY.encode(), 401), False, "HTTP 401: the key is refused", None, id="key refused"),
        pytest.param(saying(KEY.encode(), 503), False, "HTTP 503", None, id="overloaded"),
        pytest.param(hanging_up, False, "RemoteDisconnected", None, id="hangs up"),
    ],
)
def test_what_a_provider_answers(
    behaviour: Behaviour, answers: bool, said: str, unlisted: tuple[str, ...] | None
) -> None:
    with serving(behaviour) as endpoint:
        (seen,) = look_at([provider(endpoint.url)])
    assert (seen.answers, seen.said, seen.unlisted) == (answers, said, unlisted)
    assert (seen.latency_ms is None) == (not answers)
    assert KEY not in f"{seen} {health_words(seen)}"


@pytest.mark.parametrize(
    "behaviour",
    [silent, trickling, trickling_headers, endless(200)],
    ids=["silent", "trickling", "headers one by one", "endless"],
)
def test_a_look_ends(behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_health, "TIMEOUT_S", 0.3)
    begun = time.monotonic()
    with serving(behaviour) as endpoint:
        look_at([provider(endpoint.url)] * 3)
    assert time.monotonic() - begun < 30.0  # other work may share the machine


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1:9/v1", "http://host:port/v1", "http://a b/v1"])
def test_an_address_where_nobody_is(url: str) -> None:
    (seen,) = look_at([provider(url)])
    assert not seen.answers
    assert seen.said


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX: y", f"{KEY}\u2019"], ids=["a line", "two lines", "no latin"])
def test_a_key_that_no_header_can_carry_is_not_shown(key: str) -> None:
    with serving(saying(LIST)) as endpoint:
        (seen,) = look_at([ModelProvider("near", endpoint.url, ("m",), key, "NEAR_KEY")])
    assert not seen.answers
    assert KEY not in f"{seen} {health_words(seen)}"
    assert seen.said


def test_no_address_shows_who_logs_in() -> None:
    assert shown_address(provider("https://user:hunter2@host:8443/v1")) == "https://host:8443/v1"
    assert shown_address(provider("http://host/v1")) == "http://host/v1"


def test_nobody_to_look_at() -> None:
    assert look_at([]) == []
