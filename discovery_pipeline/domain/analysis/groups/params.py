"""What decides about groups; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class GroupParams(BaseModel):
    """group_size: assets in a move group at most. density: groups hold together while their ties' confidence is at
    least this much per pair of assets (the resolution of the constant Potts model). seed: of the group search, fixed so
    that re-runs agree.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    group_size: int = Field(default=50, ge=1)
    density: float = Field(default=0.05, gt=0)
    seed: int = 20261101
