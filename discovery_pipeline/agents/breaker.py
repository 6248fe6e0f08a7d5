"""A circuit breaker: a provider that keeps failing is left alone for a while, then tried with one call.

Keep out: what counts as a failure (line).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

BreakerState = Literal["closed", "open", "half-open"]

_COOL_DOWN_S = 10.0


@dataclass
class Breaker:
    """One provider's, for all asks of a run. allowed: failures in a row before it opens. cool_down_s: until it lets one
    call through; twice as long after each that fails. clock: seconds that only grow."""

    allowed: int = 3
    cool_down_s: float = _COOL_DOWN_S
    clock: Callable[[], float] = time.monotonic
    _failures: int = field(default=0, repr=False)
    _opened_at: float | None = field(default=None, repr=False)
    _is_probing: bool = field(default=False, repr=False)

    @property
    def state(self) -> BreakerState:
        if self._opened_at is None:
            return "closed"
        return "half-open" if self._is_probing or self._has_cooled() else "open"

    def admits(self) -> bool:
        """Whether a call may be made now; of a half-open breaker's callers only the first is told so."""
        if self._opened_at is None:
            return True
        if self._is_probing or not self._has_cooled():
            return False
        self._is_probing = True
        return True

    def succeeded(self) -> None:
        """The provider answered, whatever it said."""
        self._failures, self._opened_at, self._is_probing = 0, None, False

    def failed(self, weight: int = 1) -> None:
        """The provider did not answer. weight: failures that it counts for."""
        self._failures += weight
        if self._is_probing:
            self.cool_down_s *= 2
        if self._is_probing or (self._opened_at is None and self._failures >= self.allowed):
            self._opened_at, self._is_probing = self.clock(), False

    def abandoned(self) -> None:
        """The call was given up for a reason that says nothing about the provider."""
        self._is_probing = False

    def _has_cooled(self) -> bool:
        return self._opened_at is not None and self.clock() - self._opened_at >= self.cool_down_s
