"""What decides about waves; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class WaveParams(BaseModel):
    """capacity: assets in a wave at most; count: waves that there should be at most (in larger estates the capacity
    grows).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    capacity: int = Field(default=100, ge=1)
    count: int = Field(default=24, ge=1)
