"""What decides about sizing; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Provider = Literal["aws", "azure", "gcp"]
Factor = Annotated[float, Field(ge=1, le=10)]


class SizingParams(BaseModel):
    """What sizes and prices rest on; shares are of one (0.2 = 20 %).

    providers: the clouds to size for. regions: the target region of a provider, in its own words (aws: eu-central-1); without
    one the catalogue's base region. headroom: added to a measured or derived peak. average_to_peak, memory_average_to_peak:
    how often an average goes into the peak, where only an average is known. usual_share: of what is allocated without any
    measurement, the share that the low end of the range takes for needed. storage: what disks are bought for, the allocated
    size (disks are copied as they are) or the used one with storage_headroom. term: of the reservation that is priced.
    burstable: where types that share a processor may be used. arm: whether what is rebuilt for Linux may go to ARM.
    windows_licence: included in the price, or own licences brought along. previous_generation: whether types with a newer
    generation may be used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    providers: tuple[Provider, ...] = Field(default=("aws", "azure", "gcp"), min_length=1)
    regions: dict[Provider, str] = Field(default_factory=dict)
    headroom: float = Field(default=0.2, ge=0, le=2)
    average_to_peak: Factor = 2.0
    memory_average_to_peak: Factor = 1.3
    usual_share: float = Field(default=0.4, gt=0, le=1)
    storage: Literal["allocated", "used"] = "allocated"
    storage_headroom: float = Field(default=0.3, ge=0, le=2)
    term: Literal["1y", "3y"] = "1y"
    burstable: Literal["never", "non_production", "always"] = "non_production"
    arm: bool = False
    windows_licence: Literal["included", "own"] = "included"
    previous_generation: bool = False

    @field_validator("providers")
    @classmethod
    def _named_once(cls, value: tuple[Provider, ...]) -> tuple[Provider, ...]:
        if len(set(value)) < len(value):
            raise ValueError("a provider is named twice")
        return value
