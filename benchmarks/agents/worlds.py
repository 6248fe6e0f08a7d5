"""What a world of the benchmark is: a result without a model, and the result after an oracle was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.agents.oracle import Cost, Oracle


@dataclass(frozen=True)
class After:
    """right: values of the result that are. harmed: values that were right before and are wrong now. earned: whether
    the answers weighed anything. cost: of asking."""

    right: int
    harmed: int
    earned: bool
    cost: Cost


@dataclass(frozen=True)
class World:
    """values: judged in all; right: of those before anybody was asked; doubts: put up; wrong_doubts: of those wrong
    before, so the most that any answers can gain (where the truth was offered)."""

    agent: str
    values: int
    right: int
    doubts: int
    ask: Callable[[Oracle], After]
