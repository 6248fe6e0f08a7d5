"""The days of each wave, and which waves a freeze closes. Keep out: loads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from discovery_pipeline.domain.analysis.waves.params import WaveParams

_DAY = timedelta(days=1)


def _later(day: date, by: timedelta) -> date:
    """The day so much later; of waves without end the last day there is."""
    return day + min(by, date.max - day)


class Slots:
    """Wave n runs `length_days`, `gap_days` after the one before; blackouts of all push it behind their last day.

    Without a start there are no days and nothing is closed.
    """

    def __init__(self, params: WaveParams) -> None:
        self._params = params
        self._found: list[tuple[date, date]] = []
        self._pushed: list[list[str]] = []
        self._blackouts = params.blackouts
        self._everyone = sorted((b for b in params.blackouts if not b.scoped), key=lambda b: b.first)

    def days(self, wave: int) -> tuple[date, date] | None:
        """First and last day of a wave (from 1), or none."""
        if self._params.start is None:
            return None
        while len(self._found) < wave:
            gap = timedelta(days=self._params.gap_days)
            self._append(_later(self._found[-1][1], gap + _DAY) if self._found else self._params.start)
        return self._found[wave - 1]

    def pushed(self, wave: int) -> list[str]:
        """The blackouts of all that a wave had to wait for, as people read them."""
        return self._pushed[wave - 1] if self.days(wave) else []

    def _append(self, first: date) -> None:
        length, said = timedelta(days=self._params.length_days - 1), list[str]()
        for blackout in self._everyone:
            if blackout.first <= _later(first, length) and blackout.last >= first:
                first = _later(blackout.last, _DAY)
                said.append(blackout.said)
        self._found.append((first, _later(first, length)))
        self._pushed.append(said)

    def closing(self, wave: int, blackouts: Iterable[int]) -> list[int]:
        """Those of these blackouts (numbers) that overlap a wave."""
        days = self.days(wave)
        if days is None:
            return []
        spans = ((number, self._blackouts[number]) for number in blackouts)
        return [number for number, span in spans if span.first <= days[1] and span.last >= days[0]]

    def late(self, wave: int) -> bool:
        """Whether a wave ends after the deadline."""
        days = self.days(wave)
        return bool(days and self._params.deadline and days[1] > self._params.deadline)
