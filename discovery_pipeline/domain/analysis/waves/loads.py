"""How full each wave is, and the first one with room. Keep out: order, which schedule.py holds."""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.slots import Slots

# Columns of a group that fill a wave: assets, TiB, production servers, risk weight.
LOADS = ("size", "tib", "production", "weight")
_UNBOUNDED = float("inf")
# A wave that couldn't take so many groups is not tried again: keeps the search linear in very large estates.
_REFUSALS = 64


def capacity(assets: int, params: WaveParams) -> int:
    """Assets per wave: the given bound, or more where the estate would need more than params.count of them."""
    return max(params.capacity, -(-assets // params.count))


def limits(assets: int, params: WaveParams) -> tuple[float, ...]:
    """The bound of each of LOADS; infinite where the plan gives none."""
    given = (params.capacity_tib, params.capacity_production, params.capacity_risk)
    return (capacity(assets, params), *(_UNBOUNDED if bound is None else bound for bound in given))


class Loads:
    """Loads of the waves, from 1."""

    def __init__(self, bounds: Sequence[float], slots: Slots) -> None:
        self._bounds = tuple(bounds)
        self._limits = [(number, bound + 1e-9) for number, bound in enumerate(bounds) if bound < _UNBOUNDED]
        self._slots = slots
        self._loads: list[list[float]] = [[0.0] * len(self._bounds)]
        self._refused = [0]
        # The next wave that may have room: a chain that is shortened as it is walked.
        self._next = [0]

    def _reach(self, wave: int) -> None:
        while len(self._loads) <= wave:
            self._next.append(len(self._loads))
            self._loads.append([0.0] * len(self._bounds))
            self._refused.append(0)

    def of(self, wave: int) -> tuple[float, ...]:
        """The load of a wave in the order of LOADS."""
        self._reach(wave)
        return tuple(self._loads[wave])

    def book(self, wave: int, load: Sequence[float]) -> None:
        """Add a load to a wave, whether it has room or not."""
        self._reach(wave)
        held = self._loads[wave]
        # A new list: quicker than to add in place, number by number.
        self._loads[wave] = held = [h + amount for h, amount in zip(held, load, strict=True)]
        if held[0] >= self._bounds[0]:
            self._next[wave] = wave + 1

    def fits(self, wave: int, load: Sequence[float]) -> bool:
        """Whether a wave takes a load; an empty one takes any, so that a group over the bounds moves, too."""
        self._reach(wave)
        held = self._loads[wave]
        for number, bound in self._limits:
            if held[number] + load[number] > bound:
                return not any(held)
        return True

    def _open(self, wave: int) -> int:
        self._reach(wave)
        if self._next[wave] == wave:
            return wave
        path = []
        while self._next[wave] != wave:
            path.append(wave)
            wave = self._next[wave]
            self._reach(wave)
        for passed in path:
            self._next[passed] = wave
        return wave

    def first(self, load: Sequence[float], earliest: int, frozen: Sequence[int]) -> tuple[int, list[int]]:
        """(the first wave from `earliest` with room and no freeze, the blackouts that closed one on the way)."""
        wave, closed = earliest, set[int]()
        while True:
            wave = self._open(wave)
            closing = self._slots.closing(wave, frozen) if frozen else []
            if closing:
                closed.update(closing)
            elif self.fits(wave, load):
                return wave, sorted(closed)
            else:
                self._refused[wave] += 1
                if self._refused[wave] >= _REFUSALS:
                    self._next[wave] = wave + 1
            wave += 1
