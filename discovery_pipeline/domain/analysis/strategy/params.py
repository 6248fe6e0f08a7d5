"""What a tenant decides about strategies; part of its plan (see analysis/params.py)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from discovery_pipeline.domain.handoffs import Strategy


class StrategyParams(BaseModel):
    """What the tenant cares for: each weight (0 to 5; 1 as the rules have it) multiplies the points of a class of them.

    cost: leave what is idle or old, change little where little depends on it. speed: move machines as they are.
    modernisation: managed services, containers, software as a service. risk: leave what vendors no longer support, keep
    what must not fail. avoid: strategies that are never proposed; what is planned or decided holds all the same.
    stale_days: a table of support dates older than the data by more days than this is told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cost: float = Field(default=1.0, ge=0, le=5)
    speed: float = Field(default=1.0, ge=0, le=5)
    modernisation: float = Field(default=1.0, ge=0, le=5)
    risk: float = Field(default=1.0, ge=0, le=5)
    avoid: tuple[Strategy, ...] = Field(default=(), max_length=6)
    stale_days: int = Field(default=180, ge=1)

    def weight(self, kind: str) -> float:
        """The factor of a class of rules; 1 for what is technically so (fit)."""
        return {"cost": self.cost, "speed": self.speed, "modernisation": self.modernisation, "risk": self.risk}.get(
            kind, 1.0
        )

    @property
    def shown(self) -> list[str]:
        """What differs from the defaults, as facts are shown: a strategy is derived from them, too."""
        named = ("cost", "speed", "modernisation", "risk")
        weights = [f"weight_{name}={self.weight(name)}" for name in named if self.weight(name) != 1.0]
        return weights + ([f"avoid={'+'.join(sorted(self.avoid))}"] if self.avoid else [])
