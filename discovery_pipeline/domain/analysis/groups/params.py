"""What decides about groups; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class GroupParams(BaseModel):
    """group_size: assets in a move group at most. density: groups hold together while their ties' confidence is at
    least this much per pair of assets (the resolution of the constant Potts model). seed: of the group search, fixed so
    that re-runs agree.

    trials: how often groups are sought again with a share `dropped` of the ties left out, to tell how stable they are.
    partners: servers that name one cluster are partners when they are at most so many. sole_dependents: an asset is a
    single point of failure when at least so many others have no other provider of what it serves. exact_assets: up to
    so many assets the reach of a failure is counted, above it is estimated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    group_size: int = Field(default=50, ge=1)
    density: float = Field(default=0.05, gt=0)
    seed: int = 20261101
    trials: int = Field(default=3, ge=0, le=20)
    dropped: float = Field(default=0.1, ge=0, le=0.9)
    partners: int = Field(default=8, ge=2)
    sole_dependents: int = Field(default=2, ge=1)
    exact_assets: int = Field(default=20_000, ge=0)
