"""Whether the configured providers of models answer, how fast, and which models they list: three light questions each.

Nothing is asked of a model and nothing is paid. Keep out: what a run has seen of a provider (agents.providers).
"""

from __future__ import annotations

import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPException
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from discovery_pipeline.settings import ModelProvider

# Long enough for a distant endpoint's handshake, short enough for a person and for a container's probe.
TIMEOUT_S = 3.0
_LOOKS = 3
_LONGEST_LIST = 4_000_000
# For the thread and its set-up, beside the time that a provider has.
_ROOM_S = 0.5


class _Refused(Exception):
    """A provider can't be asked, or will not answer: why, in words of ours."""


@dataclass(frozen=True)
class ProviderHealth:
    """name: of the provider. answers: whether it can be asked. said: what it answered, or why it can't be asked.

    latency_ms: median of its answers. unlisted: configured models that its list does not hold; None = it shows no list.
    """

    name: str
    answers: bool
    said: str
    latency_ms: float | None = None
    unlisted: tuple[str, ...] | None = None


def look_at(providers: Sequence[ModelProvider]) -> list[ProviderHealth]:
    """Every provider's health, all looked at together, in their order; seconds at most, whatever they do."""
    deadline = time.monotonic() + TIMEOUT_S + _ROOM_S
    looks = [_begun(provider) for provider in providers]
    return [_ended(provider, look, deadline) for provider, look in zip(providers, looks, strict=True)]


def _begun(provider: ModelProvider) -> Future[ProviderHealth]:
    """The look at one, in a thread that nobody has to wait for: the HTTP library waits for a byte at a time, so a
    provider that sends its headers one by one could hold it for hours."""
    found: Future[ProviderHealth] = Future()

    def look() -> None:
        try:
            found.set_result(_look(provider))
        except BaseException as error:
            found.set_exception(error)

    Thread(target=look, name="provider-health", daemon=True).start()
    return found


def _ended(provider: ModelProvider, look: Future[ProviderHealth], deadline: float) -> ProviderHealth:
    try:
        return look.result(max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        return ProviderHealth(provider.name, False, f"no answer within {TIMEOUT_S:g} s")


def shown_address(provider: ModelProvider) -> str:
    """The base URL for people: without a name and a password that may stand in it."""
    parts = urlsplit(provider.base_url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _look(provider: ModelProvider) -> ProviderHealth:
    deadline = time.monotonic() + TIMEOUT_S
    latencies: list[float] = []
    said, body = "", b""
    for look in range(_LOOKS):
        begun = time.perf_counter()
        try:
            said, body = _models(provider, deadline)
        except (OSError, ValueError, HTTPException, _Refused) as error:
            if look == 0:
                return ProviderHealth(provider.name, False, _words(error))
            break  # it answered a moment ago
        latencies.append((time.perf_counter() - begun) * 1000)
    listed = _listed(body)
    unlisted = None if listed is None else tuple(model for model in provider.models if model not in listed)
    return ProviderHealth(provider.name, True, said, round(statistics.median(latencies), 1), unlisted)


def _words(error: Exception) -> str:
    """Words of ours and of the machine's. Those of the HTTP library may quote the key, the address or the answer."""
    if isinstance(error, OSError) and not isinstance(error, HTTPException):
        return str(getattr(error, "reason", None) or error) or type(error).__name__
    return str(error) if isinstance(error, _Refused) else type(error).__name__


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: following it would carry the key to whatever host it names."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _models(provider: ModelProvider, deadline: float) -> tuple[str, bytes]:
    """The status and the body of GET /models. Raises _Refused, OSError when there is no answer, and what the HTTP
    library raises."""
    if not provider.base_url.startswith(("http://", "https://")):
        raise _Refused("the base URL is not http or https")
    headers = {"Authorization": f"Bearer {provider.key}"} if provider.key else {}
    request = urllib.request.Request(f"{provider.base_url}/models", headers=headers)  # noqa: S310 - checked above
    left_s = max(0.1, deadline - time.monotonic())
    try:
        with urllib.request.build_opener(_StayHere).open(request, timeout=left_s) as answer:
            return f"HTTP {answer.status}", _body(answer, deadline)
    except urllib.error.HTTPError as refusal:
        with refusal:
            if refusal.code in (401, 403):
                raise _Refused(f"HTTP {refusal.code}: the key is refused") from None
            if refusal.code >= 500:
                raise _Refused(f"HTTP {refusal.code}") from None
            return f"HTTP {refusal.code} on /models", b""


def _body(answer: Any, deadline: float) -> bytes:
    """As much of the list as comes in time; nothing of one that is no list of models."""
    body = bytearray()
    while (chunk := answer.read1(65_536)) and len(body) <= _LONGEST_LIST and time.monotonic() < deadline:
        body += chunk
    return bytes(body)


def _listed(body: bytes) -> frozenset[str] | None:
    try:
        models = frozenset(str(entry["id"]) for entry in json.loads(body)["data"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return models or None
