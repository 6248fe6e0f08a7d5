"""Questions that no kept answer serves, put to the endpoints at once, one endpoint after the other for each of them.

Keep out: one endpoint's retries (line), what a run keeps in mind between asks (desk).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from discovery_pipeline.agents.books import Books
from discovery_pipeline.agents.choices import Question
from discovery_pipeline.agents.line import Asking, Line
from discovery_pipeline.agents.model import open_client
from discovery_pipeline.agents.ports import KeptAnswer
from discovery_pipeline.agents.providers import Standing
from discovery_pipeline.agents.replies import Reply, Values
from discovery_pipeline.agents.turns import Turns

Result = TypeVar("Result")

_CLOSING_S = 1.0


@dataclass(frozen=True)
class Fresh:
    """A believable answer that came now."""

    values: Values
    model: str


@dataclass(frozen=True)
class Unkept:
    """A question that no kept answer serves. keys: of the question and each endpoint, in the endpoints' order."""

    question: Question
    keys: Sequence[str]


@dataclass
class Round:
    """One ask. standings: in the order of asking. deadline: on time.monotonic's clock; what is under way then is broken
    off. concurrency: calls at once of one provider, where that allows as many."""

    agent: str
    standings: Sequence[Standing]
    books: Books
    turns: Turns
    deadline: float
    concurrency: int | None = None
    answers: dict[int, Fresh] = field(default_factory=dict)

    def ask(self, unkept: Sequence[Unkept]) -> dict[int, Fresh]:
        """The believable answers, by their question's number. Raises what the stores raise."""
        in_a_loop(self._ask(unkept))
        return self.answers

    async def _ask(self, unkept: Sequence[Unkept]) -> None:
        async with AsyncExitStack() as opened:
            lines = await self._lines(opened)
            try:
                async with self.turns, self.books:
                    with suppress(TimeoutError):
                        async with (
                            asyncio.timeout(max(0.0, self.deadline - time.monotonic())),
                            asyncio.TaskGroup() as tasks,
                        ):
                            for number, one in enumerate(unkept):
                                tasks.create_task(self._answer(number, one, lines))
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None

    async def _lines(self, opened: AsyncExitStack) -> list[Line | None]:
        """One per endpoint; None where its address can't be used."""
        gates: dict[int, asyncio.Semaphore] = {}
        lines: list[Line | None] = []
        for place, standing in enumerate(self.standings):
            try:
                client = open_client(standing.endpoint)
            except Exception:  # the client's message may quote what stands in the address
                standing.cannot_be_reached("its address can't be used")
                lines.append(None)
                continue
            opened.push_async_callback(closed, client.close)
            at_once = min(standing.provider.concurrency, max(1, self.concurrency or standing.provider.concurrency))
            gate = gates.setdefault(id(standing.provider), asyncio.Semaphore(at_once))
            behind = self.standings[place + 1 :]
            lines.append(Line(client, standing, gate, self.agent, self.deadline, self.books, self.turns, behind))
        return lines

    async def _answer(self, number: int, one: Unkept, lines: Sequence[Line | None]) -> None:
        for line, key in zip(lines, one.keys, strict=True):
            asking = Asking(one.question, key)
            reply = await line.ask(asking) if line else None
            if line is None or reply is None:
                continue
            try:
                if reply.complaint:
                    reply = await line.repair(asking, reply)
            finally:  # what was right stands, also when the deadline breaks off the repair
                self._take(number, line, asking, reply)
            return

    def _take(self, number: int, line: Line, asking: Asking, reply: Reply) -> None:
        if reply.values is None or not any(value is not None for value in reply.values.values()):
            return
        endpoint = line.endpoint
        self.answers[number] = Fresh(reply.values, endpoint.model)
        # What is believed, not what came: that may hold signs that no store takes.
        text = json.dumps({key: value for key, value in reply.values.items() if value is not None})
        prompt = str(asking.question.prompt)
        self.books.keep(asking.key, KeptAnswer(text, endpoint.model, *reply.tokens, endpoint.provider, prompt))


def in_a_loop(asking: Coroutine[Any, Any, Result]) -> Result:
    """What comes of it, in an event loop of its own; broken off, it still ends what it has to end."""
    # Not asyncio.run: it waits for threads that still resolve a name, which would outlast the deadline.
    loop = asyncio.new_event_loop()
    task = loop.create_task(asking)
    try:
        return loop.run_until_complete(task)
    except BaseException:  # an interruption too: what was made so far is written down
        task.cancel()
        with suppress(BaseException):
            loop.run_until_complete(task)
        raise
    finally:
        loop.close()


async def closed(close: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Close a client, which may take no time of its own."""
    with suppress(Exception):
        await asyncio.wait_for(close(), _CLOSING_S)
