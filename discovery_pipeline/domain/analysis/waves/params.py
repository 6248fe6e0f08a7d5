"""What decides about waves; part of a tenant's plan (see analysis/params.py). Keep out: weights of risk (risk.yaml)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Environment = Literal["production", "staging", "test", "development", "dr", "qa", "sandbox", "other"]
_BLACKOUTS = 500
# A freeze of more years is none; waves are dated in days that calendars hold.
_LONGEST_YEARS, _LATEST = 10, date(2200, 1, 1)


class Blackout(BaseModel):
    """Days on which nothing may move: `from` and `to` (both included), with a reason that is shown.

    environments, departments, applications, owners: whom it concerns (an asset that matches any entry of every list
    that is given; letter case and punctuation don't matter). Without any of them it holds for all, and waves are
    scheduled around it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    reason: str = "blackout"
    environments: tuple[Environment, ...] = ()
    departments: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Blackout:
        if self.last < self.first:
            raise ValueError(f"a blackout ends ({self.last}) before it begins ({self.first})")
        if (self.last - self.first).days > _LONGEST_YEARS * 366:
            raise ValueError(
                f"a blackout of more than {_LONGEST_YEARS} years ({self.first} to {self.last}) is none: what never "
                "moves has the strategy retain (discovery correct)"
            )
        return self

    @property
    def scoped(self) -> bool:
        """Whether it concerns some of the estate only."""
        return bool(self.environments or self.departments or self.applications or self.owners)

    @property
    def said(self) -> str:
        """Reason and days, as people read them."""
        return f"{self.reason} ({self.first.isoformat()} to {self.last.isoformat()})"


class PilotParams(BaseModel):
    """waves: how many of the first waves are pilots (0: none). assets: in a pilot wave at most. share: of the moving
    assets that a pilot wave holds at most, so that small estates don't move as pilots. applications: names of
    applications to pilot with (then no others are chosen).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    waves: int = Field(default=1, ge=0, le=5)
    assets: int = Field(default=10, ge=1)
    share: float = Field(default=0.05, gt=0, le=1)
    applications: tuple[str, ...] = ()


class WaveParams(BaseModel):
    """capacity: assets in a wave at most. count: waves that there should be at most (in larger estates the capacity
    grows). capacity_tib: storage in a wave at most, TiB. capacity_production: production servers in a wave at most.
    capacity_risk: sum of risk weights in a wave at most (a critical production asset weighs 1: risk.yaml).

    start: first day of wave 1; without it waves have numbers and no dates. length_days, gap_days: of a wave and between
    two. deadline: the day by which the last wave should have ended. blackouts: see Blackout; they need `start`.

    order: "environment": all of an earlier phase moves before any of a later one; "application": each application's own
    environments follow each other and programmes interleave. environments: the phases, first to move first; those not
    listed move last, assets without a label with "other". soak_waves: waves between an application's phases, to test.

    draws, seed: of the simulation of dependencies that nobody has found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    capacity: int = Field(default=100, ge=1)
    count: int = Field(default=24, ge=1, le=5000)
    capacity_tib: float | None = Field(default=None, gt=0)
    capacity_production: int | None = Field(default=None, ge=1)
    capacity_risk: float | None = Field(default=None, gt=0)
    start: date | None = Field(default=None, le=_LATEST)
    length_days: int = Field(default=14, ge=1, le=366)
    gap_days: int = Field(default=0, ge=0, le=366)
    deadline: date | None = None
    blackouts: tuple[Blackout, ...] = Field(default=(), max_length=_BLACKOUTS)
    order: Literal["environment", "application"] = "environment"
    environments: tuple[tuple[Environment, ...], ...] = (
        ("sandbox", "development", "test", "qa"),
        ("staging", "other"),
        ("production", "dr"),
    )
    soak_waves: int = Field(default=0, ge=0, le=10)
    pilots: PilotParams = PilotParams()
    draws: int = Field(default=500, ge=50, le=10_000)
    seed: int = Field(default=20261101, ge=0)

    @field_validator("environments")
    @classmethod
    def _once(cls, phases: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        names = [name for phase in phases for name in phase]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"an environment moves in one phase: {', '.join(twice)} stands in several")
        return phases

    @model_validator(mode="after")
    def _within_dates(self) -> WaveParams:
        if self.blackouts and self.start is None:
            raise ValueError("blackouts need the day on which wave 1 starts (start)")
        if self.deadline is not None and (self.start is None or self.deadline <= self.start):
            raise ValueError("a deadline needs a start before it")
        return self
