"""What decides about sizing; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SizingParams(BaseModel):
    """Nothing yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")
