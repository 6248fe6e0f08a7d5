"""The price catalogue: machine types of the clouds with their dated list prices (catalogue.yaml, or a newer file).

Prices are in the catalogue's currency per hour, in the provider's base region. Keep out: what a machine needs (needs),
which type fits (fitting), and what it comes to (costs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from discovery_pipeline.domain.analysis.sizing.params import Provider
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.packaged import packaged_text

TYPES = {
    "provider": pl.String(), "type": pl.String(), "family": pl.String(), "vcpus": pl.Int64(),
    "memory_gib": pl.Float64(), "hour": pl.Float64(), "windows_hour": pl.Float64(), "scaled": pl.Boolean(),
    "kind": pl.String(), "previous": pl.Boolean(), "burstable": pl.Boolean(), "arch": pl.String(),
    "priced_at": pl.Date(),
}  # fmt: skip
_WHERE = "price catalogue"
_ADVICE = "see discovery_pipeline/domain/analysis/sizing/catalogue.yaml for what a price catalogue holds"
_SHOWN = 5

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
# Name, family, vCPUs, GiB, price per hour, what Windows adds, how the price is known.
Row = tuple[
    str, str, Annotated[int, Field(gt=0)], Annotated[float, Field(gt=0)], Price | None, Price | None,
    Literal["listed", "scaled"],
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Family(_Part):
    """Types that differ in size only. previous: a newer generation replaces it. priced_at: the day of the prices."""

    kind: Literal["general", "compute", "memory"]
    previous: bool
    burstable: bool
    arch: Literal["x86_64", "arm64"]
    priced_at: date


class Disk(_Part):
    """The disk that is priced: per GiB and month, with the operations per second that come with it."""

    name: str
    gib_month: Price
    iops: int = Field(gt=0)
    priced_at: date


# Typical, low and high; of reservations lowest, typical and highest share saved.
Spread = tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
Saving = Annotated[float, Field(ge=0, lt=1)]


class Offer(_Part):
    """What one provider offers. region: the base region. regions: factors on its prices: median, low, high.

    reserved: per term the share saved: lowest, typical without payment up front, highest.
    """

    region: str
    regions_at: date
    regions: Mapping[str, Spread]
    reserved_at: date
    reserved: Mapping[Literal["1y", "3y"], tuple[Saving, Saving, Saving]]
    storage: Disk
    families: Mapping[str, Family]
    types: list[Row] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Offer:
        if self.region not in self.regions:
            raise ValueError(f"the base region {self.region} isn't among the regions")
        if set(self.reserved) != {"1y", "3y"}:
            raise ValueError("reserved: both terms, 1y and 3y, are needed")
        unknown = sorted({row[1] for row in self.types} - set(self.families))
        if unknown:
            raise ValueError(f"types of families that aren't listed: {', '.join(unknown[:_SHOWN])}")
        names = [row[0] for row in self.types]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"types listed twice: {', '.join(twice[:_SHOWN])}")
        return self


class _File(_Part):
    as_of: date
    currency: str = Field(pattern="^[A-Z]{3}$")
    hours_per_month: float = Field(ge=672, le=744)
    source: str = Field(min_length=1)
    providers: Mapping[Provider, Offer] = Field(min_length=1)


@dataclass(frozen=True)
class Catalogue:
    """types: TYPES, of all providers. as_of: the day of the newest prices; each family has its own day."""

    as_of: date
    currency: str
    hours_per_month: float
    source: str
    offers: Mapping[Provider, Offer]
    types: pl.DataFrame

    @property
    def entries(self) -> int:
        """How many types it holds."""
        return len(self.types)

    @property
    def oldest(self) -> date:
        """The day of its oldest prices."""
        return min(family.priced_at for offer in self.offers.values() for family in offer.families.values())


def _types(offers: Mapping[Provider, Offer]) -> pl.DataFrame:
    rows = [
        (provider, *row[:6], row[6] == "scaled", family.kind, family.previous, family.burstable,
         family.arch, family.priced_at)
        for provider, offer in offers.items()
        for row in offer.types
        for family in (offer.families[row[1]],)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TYPES, orient="row").sort("provider", "type")


def read_catalogue(text: str) -> Catalogue:
    """A price catalogue as YAML (see catalogue.yaml). Raises UsageError that names what can't be."""
    try:
        said: Any = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except yaml.YAMLError as error:
        raise UsageError("this is no YAML", where=_WHERE, advice=_ADVICE) from error
    except ValueError as error:  # what looks like a date and is none
        raise UsageError(f"a date that there isn't: {error}", where=_WHERE, advice=_ADVICE) from error
    if not isinstance(said, dict):
        raise UsageError("a catalogue is a list of names with values", where=_WHERE, advice=_ADVICE)
    try:
        file = _File.model_validate(said)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, p['loc']))}: {p['msg'].removeprefix('Value error, ')}" for p in error.errors()]
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise UsageError("; ".join(problems[:_SHOWN] + more), where=_WHERE, advice=_ADVICE) from error
    types = _types(file.providers)
    return Catalogue(file.as_of, file.currency, file.hours_per_month, file.source, file.providers, types)


@cache
def catalogue() -> Catalogue:
    """The packaged catalogue (catalogue.yaml)."""
    return read_catalogue(packaged_text(__package__, "catalogue.yaml"))
