"""What a tenant wants of models, as people write it. Keep out: what follows from it (optimizer)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from discovery_pipeline.domain.errors import UsageError

Goal = Literal["balanced", "fast", "accurate", "cheap"]
GOALS: tuple[Goal, ...] = get_args(Goal)
# What a tenant has that has set no strategy: nobody is put before those who stand before it.
CONFIGURED = "configured"


@dataclass(frozen=True)
class Strategy:
    """What a tenant wants of models. floor: the share of right answers below which a model is not used if others are
    better."""

    goal: Goal = "balanced"
    floor: float = 0.9

    @property
    def text(self) -> str:
        return f"{self.goal} floor {self.floor:g}"


def read_strategy(text: str) -> Strategy | None:
    """ "cheap", "accurate floor 0.95"; "configured" for None, the configured order. Raises UsageError."""
    words = text.lower().split()
    if words == [CONFIGURED]:
        return None
    floor = words[2:3] if words[1:2] == ["floor"] else []
    if words[:1] and words[0] in GOALS and len(words) in (1, 3) and len(words) == 1 + 2 * len(floor):
        share = _share(floor[0]) if floor else Strategy.floor
        if share is not None:
            return Strategy(next(goal for goal in GOALS if goal == words[0]), share)
    raise UsageError(
        f"{text!r} is no strategy for models",
        advice=f"{CONFIGURED}, or one of {', '.join(GOALS)}, with a floor: cheap floor 0.9",
    )


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0.5 <= share <= 0.99 else None
