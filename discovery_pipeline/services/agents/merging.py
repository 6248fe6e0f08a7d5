"""Several threads' wishes done in one go: whoever comes while one go is under way is part of the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar, cast

Wish = TypeVar("Wish")
Result = TypeVar("Result")


@dataclass
class _Ticket(Generic[Wish, Result]):
    wish: Wish
    is_done: bool = False
    result: Result | None = None
    error: BaseException | None = None


@dataclass
class Merging(Generic[Wish, Result]):
    """work: does several wishes at once, in their order, and returns a result for each. It is never called twice at a
    time."""

    work: Callable[[Sequence[Wish]], Sequence[Result]]
    _waiting: list[_Ticket[Wish, Result]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)

    def do(self, wish: Wish) -> Result:
        """The wish's own result. Raises what the work raised."""
        ticket: _Ticket[Wish, Result] = _Ticket(wish)
        with self._lock:
            self._waiting.append(ticket)
        with self._turn:
            if not ticket.is_done:
                self._do_all()
        if ticket.error is not None:
            raise ticket.error
        return cast("Result", ticket.result)

    def _do_all(self) -> None:
        with self._lock:
            tickets, self._waiting = self._waiting, []
        try:
            for ticket, result in zip(tickets, self.work([t.wish for t in tickets]), strict=True):
                ticket.result = result
        except BaseException as error:
            for ticket in tickets:
                ticket.error = error
        finally:
            for ticket in tickets:
                ticket.is_done = True
