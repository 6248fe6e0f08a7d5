"""Embeddings from an OpenAI-compatible endpoint, asked for at the run's desk.

A few requests at most, each with its line in the ledger, within the run's seconds and limits like any call; a provider
that keeps failing is left alone. Redirects are not followed: they would carry the key and the texts to another host.
Error texts of the endpoint are not shown: they may quote what was sent. Keep out: what of a header may be sent
(services.mapping).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from discovery_pipeline.agents.books import Books
from discovery_pipeline.agents.desk import NO_TIME, ONLY_KEPT, SWITCHED_OFF, Desk
from discovery_pipeline.agents.embeddings import NoEmbeddings
from discovery_pipeline.agents.fresh import closed, in_a_loop
from discovery_pipeline.agents.model import PASSING, Endpoint, as_reply, open_client, silence
from discovery_pipeline.agents.ports import Refused, Reservation, Wanted
from discovery_pipeline.agents.providers import Standing
from discovery_pipeline.agents.replies import Reply
from discovery_pipeline.agents.turns import Turns
from discovery_pipeline.domain.calls import Call, CallOutcome
from discovery_pipeline.domain.errors import Unreachable

if TYPE_CHECKING:
    from openai import AsyncOpenAI

AGENT = "embeddings"
Vectors = list[list[float]]
_BATCH = 256
# Per vector, with room: 384 numbers of 25 characters.
_LONGEST_VECTOR = 20_000
_BROKEN_OFF = "broken off at the deadline"
_PASSING: frozenset[CallOutcome] = frozenset({"unreachable", "broken", "timed_out"})


@dataclass(frozen=True)
class RemoteEmbeddings:
    """Vectors of a model that can be asked for fewer dimensions. desk: of the run that asks."""

    desk: Desk
    endpoint: Endpoint
    dimensions: int = 384

    @property
    def model(self) -> str:
        return _shown(self.endpoint)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text, in their order. Raises NoEmbeddings, TransientError, and what the desk's
        stores raise."""
        if not texts:
            return []
        if self.desk.mode != "ask":
            raise NoEmbeddings(SWITCHED_OFF if self.desk.mode == "off" else ONLY_KEPT, where=self.model)
        # The endpoints refuse empty texts.
        batches = [[text or " " for text in texts[at : at + _BATCH]] for at in range(0, len(texts), _BATCH)]
        with self.desk.on_the_clock() as deadline:
            if deadline <= time.monotonic():
                raise Unreachable(NO_TIME, where=self.model)
            standing = self.desk.providers.beside(self.endpoint)
            round_ = _Round(standing, Books(self.desk.accounts), Turns(self.desk.slots()), deadline, self.dimensions)
            return in_a_loop(round_.ask(batches))


@dataclass
class _Round:
    """One `embed`. deadline: on time.monotonic's clock; what is under way then is broken off."""

    standing: Standing
    books: Books
    turns: Turns
    deadline: float
    dimensions: int
    vectors: Vectors = field(default_factory=list)

    @property
    def endpoint(self) -> Endpoint:
        return self.standing.endpoint

    async def ask(self, batches: Sequence[Sequence[str]]) -> Vectors:
        async with AsyncExitStack() as opened:
            try:
                client = open_client(self.endpoint)
            except Exception as error:  # an address that is none: the client's message may quote what stands in it
                raise self._none("its address can't be used") from error
            opened.push_async_callback(closed, client.close)
            async with self.turns, self.books:
                try:
                    async with asyncio.timeout(max(0.0, self.deadline - time.monotonic())):
                        for texts in batches:
                            async with self.turns.one(self.standing):
                                await self._batch(client, texts)
                except TimeoutError:
                    raise self._passing(_BROKEN_OFF) from None
        return self.vectors

    async def _batch(self, client: AsyncOpenAI, texts: Sequence[str]) -> None:
        if not self.standing.admits():
            raise self._passing("it is left alone for a while: it kept failing")
        wanted = Wanted(self.endpoint.provider, self.endpoint.model, sum(len(text.encode()) for text in texts), 0)
        granted = await self.books.reserve(wanted)
        line = _line(self.endpoint, texts)
        if isinstance(granted, Refused):
            self.standing.provider.breaker.abandoned()
            self.books.enter(replace(line, outcome="over_budget", detail=granted.reason))
            raise self._none(granted.reason)
        reply = await self._entered(client, texts, line, granted, wanted)
        if reply.outcome in _PASSING or reply.status in PASSING:
            raise self._passing(reply.detail)
        if reply.outcome != "answered":
            raise self._none(reply.detail)

    async def _entered(
        self, client: AsyncOpenAI, texts: Sequence[str], line: Call, granted: Reservation, wanted: Wanted
    ) -> Reply:
        """One request, in the books whatever comes of it."""
        begun, reply = time.perf_counter(), Reply("timed_out", _BROKEN_OFF)
        try:
            reply = await as_reply(self._post(client, texts, wanted))
        finally:  # a request broken off is one too
            self.standing.saw(reply)
            latency_ms = round((time.perf_counter() - begun) * 1000, 1)
            self.books.enter(_ended(replace(line, latency_ms=latency_ms, reserved_usd=granted.usd), reply), granted)
        return reply

    async def _post(self, client: AsyncOpenAI, texts: Sequence[str], wanted: Wanted) -> Reply:
        import openai

        body = bytearray()
        async with client.embeddings.with_streaming_response.create(
            model=self.endpoint.model,
            input=list(texts),
            dimensions=self.dimensions,
            encoding_format="float",
            extra_headers=None if self.endpoint.key else {"Authorization": openai.omit},
            timeout=silence(self.deadline - time.monotonic()),
        ) as response:
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LONGEST_VECTOR * (len(texts) + 1):
                    return Reply("malformed", "longer than any answer")
        return self._read(bytes(body), len(texts), wanted)

    def _read(self, body: bytes, count: int, wanted: Wanted) -> Reply:
        try:
            document = json.loads(body)
            found: dict[int, list[float]] = {
                item["index"]: [float(part) for part in item["embedding"]] for item in document["data"]
            }
            vectors = [self._scaled(found[i]) for i in range(count)]
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return Reply("malformed", "its answer holds no vectors")
        self.vectors += vectors
        return Reply("answered", tokens=(_counted(document, wanted.prompt_bytes), 0))

    def _scaled(self, vector: list[float]) -> list[float]:
        """Of length 1: vectors cut to fewer dimensions are not. Raises ValueError when it can't be."""
        length = math.hypot(*vector)
        if len(vector) != self.dimensions or not 0 < length < math.inf:
            raise ValueError("no vector of these dimensions")
        return [part / length for part in vector]

    def _passing(self, message: str) -> Unreachable:
        return Unreachable(message, where=_shown(self.endpoint))

    def _none(self, message: str) -> NoEmbeddings:
        advice = "check DISCOVERY_EMBEDDING_MODEL and the endpoint"
        return NoEmbeddings(message, where=_shown(self.endpoint), advice=advice)


def _shown(endpoint: Endpoint) -> str:
    """Servers of one's own often answer to any model's name, and vectors of two models are never compared."""
    return f"{endpoint.model} at {endpoint.base_url}"


def _counted(document: dict[str, Any], most: int) -> int | None:
    """Tokens of the prompt; None for what is no count, or more than there were bytes."""
    usage = document.get("usage")
    count = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= most else None


def _line(endpoint: Endpoint, texts: Sequence[str]) -> Call:
    """The request's line before it is made."""
    asked = hashlib.sha256(json.dumps([endpoint.model, *texts]).encode()).hexdigest()
    now = datetime.now(UTC)
    return Call(AGENT, endpoint.model, asked, len(texts), now, 0.0, "timed_out", provider=endpoint.provider)


def _ended(line: Call, reply: Reply) -> Call:
    prompt_tokens, completion_tokens = reply.tokens
    return replace(
        line,
        outcome=reply.outcome,
        detail=reply.detail,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )
