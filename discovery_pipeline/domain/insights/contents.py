"""What an insight may say, by topic. Whatever stands in one may enter a prompt, a page and a log.

So there is no free text: canonical fields, choices of the schema, words of ours, short codes that the vocabulary reads,
rounded numbers. Keep out: how insights are found (the phases) and passed on (agents).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from discovery_pipeline.domain.handoffs import Grain
from discovery_pipeline.domain.schema import RecordKind

# A code of up to three letters or digits: "p", "t1"; longer ones could be somebody's name for something.
Code = Annotated[str, StringConstraints(pattern=r"^[^\W_]{1,3}$")]
# A word of the program's own: a choice of a field, a type, a unit, a tool.
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_/%. -]{0,39}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Part = Literal["environment", "site", "role", "number", "other"]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ValueCodes(_Content):
    """A column writes codes for a field's choices. unread: further codes that nothing reads."""

    topic: Literal["value_codes"] = "value_codes"
    codes: dict[Code, Word] = Field(min_length=1, max_length=12)
    unread: int = Field(default=0, ge=0)

    @property
    def text(self) -> str:
        read = ", ".join(f"{code} = {choice}" for code, choice in self.codes.items())
        return f"it holds codes: {read}" + (f"; {self.unread} codes are not read" if self.unread else "")


class NameScheme(_Content):
    """Host names are built alike. parts: what each part tells, in order. share: of the names that are built so."""

    topic: Literal["name_scheme"] = "name_scheme"
    parts: tuple[Part, ...] = Field(min_length=1, max_length=6)
    share: Share

    @property
    def text(self) -> str:
        said = ", ".join("letters" if part == "other" else part for part in self.parts)
        return f"{self.share:.0%} of the host names consist of: {said}"


class SiteCodes(_Content):
    """A part of the host names is a code of the site. part: from 1. codes: how many there are."""

    topic: Literal["site_codes"] = "site_codes"
    part: int = Field(ge=1, le=6)
    codes: int = Field(ge=2)
    share: Share

    @property
    def text(self) -> str:
        return f"part {self.part} of host names is a code of the site ({self.codes} codes, right in {self.share:.0%})"


class UnitConvention(_Content):
    """A column's numbers are in a unit that is not the schema's, as its header or its numbers say."""

    topic: Literal["unit_convention"] = "unit_convention"
    unit: Word
    inferred: bool

    @property
    def text(self) -> str:
        return f"its numbers are in {self.unit}, told by " + ("their size" if self.inferred else "header or cells")


class SharedService(_Content):
    """Assets of a type that many others use. services: how many; users: of the most used one, rounded down."""

    topic: Literal["shared_service"] = "shared_service"
    asset_type: Word
    kind: Literal["infrastructure", "management"]
    services: int = Field(ge=1)
    users: int = Field(ge=0)

    @property
    def text(self) -> str:
        return (
            f"{self.services} of type {self.asset_type} are shared {self.kind} services, used by up to {self.users} and"
            " more"
        )


class Layout(_Content):
    """What the rows of a table are. product: the tool that wrote it, where that is known."""

    topic: Literal["layout"] = "layout"
    record: RecordKind
    grain: Grain
    product: Word | None = None

    @property
    def text(self) -> str:
        tells = "tells details of an asset" if self.grain == "detail" else f"is one {self.record}"
        return f"each row {tells}" + (f", as {self.product} writes them" if self.product else "")


class Meaning(_Content):
    """Which choice a code means: asked while `chosen` is None, else answered with one of the offers."""

    topic: Literal["meaning"] = "meaning"
    code: Code
    offers: tuple[Word, ...] = Field(min_length=2, max_length=12)
    chosen: Word | None = None

    @model_validator(mode="after")
    def _is_offered(self) -> Meaning:
        if self.chosen is not None and self.chosen not in self.offers:
            raise ValueError("the choice was not offered")
        return self

    @property
    def text(self) -> str:
        return f"what code {self.code} means" if self.chosen is None else f"code {self.code} means {self.chosen}"


class Changed(_Content):
    """What an agent changed in a phase's result after it had heard an insight. count: of values, assets or edges."""

    topic: Literal["changed"] = "changed"
    field: Word | None
    count: int = Field(ge=1)

    @property
    def text(self) -> str:
        return f"{self.count} changed" + (f" in {self.field}" if self.field else "")


Content = Annotated[
    ValueCodes | NameScheme | SiteCodes | UnitConvention | SharedService | Layout | Meaning | Changed,
    Field(discriminator="topic"),
]
CONTENT: TypeAdapter[Content] = TypeAdapter(Content)
