"""Waves of groups: taken one knot after the other, each into the first wave that order, room and freezes allow.

A list schedule: among the knots whose providers are placed, the next is the one of the earliest phase, then the one
that a planned wave waits for, then the least critical, then the one whose providers moved last (so that a chain of
needs meets in one wave). Keep out: why the order is what it is (knots.py), pilots (pilots.py).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.waves.knots import Constraints
from discovery_pipeline.domain.analysis.waves.loads import LOADS, Loads

_NEVER = 10**9
# Phase, deadline, criticality, providers' wave (the last first), lowest group, knot.
_Key = tuple[int, int, int, int, int, int]


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


@dataclass(frozen=True)
class _Links:
    """What follows each knot k: later[first[k]:first[k + 1]], with lag and source; unmet: links into a knot."""

    first: list[int]
    later: list[int]
    lag: list[int]
    source: list[int]
    unmet: list[int]


def _links(order: Constraints) -> _Links:
    count = len(order.inside)
    by = np.lexsort((order.source, order.later, order.earlier))
    first = np.searchsorted(order.earlier[by], np.arange(count + 1))
    unmet = np.bincount(order.later, minlength=count)
    columns = (first, order.later[by], order.lag[by], order.source[by], unmet)
    return _Links(*(column.tolist() for column in columns))


def _highest(values: pl.Series, order: Constraints) -> list[int]:
    """Per knot the highest value of its groups; 0 for gates. values: from 0, one per group."""
    found = np.zeros(len(order.inside), dtype=np.int64)
    np.maximum.at(found, order.knot[: len(values)], values.cast(pl.Int64).to_numpy())
    return list(map(int, found))


class _Schedule:
    def __init__(self, groups: pl.DataFrame, order: Constraints, loads: Loads, given: Given, strict: bool) -> None:
        self._inside, self._loads, self._given, self._strict = order.inside, loads, given, strict
        self._planned: list[int] = groups["planned"].fill_null(0).to_list()
        # Of each knot: the latest phase, the highest rank and the last planned wave of what is inside.
        self._phase, self._rank, self._decided = (
            _highest(groups[name].fill_null(0), order) for name in ("phase", "rank", "planned")
        )
        self._load = list(zip(*(groups[name].cast(pl.Float64).to_list() for name in LOADS), strict=True))
        count, knots = len(groups), len(order.inside)
        self.placed = Placed([0] * count, [""] * count, [-1] * count, [0] * count, [[] for _ in range(count)])
        self._links = _links(order)
        self._earliest, self._by, self._waves = [1] * knots, [-1] * knots, [0] * knots
        self._last: dict[int, int] = {}
        self._due = self._deadlines()
        gates = order.gates["node"].to_list()
        self._gates = dict(zip(order.knot[gates].tolist(), gates, strict=True))

    def _deadlines(self) -> list[int]:
        """Per knot: the last wave in which no planned wave has to wait for it."""
        due = [_NEVER] * len(self._inside)
        if not any(self._planned):
            return due
        for knot, inside in enumerate(self._inside):
            due[knot] = min((self._planned[n] for n in inside if self._planned[n]), default=_NEVER)
        links, unmet = self._links, list(self._links.unmet)
        order = [knot for knot, count in enumerate(unmet) if not count]
        for knot in order:
            for link in range(links.first[knot], links.first[knot + 1]):
                unmet[links.later[link]] -= 1
                if not unmet[links.later[link]]:
                    order.append(links.later[link])
        for knot in reversed(order):
            for link in range(links.first[knot], links.first[knot + 1]):
                due[knot] = min(due[knot], due[links.later[link]] - links.lag[link])
        return due

    def _key(self, knot: int) -> _Key:
        phase = self._phase[knot] if self._strict else 0
        return (phase, self._due[knot], self._rank[knot], -self._earliest[knot], self._inside[knot][0], knot)

    def run(self) -> Placed:
        """Place every knot; the planned ones are booked before, so that others see what room is left."""
        for knot in (knot for knot, planned in enumerate(self._decided) if planned):
            for number in self._inside[knot]:
                self._loads.book(self._decided[knot], self._load[number])
        unmet = self._links.unmet
        ready = [self._key(knot) for knot, count in enumerate(unmet) if not count and self._inside[knot]]
        heapq.heapify(ready)
        while ready:
            knot = heapq.heappop(ready)[-1]
            self._place(knot)
            self._release(knot, ready)
        self.placed.gate.update({node: self._waves[knot] for knot, node in self._gates.items()})
        return self.placed

    def _release(self, knot: int, ready: list[_Key]) -> None:
        """Tell the followers; a gate opens at once, when all behind it stand."""
        links, earliest, unmet = self._links, self._earliest, self._links.unmet
        if links.first[knot] == links.first[knot + 1]:
            return
        opened = [knot]
        while opened:
            done = opened.pop()
            wave = self._waves[done]
            for link in range(links.first[done], links.first[done + 1]):
                later, bound = links.later[link], wave + links.lag[link]
                if bound > earliest[later]:
                    earliest[later], self._by[later] = bound, links.source[link]
                unmet[later] -= 1
                if unmet[later]:
                    continue
                if self._inside[later]:
                    heapq.heappush(ready, self._key(later))
                else:
                    self._waves[later] = earliest[later]
                    opened.append(later)

    def _place(self, knot: int) -> None:
        inside = self._inside[knot]
        decided, pilots = self._decided[knot], self._given.pilots
        pilot = max(pilots.get(n, 0) for n in inside) if pilots else 0
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

    def _total(self, inside: Sequence[int]) -> Sequence[float]:
        if len(inside) == 1:
            return self._load[inside[0]]
        return [sum(column) for column in zip(*(self._load[n] for n in inside), strict=True)]

    def _search(self, knot: int, inside: Sequence[int]) -> tuple[int, int, str, list[int]]:
        """(first wave that order allows, wave, why, the blackouts that closed one between)."""
        phase = self._phase[knot]
        start = self._given.first
        if self._strict:
            start = max(start, 1 + max((wave for p, wave in self._last.items() if p < phase), default=0))
        earliest = max(start, self._earliest[knot])
        held = self._given.frozen
        blackouts = sorted({b for n in inside for b in held.get(n, ())}) if held else []
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


def schedule(groups: pl.DataFrame, order: Constraints, loads: Loads, given: Given, strict: bool) -> Placed:
    """The wave of every group. groups: by number, with phase, rank, planned and LOADS.

    Planned waves stand whatever else is asked; loads: empty, is filled.
    """
    return _Schedule(groups, order, loads, given, strict).run()
