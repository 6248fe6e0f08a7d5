"""Waves of groups: taken one knot after the other, each into the first wave that order, room and freezes allow.

A list schedule: among the knots whose providers are placed, the next is the one of the earliest phase, then the one
that a planned wave waits for, then the least critical, then the one with the strongest ties to what is placed already
(so that what belongs together meets in one wave). Keep out: why the order is what it is (knots.py), pilots (pilots.py).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from discovery_pipeline.domain.analysis.waves.knots import Constraints
from discovery_pipeline.domain.analysis.waves.loads import LOADS, Loads

_NEVER = 10**9


@dataclass
class Placed:
    """Per group: its wave, and what bound it. why: "planned", "pilot", "after" (by: the node behind), "phase", "room",
    "freeze" or "first"; since: the first wave that order allowed; frozen: the blackouts that closed one from there on.
    """

    wave: list[int]
    why: list[str]
    by: list[int]
    since: list[int]
    frozen: list[list[int]]
    gate: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """Decided before: pilots: group -> wave; first: the first wave of the others; frozen: group -> blackouts."""

    pilots: Mapping[int, int]
    first: int
    frozen: Mapping[int, tuple[int, ...]]


class _Schedule:
    def __init__(
        self, groups: pl.DataFrame, needs: pl.DataFrame, order: Constraints, loads: Loads, given: Given, strict: bool
    ) -> None:
        self._order, self._loads, self._given, self._strict = order, loads, given, strict
        self._phase: list[int] = groups["phase"].to_list()
        self._rank: list[int] = groups["rank"].to_list()
        self._planned: list[int] = groups["planned"].fill_null(0).to_list()
        self._load = list(zip(*(groups[name].cast(pl.Float64).to_list() for name in LOADS), strict=True))
        count = len(groups)
        self.placed = Placed([0] * count, [""] * count, [-1] * count, [0] * count, [[] for _ in range(count)])
        self._knot: list[int] = order.knot.tolist()
        self._followers, self._unmet = self._links()
        self._near = self._ties(needs)
        knots = len(order.inside)
        self._earliest, self._by, self._pull = [1] * knots, [-1] * knots, [0.0] * knots
        self._waves = [0] * knots
        self._last: dict[int, int] = {}
        self._due = self._deadlines()
        self._gate_of = {self._knot[node]: node for node in order.gates["node"].to_list()}

    def _links(self) -> tuple[list[list[tuple[int, int, int]]], list[int]]:
        followers: list[list[tuple[int, int, int]]] = [[] for _ in self._order.inside]
        unmet = [0] * len(self._order.inside)
        columns = (self._order.earlier, self._order.later, self._order.lag, self._order.source)
        for earlier, later, lag, source in zip(*(column.tolist() for column in columns), strict=True):
            followers[earlier].append((later, lag, source))
            unmet[later] += 1
        return followers, unmet

    def _ties(self, needs: pl.DataFrame) -> list[list[tuple[int, float]]]:
        near: list[list[tuple[int, float]]] = [[] for _ in self._order.inside]
        for dependent, provider, strength in needs.select("dependent", "provider", "strength").iter_rows():
            a, b = self._knot[dependent], self._knot[provider]
            if a != b:
                near[a].append((b, strength))
                near[b].append((a, strength))
        return near

    def _deadlines(self) -> list[int]:
        """Per knot: the last wave in which no planned wave has to wait for it."""
        due = [
            min((self._planned[n] for n in inside if self._planned[n]), default=_NEVER) for inside in self._order.inside
        ]
        if min(due, default=_NEVER) == _NEVER:
            return due
        unmet, ready, order = list(self._unmet), [k for k, n in enumerate(self._unmet) if not n], list[int]()
        while ready:
            order.append(ready.pop())
            for later, _, _ in self._followers[order[-1]]:
                unmet[later] -= 1
                if not unmet[later]:
                    ready.append(later)
        for knot in reversed(order):
            due[knot] = min([due[knot], *(due[later] - lag for later, lag, _ in self._followers[knot])])
        return due

    def _key(self, knot: int) -> tuple[int, int, int, float, int, int]:
        inside = self._order.inside[knot]
        phase = max(self._phase[n] for n in inside) if self._strict else 0
        rank = max(self._rank[n] for n in inside)
        return (phase, self._due[knot], rank, -round(self._pull[knot], 6), inside[0], knot)

    def run(self) -> Placed:
        for inside in self._order.inside:
            planned = {self._planned[n] for n in inside} - {0}
            for number in inside if planned else ():
                self._loads.book(max(planned), self._load[number])
        ready: list[tuple[int, int, int, float, int, int]] = []
        for knot, count in enumerate(self._unmet):
            if not count and self._order.inside[knot]:
                heapq.heappush(ready, self._key(knot))
        while ready:
            *_, knot = heapq.heappop(ready)
            if not self._waves[knot]:
                self._place(knot)
                self._release(knot, ready)
        self.placed.gate = {node: self._waves[knot] for knot, node in self._gate_of.items()}
        return self.placed

    def _release(self, knot: int, ready: list[tuple[int, int, int, float, int, int]]) -> None:
        """Tell the followers; a gate opens at once, when all behind it stand."""
        opened = [knot]
        while opened:
            done = opened.pop()
            for later, lag, source in self._followers[done]:
                if self._waves[done] + lag > self._earliest[later]:
                    self._earliest[later], self._by[later] = self._waves[done] + lag, source
                self._unmet[later] -= 1
                if self._unmet[later]:
                    continue
                if self._order.inside[later]:
                    heapq.heappush(ready, self._key(later))
                else:
                    self._waves[later] = self._earliest[later]
                    opened.append(later)
        for other, strength in self._near[knot]:
            if not self._waves[other]:
                self._pull[other] += strength
                if not self._unmet[other]:
                    heapq.heappush(ready, self._key(other))

    def _place(self, knot: int) -> None:
        inside = self._order.inside[knot]
        decided = max((self._planned[n] for n in inside), default=0)
        pilot = max((self._given.pilots.get(n, 0) for n in inside), default=0)
        if decided or pilot:
            wave = since = decided or pilot
            why, frozen = "planned" if decided else "pilot", list[int]()
            if not decided:
                self._loads.book(wave, self._total(inside))
        else:
            since, wave, why, frozen = self._search(knot, inside)
        self._waves[knot] = wave
        for number in inside:
            own = "planned" if self._planned[number] else "circle" if why == "planned" else why
            self.placed.wave[number], self.placed.why[number] = wave, own
            self.placed.by[number], self.placed.since[number] = self._by[knot], since
            self.placed.frozen[number] = frozen

    def _total(self, inside: Sequence[int]) -> list[float]:
        return [sum(column) for column in zip(*(self._load[n] for n in inside), strict=True)]

    def _search(self, knot: int, inside: Sequence[int]) -> tuple[int, int, str, list[int]]:
        phase = max(self._phase[n] for n in inside)
        start = self._given.first
        if self._strict:
            start = max(start, 1 + max((wave for p, wave in self._last.items() if p < phase), default=0))
        earliest = max(start, self._earliest[knot])
        blackouts = sorted({b for n in inside for b in self._given.frozen.get(n, ())})
        load = self._total(inside)
        wave, frozen = self._loads.first(load, earliest, blackouts)
        self._loads.book(wave, load)
        self._last[phase] = max(self._last.get(phase, 0), wave)
        why = "phase" if start > self._given.first else "first"
        if frozen:
            why = "freeze"
        elif wave > earliest:
            why = "room"
        elif self._earliest[knot] >= start and self._by[knot] >= 0:
            why = "after"
        return earliest, wave, why, frozen


def schedule(
    groups: pl.DataFrame, needs: pl.DataFrame, order: Constraints, loads: Loads, given: Given, strict: bool
) -> Placed:
    """The wave of every group. groups: by number, with phase, rank, planned and LOADS; needs: NEEDS, for the pull.

    Planned waves stand whatever else is asked; loads: empty, is filled.
    """
    return _Schedule(groups, needs, order, loads, given, strict).run()
