"""Delivery to a webhook, against real servers: ok, failing, dead, slow, refusing."""

from __future__ import annotations

import socket

import pytest

from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError, PermanentError, Unreachable
from discovery_pipeline.services import webhook as sending
from discovery_pipeline.services.webhook import post
from discovery_pipeline_tests.webhooks import webhook

DOCUMENT = {"text": "acme: größer", "asset": None}
AT_ONCE = (0.0, 0.0)


@pytest.mark.parametrize(
    ("answers", "attempts"),
    [
        pytest.param((200,), 1, id="taken"),
        pytest.param((204,), 1, id="taken without a word"),
        pytest.param((500, 503, 200), 3, id="failing, then taken"),
        pytest.param((429, 200), 2, id="busy, then taken"),
    ],
)
def test_a_document_arrives(answers: tuple[int, ...], attempts: int) -> None:
    with webhook(*answers) as server:
        post(server.url, DOCUMENT, AT_ONCE)
    assert server.received == [DOCUMENT] * attempts


@pytest.mark.parametrize(
    ("answers", "error", "attempts"),
    [
        pytest.param((500,), Unreachable, 3, id="failing"),
        pytest.param((404,), PermanentError, 1, id="gone"),
        pytest.param((302,), PermanentError, 1, id="moved"),
    ],
)
def test_what_does_not_arrive_is_an_error(answers: tuple[int, ...], error: type[DiscoveryError], attempts: int) -> None:
    with webhook(*answers) as server, pytest.raises(error) as caught:
        post(server.url, DOCUMENT, AT_ONCE)
    assert len(server.received) == attempts
    assert str(answers[0]) in caught.value.message
    assert "s3cret" not in str(caught.value)


def test_a_slow_webhook_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.1)
    with webhook(None) as server, pytest.raises(Unreachable, match="no answer in time"):
        post(server.url, DOCUMENT, AT_ONCE)
    assert len(server.received) == 3


def test_all_attempts_fit_into_a_tick() -> None:
    connecting_sending_and_waiting = 3 * sending.TIMEOUT_S
    assert len(sending.PAUSES_S) * connecting_sending_and_waiting + sum(sending.PAUSES_S) < 60


def test_a_dead_webhook_is_said_without_its_path() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/hook/s3cret-token"
    with pytest.raises(Unreachable) as caught:
        post(url, DOCUMENT, AT_ONCE)
    assert caught.value.where == "DISCOVERY_WEBHOOK_URL at 127.0.0.1"
    assert "s3cret" not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize("url", ["hooks.example.com/x", "ftp://host/x", "https://", "http://[half"])
def test_what_is_no_address_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="no http or https address"):
        post(url, DOCUMENT)
