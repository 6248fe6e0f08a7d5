"""The books of one ask: what each call may cost is set aside before it, and what became of it is written down after it.

The accounts are used from threads, so that no call waits for another's line. What has ended is written at once, several
together when they end together, and nothing is left unwritten when the ask ends, however it ends. Keep out: what a call
costs, how it is stored (the accounts).
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from uuid import uuid4

from discovery_pipeline.agents.ports import Accounts, KeptAnswer, Page, Refused, Reservation, Wanted
from discovery_pipeline.domain.calls import Call

_THREADS = 8


@dataclass
class Books:
    """Use as an asynchronous context manager around the calls. lines: what was entered, in that order.

    Reserving raises what the accounts raise, and ends the asking so. What could not be written is written once more
    when the calls have ended; leaving raises where that fails too.
    """

    accounts: Accounts
    lines: list[Call] = field(default_factory=list)
    _calls: dict[str, Call] = field(default_factory=dict)
    _answers: dict[str, KeptAnswer] = field(default_factory=dict)
    _given_up: list[Future[Reservation | Refused]] = field(default_factory=list)
    _writing: tuple[Page, Future[None]] | None = None
    _not_settled: int = 0
    _failure: Exception | None = None

    async def __aenter__(self) -> Books:
        self._threads = ThreadPoolExecutor(_THREADS, "model-books")
        self._entered, self._settled = asyncio.Event(), asyncio.Event()
        self._writer = asyncio.create_task(self._write_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.cancel()
        # Without an await, which an interruption would end: what the writer has begun is waited for here.
        self._threads.shutdown(wait=True)
        vain = self._begun_in_vain()
        left = Page({**vain.calls, **self._calls}, self._unused(), {**vain.answers, **self._answers})
        if left.calls or left.unused or left.answers:
            self.accounts.write(left)

    async def reserve(self, wanted: Wanted) -> Reservation | Refused:
        """Set aside what a call may cost. A refusal is final only when no call is under way that may turn out cheaper
        than was set aside for it."""
        while True:
            if self._failure:
                raise self._failure
            settled = self._settled
            self._not_settled += 1
            granted = await self._granted(wanted)
            if isinstance(granted, Reservation):
                return granted
            self._not_settled -= 1
            if not self._not_settled:
                self._wake()
                return granted
            await settled.wait()

    def enter(self, call: Call, reservation: Reservation | None = None) -> None:
        """A line of the ledger. reservation: of a call that was made."""
        self.lines.append(call)
        self._calls[reservation.key if reservation else uuid4().hex] = call
        self._entered.set()

    def keep(self, key: str, answer: KeptAnswer) -> None:
        """Keep an answer for later runs."""
        self._answers[key] = answer
        self._entered.set()

    async def _granted(self, wanted: Wanted) -> Reservation | Refused:
        job = self._threads.submit(self.accounts.reserve, wanted)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:  # it may go on in its thread
            self._given_up.append(job)
            raise

    async def _write_on(self) -> None:
        while self._failure is None:
            await self._entered.wait()
            self._entered.clear()
            page = Page(self._calls, answers=self._answers)
            self._calls, self._answers = {}, {}
            job = self._threads.submit(self.accounts.write, page)
            self._writing = page, job
            try:
                await asyncio.wrap_future(job)
                self._not_settled -= sum(call.is_made for call in page.calls.values())
            except Exception as error:
                self._failure = error
            self._wake()

    def _wake(self) -> None:
        """Whoever waits for money looks again."""
        settled, self._settled = self._settled, asyncio.Event()
        settled.set()

    def _begun_in_vain(self) -> Page:
        """What the writer took last and could not write."""
        if self._writing is None:
            return Page()
        page, job = self._writing
        return page if job.cancelled() or job.exception() else Page()

    def _unused(self) -> list[str]:
        """Reservations that were granted after their call was given up."""
        ended = [job.result() for job in self._given_up if not job.cancelled() and job.exception() is None]
        return [granted.key for granted in ended if isinstance(granted, Reservation)]
