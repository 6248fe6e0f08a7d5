"""The line to one endpoint during one ask: retries of what passes, one repair of an answer that can't be used.

Nothing that the endpoint does raises. Keep out: one HTTP exchange (model), what is remembered of an endpoint between
asks (providers), who is asked next (desk).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from discovery_pipeline.agents.books import Books
from discovery_pipeline.agents.choices import Question
from discovery_pipeline.agents.model import FORMS, PASSING, Endpoint, Message, exchange
from discovery_pipeline.agents.ports import Refused, Wanted
from discovery_pipeline.agents.providers import Standing
from discovery_pipeline.agents.replies import Reply
from discovery_pipeline.agents.turns import Turns
from discovery_pipeline.domain.calls import Attempt, Call, CallOutcome

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Tries per question where trying again may help, and the wait before the second; it doubles.
_TRIES = 3
_FIRST_WAIT_S = 0.5
# With another endpoint to turn to, nobody waits longer than this for one that asks to wait.
_LONGEST_WAIT_S = 2.0
_LOOK_AGAIN_S = 0.02
# Statuses with which endpoints refuse a request's form.
_OTHER_FORM = frozenset({400, 415, 422, 501})
_NO_ANSWER: frozenset[CallOutcome] = frozenset({"refused", "unreachable", "broken", "timed_out"})


@dataclass(frozen=True)
class Asking:
    """A question on its way. key: of question and endpoint, as answers are kept by."""

    question: Question
    key: str


@dataclass
class Line:
    """deadline: on time.monotonic's clock; the caller breaks everything off then. behind: who could be asked instead.

    gate: of the provider, as many calls at once as this ask makes. turns: of all processes at it.
    """

    client: AsyncOpenAI
    standing: Standing
    gate: asyncio.Semaphore
    agent: str
    deadline: float
    books: Books
    turns: Turns
    behind: Sequence[Standing] = ()

    @property
    def endpoint(self) -> Endpoint:
        return self.standing.endpoint

    async def ask(self, asking: Asking) -> Reply | None:
        """What the endpoint, or the purse, had to say; None when somebody else should be asked."""
        async with self.gate:
            return await self._ask(asking)

    async def repair(self, asking: Asking, before: Reply) -> Reply:
        """The answer before, with what one more call puts right; what was right in it stays."""
        async with self.gate:
            if not await self._admitted():
                return before
            after = await self._call(asking, Message(asking.question, self.standing.form, before.complaint), "repair")
        return _merged(before, after)

    async def _ask(self, asking: Asking) -> Reply | None:
        form, tries, wait_s = self.standing.form, 0, _FIRST_WAIT_S
        attempt: Attempt = "first"
        while await self._admitted():
            reply = await self._call(asking, Message(asking.question, form), attempt)
            if reply.outcome not in _NO_ANSWER:
                self.standing.took(form)
                return reply
            attempt = "retry"
            if reply.status in _OTHER_FORM:
                form += 1
                if form < len(FORMS):
                    continue
                self.standing.took_none()
            tries += 1
            if not _may_pass(reply) or tries >= _TRIES or not await self._wait(reply.wait_s, wait_s):
                return None
            wait_s *= 2
        return None

    async def _admitted(self) -> bool:
        """Whether a call may be made. While one call tries whether a provider is back, those who have nobody else to
        turn to wait for what becomes of it."""
        while not self.standing.admits():
            if self._has_others or not self.standing.may_answer:
                return False
            await asyncio.sleep(_LOOK_AGAIN_S)
        return True

    async def _wait(self, asked_s: float | None, usual_s: float) -> bool:
        """Whether it was worth waiting until the endpoint may be asked again."""
        wait_s = usual_s if asked_s is None else asked_s
        longest_s = _LONGEST_WAIT_S if self._has_others else self.deadline - time.monotonic()
        if wait_s >= longest_s:
            return False
        await asyncio.sleep(wait_s)
        return True

    @property
    def _has_others(self) -> bool:
        return any(other.provider is not self.standing.provider and other.may_answer for other in self.behind)

    async def _call(self, asking: Asking, message: Message, attempt: Attempt) -> Reply:
        async with self.turns.one(self.standing):
            return await self._called(asking, message, attempt)

    async def _called(self, asking: Asking, message: Message, attempt: Attempt) -> Reply:
        wanted = self._wanted(message)
        granted = await self.books.reserve(wanted)
        asked_at, begun = datetime.now(UTC), time.perf_counter()
        line = self._line(asking, asked_at, attempt)
        if isinstance(granted, Refused):
            self.standing.provider.breaker.abandoned()
            self.books.enter(replace(line, outcome="over_budget", detail=granted.reason))
            return Reply("over_budget", granted.reason)
        reply = Reply("timed_out", "broken off at the deadline")
        try:
            reply = _plausible(await self._exchange(message), wanted)
        finally:  # a call broken off is a call too
            self.standing.saw(reply)
            line = replace(line, reserved_usd=granted.usd)
            self.books.enter(_ended(line, reply, time.perf_counter() - begun), granted)
        return reply

    async def _exchange(self, message: Message) -> Reply:
        left_s = self.deadline - time.monotonic()
        # Who is silent must not take the time of those behind.
        most_s = self.endpoint.call_s or (left_s / 2 if self._has_others else left_s)
        try:
            async with asyncio.timeout(most_s if most_s < left_s else None):
                return await exchange(self.client, self.endpoint, message, left_s)
        except TimeoutError:
            return Reply("timed_out", f"no answer within {most_s:.3g} s")

    def _wanted(self, message: Message) -> Wanted:
        endpoint = self.endpoint
        return Wanted(endpoint.provider, endpoint.model, message.size(endpoint.most_tokens), endpoint.most_tokens)

    def _line(self, asking: Asking, asked_at: datetime, attempt: Attempt) -> Call:
        return Call(
            agent=self.agent,
            model=self.endpoint.model,
            question=asking.key,
            items=asking.question.size,
            asked_at=asked_at,
            latency_ms=0.0,
            outcome="timed_out",
            provider=self.endpoint.provider,
            prompt=str(asking.question.prompt),
            attempt=attempt,
        )


def _plausible(reply: Reply, wanted: Wanted) -> Reply:
    """Without counts of tokens above those that money was set aside for: no token is shorter than a byte, and who is
    asked for an answer of so many tokens may not charge for more."""
    prompt, completion = reply.tokens
    return replace(reply, tokens=(_within(prompt, wanted.prompt_bytes), _within(completion, wanted.answer_tokens)))


def _within(count: int | None, most: int) -> int | None:
    return None if count is None or count > most else count


def _ended(line: Call, reply: Reply, took_s: float) -> Call:
    prompt_tokens, completion_tokens = reply.tokens
    return replace(
        line,
        latency_ms=round(took_s * 1000, 1),
        outcome=reply.outcome,
        detail=reply.detail,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def _may_pass(reply: Reply) -> bool:
    """Whether the same question may fare better in a moment. A time-out has cost enough."""
    return reply.outcome in ("unreachable", "broken") or reply.status in PASSING


def _merged(before: Reply, after: Reply) -> Reply:
    if after.values is None or before.values is None:
        merged = before if after.values is None else after
        return replace(merged, tokens=_sum(before, after))
    values = {key: after.values.get(key) if value is None else value for key, value in before.values.items()}
    return replace(after, values=values, tokens=_sum(before, after))


def _sum(before: Reply, after: Reply) -> tuple[int | None, int | None]:
    first, second = (
        None if None in pair else sum(count or 0 for count in pair)
        for pair in zip(before.tokens, after.tokens, strict=True)
    )
    return first, second
