"""What may be looked up for agents: typed, bounded, without a name or a cell of the tenant's in any result.

Arguments and results are checked on their way, so that neither a model's arguments nor a store's rows can hold more
than is written here: fields and choices of the schema, types, headers and shapes as the guard shows them, counts. No
question holds results of these by itself: what people decided is weighed by the phases (an answer that repeats it would
count it twice) and changes with each correction (every kept answer would be paid for again). Keep out: where things
are looked up (services).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from discovery_pipeline.agents.guard import shown_header, shown_samples, shown_statistics, table_cells
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.insights.contents import Word
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.headers import read_header
from discovery_pipeline.domain.vocabulary.lexicon import claims_of

MOST_ROWS = 20
_LONGEST_TEXT = 200
_MOST_MATCHES = 5

# Of a table or a column; an export has fewer.
_LARGEST_NUMBER = 2**31 - 1
# No text holds a control character that a store would refuse.
Text = Annotated[str, StringConstraints(max_length=_LONGEST_TEXT, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Number = Annotated[int, Field(ge=0, le=_LARGEST_NUMBER)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Shown = Annotated[str, StringConstraints(max_length=120)]


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DecidedArguments(_Checked):
    """What people decided: what columns under a header mean, what spellings of a field mean, what types assets are.

    header: of columns (kind mapping). field: that values were decided in (kind value)."""

    kind: Literal["mapping", "value", "type"]
    header: Text | None = None
    field: FieldName | None = None


class DecidedRow(_Checked):
    """choice: the canonical field, choice of an enum or type; "other text" where it is none of ours. times: how many
    decisions said so; by: how many people."""

    field: FieldName | None
    choice: Word
    times: int = Field(ge=1)
    by: int = Field(ge=1)


class MatchArguments(_Checked):
    """A header, and cells of its column."""

    header: Text = ""
    values: tuple[Text, ...] = Field(default=(), max_length=20)
    record: RecordKind = "asset"


class Match(_Checked):
    """fields: those that the header's words name, the strongest first. shapes: of the values, letters as x, digits as
    9. units: that the fields have in the schema."""

    fields: tuple[FieldName, ...]
    shapes: tuple[Shown, ...]
    units: tuple[Word, ...]


class ProfileArguments(_Checked):
    """A column by its place."""

    table_no: Number
    position: Number


class Profile(_Checked):
    """A column as questions show it."""

    header: Shown
    samples: tuple[Shown, ...]
    statistics: dict[str, Any]


class NeighboursArguments(_Checked):
    """An asset, by its id."""

    asset_id: Annotated[str, StringConstraints(pattern=r"^a_[a-z2-7]{20}$")]


class Neighbours(_Checked):
    """Assets of a type that it depends on, or that depend on it, by kind of edge. count: how many."""

    direction: Literal["uses", "used_by"]
    kind: Word
    asset_type: Word
    count: int = Field(ge=1)


class Knowledge(Protocol):
    """Where things are looked up: one tenant's, read only, each bounded in rows."""

    def decided(self, asked: DecidedArguments) -> Sequence[DecidedRow]: ...

    def profile(self, asked: ProfileArguments) -> Sequence[Mapping[str, Any]]:
        """PROFILES rows of the column's table, in their order; none for a table that is not there."""
        ...

    def neighbours(self, asked: NeighboursArguments) -> Sequence[Neighbours]: ...


def matched(asked: MatchArguments) -> Match:
    """The pattern matcher: what a header's words name, and what values look like. Looks nothing up."""
    claims = sorted(claims_of(asked.record, read_header(asked.header)), key=lambda c: (-c.weight, c.field))
    names = list(dict.fromkeys(claim.field for claim in claims if claim.field))[:_MOST_MATCHES]
    own = fields(asked.record)
    units = dict.fromkeys(unit for name in names if (unit := own[name].unit))
    shapes = dict.fromkeys(shape[:120] for shape in masked_texts([value for value in asked.values if value]))
    return Match(fields=tuple(names), shapes=tuple(shapes)[:_MOST_MATCHES], units=tuple(units))


def shown_profile(knowledge: Knowledge, asked: ProfileArguments, pseudonyms: Pseudonyms) -> list[Profile]:
    """The profile look-up: at most one."""
    table = knowledge.profile(asked)
    cells = table_cells(table)
    return [
        Profile(
            header=pseudonyms.names(shown_header(row["header"], cells)),
            samples=tuple(shown_samples(row["samples"])),
            statistics=shown_statistics(row),
        )
        for row in table
        if row["position"] == asked.position
    ]


TOOLS: Mapping[str, type[_Checked]] = {
    "decided": DecidedArguments,
    "match": MatchArguments,
    "profile": ProfileArguments,
    "neighbours": NeighboursArguments,
}


def use(knowledge: Knowledge, tool: str, arguments: Mapping[str, Any], pseudonyms: Pseudonyms) -> list[dict[str, Any]]:
    """The rows of a tool's result, JSON-ready, at most MOST_ROWS. pseudonyms: of the question that they are for.

    Raises UsageError for an unknown tool, or arguments that it does not take."""
    if tool not in TOOLS:
        raise UsageError(f"there is no tool {tool!r}", advice=f"one of: {', '.join(TOOLS)}")
    try:
        asked = TOOLS[tool].model_validate(dict(arguments))
    except ValidationError as error:
        places = ", ".join(sorted({".".join(map(str, e["loc"])) or "all" for e in error.errors()}))
        raise UsageError(f"{tool} does not take these arguments: {places}", where=f"tool {tool}") from None
    return [row.model_dump(mode="json") for row in _rows(knowledge, asked, pseudonyms)[:MOST_ROWS]]


def _rows(knowledge: Knowledge, asked: _Checked, pseudonyms: Pseudonyms) -> Sequence[_Checked]:
    match asked:
        case DecidedArguments():
            return knowledge.decided(asked)
        case ProfileArguments():
            return shown_profile(knowledge, asked, pseudonyms)
        case NeighboursArguments():
            return knowledge.neighbours(asked)
        case MatchArguments():
            return [matched(asked)]
    raise TypeError(f"no tool takes {type(asked).__name__}")
