"""The canonical schema, declared once in asset_schema.yaml; everything that knows fields derives from here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml

RecordKind = Literal["asset", "relationship", "connection"]
BaseType = Literal["string", "integer", "number", "boolean", "datetime", "ip", "mac", "fqdn", "enum"]

RECORD_KINDS: tuple[RecordKind, ...] = get_args(RecordKind)
# Fields whose values name people: findings and samples count them and show none.
PERSONAL = frozenset({"business_owner", "technical_owner", "contact_email"})

_DTYPES: dict[BaseType, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "datetime": pl.Datetime("us"),
    "ip": pl.String(),
    "mac": pl.String(),
    "fqdn": pl.String(),
    "enum": pl.String(),
}
_TYPE = re.compile(r"^(?:(?P<list>list)\[(?P<item>\w+)\]|(?P<enum>enum)\[(?P<values>[^\]]+)\]|(?P<plain>\w+))$")


@dataclass(frozen=True)
class Field:
    """One canonical field.

    base: type of a value (of an item, when is_list). unit: the unit stored, or None. choices: values of an enum.
    """

    name: str
    base: BaseType
    is_list: bool
    unit: str | None
    choices: tuple[str, ...]
    description: str

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of the clean column; datetimes are naive UTC microseconds."""
        item = _DTYPES[self.base]
        return pl.List(item) if self.is_list else item


def parse_field(name: str, spec: dict[str, str]) -> Field:
    """Read one field's entry of the YAML. Raises ValueError when its type is not understood."""
    match = _TYPE.match(spec["type"])
    if match is None:
        raise ValueError(f"asset_schema.yaml: type {spec['type']!r} of field {name} is not understood")
    choices = tuple(v.strip() for v in match["values"].split(",")) if match["enum"] else ()
    base = match["item"] or match["enum"] or match["plain"]
    if base not in _DTYPES:
        raise ValueError(f"asset_schema.yaml: type {base!r} of field {name} is unknown")
    return Field(name, base, bool(match["list"]), spec.get("unit"), choices, spec["description"])


@cache
def fields(record: RecordKind) -> dict[str, Field]:
    """The canonical fields of a record kind, by name, in the schema's order."""
    entries = packaged_yaml(__package__, "asset_schema.yaml")["records"][record]["fields"]
    return {name: parse_field(name, spec) for name, spec in entries.items()}


def clean_schema(record: RecordKind) -> dict[str, pl.DataType]:
    """Column name -> polars type of clean records of this kind (without the row key)."""
    return {name: field.dtype for name, field in fields(record).items()}
