"""What decides about sizing; part of a tenant's plan (see analysis/params.py)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Provider = Literal["aws", "azure", "gcp"]
Factor = Annotated[float, Field(ge=1, le=10)]


class SizingParams(BaseModel):
    """What sizes and prices rest on; shares are of one (0.2 = 20 %).

    - providers: the clouds to size for, of aws, azure and gcp
    - regions: the target region of a provider, in its own words (aws: eu-central-1); without one the catalogue's base
    - headroom: added to a peak, in case it grows
    - average_to_peak, memory_average_to_peak: how many times an average the peak is, where only the average is known
    - usual_share: without any measurement, the share of what is allocated that the low end takes for needed
    - storage: disks of the allocated size (they are copied as they are) or of the used one with storage_headroom
    - term: of the reservation that is priced, one year or three
    - burstable: where types may be used that have their full speed for a part of the time only, if the CPU was measured
    - arm: whether Linux machines that are built anew may go to ARM
    - windows_licence: included in the price, or own licences that are brought along
    - previous_generation: whether types may be used that a newer generation takes the place of
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
