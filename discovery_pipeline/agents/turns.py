"""Turns at a provider: as many calls at once as it takes, of all processes together.

Keep out: how processes know of each other (the slots), as many calls at once as one ask makes (fresh).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from discovery_pipeline.agents.ports import Slots
from discovery_pipeline.agents.providers import Standing

Result = TypeVar("Result")

_LOOK_AGAIN_S = 0.05


@dataclass
class Turns:
    """Those of one ask: use as an asynchronous context manager around its calls. The slots are used from one thread."""

    slots: Slots

    async def __aenter__(self) -> Turns:
        self._thread = ThreadPoolExecutor(1, "model-turns")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Without an await, which an interruption would end. What was taken for a call given up is free with the rest.
        self._thread.submit(self.slots.free_all)
        self._thread.shutdown(wait=True)

    @asynccontextmanager
    async def one(self, standing: Standing) -> AsyncIterator[None]:
        """Wait for a turn, and have it during the block. Raises what the slots raise."""
        address, most = standing.endpoint.base_url, standing.provider.concurrency
        while (slot := await self._in_thread(lambda: self.slots.take(address, most))) is None:
            await asyncio.sleep(_LOOK_AGAIN_S)
        try:
            yield
        finally:  # nobody waits for it: where it fails the connection is lost, and the slot is free
            self._thread.submit(self.slots.free, slot)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._thread.submit(work))
