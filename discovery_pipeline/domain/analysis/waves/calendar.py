"""Waves: when each move group goes. Providers before or with their dependents, test before production, within capacity.

Keep out: which assets make a group.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass

import igraph
import polars as pl

from discovery_pipeline.domain.analysis.waves.params import WaveParams

# The order in which environments and criticalities move; what is not known goes with the middle.
ENVIRONMENTS = {"sandbox": 0, "development": 0, "test": 1, "qa": 1, "staging": 2, "other": 2, "production": 3, "dr": 3}
CRITICALITIES = {"low": 0, "medium": 1, "high": 2, "critical": 3}
UNKNOWN_ENVIRONMENT = 2
UNKNOWN_CRITICALITY = 1
# Environments that move in waves of their own, one after the other: non-production, staging and unknown, production.
_PHASES = {0: 0, 1: 0, 2: 1, 3: 2}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Group:
    """One move group. order: ranks of its environment and criticality; planned: the wave the data asks for."""

    size: int
    order: tuple[int, int]
    planned: int | None


def wave_number(label: str | None) -> int | None:
    """The wave that a label names: the only number in it ("Wave 3", "W2"), from 1; else none."""
    numbers = _NUMBER.findall(label or "")
    return int(numbers[0]) if len(numbers) == 1 and 1 <= int(numbers[0]) <= 999 else None


def planned_waves(labels: pl.Series) -> pl.DataFrame:
    """Columns label, planned: per distinct label its wave number, or null."""
    distinct = labels.drop_nulls().unique().sort().to_list()
    rows = [(label, wave_number(label)) for label in distinct]
    return pl.DataFrame(rows, schema={"label": pl.String(), "planned": pl.Int64()}, orient="row")


def capacity(assets: int, params: WaveParams) -> int:
    """Assets per wave: the given bound, or more where the estate would need more than params.count of them."""
    return max(params.capacity, -(-assets // params.count))


def _rounds(count: int, needs: pl.DataFrame) -> tuple[list[int], list[list[int]], list[int]]:
    """(knot of group, dependents of knot, unmet needs of knot); groups in a circle of needs are one knot."""
    graph = igraph.Graph(n=count, edges=needs.select("dependent", "provider").to_numpy(), directed=True)
    knots = list(graph.connected_components(mode="strong").membership)
    total = max(knots, default=-1) + 1
    pairs = {(knots[d], knots[p]) for d, p in needs.select("dependent", "provider").iter_rows() if knots[d] != knots[p]}
    dependents: list[list[int]] = [[] for _ in range(total)]
    unmet = [0] * total
    for dependent, provider in sorted(pairs):
        dependents[provider].append(dependent)
        unmet[dependent] += 1
    return knots, dependents, unmet


class _Calendar:
    """Loads of the waves. Each phase of environments starts after the last wave of the earlier ones."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._loads: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._first: dict[int, int] = {}

    def book(self, wave: int, size: int) -> None:
        self._loads[wave] = self._loads.get(wave, 0) + size

    def _start(self, phase: int) -> int:
        """The first wave of a phase that may have room."""
        if phase not in self._first:
            self._first[phase] = 1 + max((wave for p, wave in self._last.items() if p < phase), default=0)
        while self._loads.get(self._first[phase], 0) >= self._room:
            self._first[phase] += 1
        return self._first[phase]

    def place(self, size: int, phase: int, earliest: int) -> int:
        """Book the first wave from earliest that has room (a group larger than a wave gets an empty one)."""
        wave = max(earliest, self._start(phase))
        while self._loads.get(wave, 0) and self._loads[wave] + size > self._room:
            wave += 1
        self.book(wave, size)
        self._last[phase] = max(self._last.get(phase, 0), wave)
        return wave


def plan(groups: Sequence[Group], needs: pl.DataFrame, room: int) -> list[int]:
    """The wave of each group, from 1. needs: columns dependent, provider (numbers of groups). room: assets per wave.

    Taken in the order of (environment, criticality, number) among the groups whose providers are placed.
    """
    knots, dependents, unmet = _rounds(len(groups), needs)
    inside: list[list[int]] = [[] for _ in unmet]
    for number, knot in enumerate(knots):
        inside[knot].append(number)
    calendar = _Calendar(room)
    for group in groups:
        if group.planned is not None:
            calendar.book(group.planned, group.size)
    earliest = [1] * len(unmet)
    waves = [0] * len(groups)

    def rank(knot: int) -> tuple[int, int, int]:
        return (*max(groups[n].order for n in inside[knot]), inside[knot][0])

    ready = [(rank(knot), knot) for knot, count in enumerate(unmet) if count == 0]
    heapq.heapify(ready)
    while ready:
        _, knot = heapq.heappop(ready)
        for number in inside[knot]:
            group = groups[number]
            phase = _PHASES[group.order[0]]
            waves[number] = group.planned or calendar.place(group.size, phase, earliest[knot])
        last = max(waves[number] for number in inside[knot])
        for dependent in dependents[knot]:
            earliest[dependent] = max(earliest[dependent], last)
            unmet[dependent] -= 1
            if unmet[dependent] == 0:
                heapq.heappush(ready, (rank(dependent), dependent))
    return waves
