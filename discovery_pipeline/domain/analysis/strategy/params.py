"""What decides about strategy; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class StrategyParams(BaseModel):
    """Nothing yet: see strategy.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
