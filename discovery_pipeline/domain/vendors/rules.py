"""The vendors' published rules as values: columns, units, enumerations, limits, and where each was published.

The rules stand in a YAML file per vendor. Keep out: applying them (preflight.py), filling the columns (a module each).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import Any, Literal, get_args

from discovery_pipeline.domain.packaged import packaged_yaml

Vendor = Literal["azure-migrate", "aws-ads", "google-mc", "konveyor"]
VENDORS: tuple[Vendor, ...] = get_args(Vendor)
# What becomes of a row or cell that breaks a rule. set_apart: the vendor imports the row and can't use it, so it goes
# to a file of its own.
Outcome = Literal["rejected", "set_apart", "left_blank", "changed"]
CellType = Literal["text", "integer", "number"]


@dataclass(frozen=True)
class ColumnRule:
    """One column of a file.

    missing: what an empty cell does to its row (None: nothing). otherwise: what any other fault does. least, most:
    bounds of a number. longest: characters; cut: longer text is shortened instead. one_of: the words it takes.
    starts: words it has to begin with. forbidden: characters that are replaced by a blank. pattern: what the whole
    text has to look like. fields: canonical fields that the column carries, the best first.
    source: key of the vendor's sources.
    """

    name: str
    type: CellType = "text"
    missing: Outcome | None = None
    otherwise: Outcome = "left_blank"
    least: float | None = None
    most: float | None = None
    longest: int | None = None
    cut: bool = False
    one_of: tuple[str, ...] = ()
    unique: bool = False
    forbidden: str = ""
    pattern: str | None = None
    fields: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class TableRule:
    """One table of an import. any_of: columns of which one has to be filled; without it a row is rejected."""

    name: str
    columns: tuple[ColumnRule, ...]
    any_of: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The columns' names in the vendor's order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Source:
    """Where rules were published. read: the day on which its stored copy was read; published: the day it states."""

    title: str
    address: str
    read: date
    published: date | None = None


@dataclass(frozen=True)
class VendorRules:
    """Everything published about one vendor's import.

    rows, bytes: limits of one file (None: none is published). takes: the types of assets. apart: name of the files
    with the rows that are set apart. words: what our words are called there. quotas: limits that hold across files.
    notes: what a person has to know, a line each.
    """

    vendor: Vendor
    title: str
    as_of: date
    sources: Mapping[str, Source]
    takes: tuple[str, ...]
    tables: tuple[TableRule, ...]
    rows: int | None = None
    bytes: int | None = None
    apart: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def table(self, name: str) -> TableRule:
        """The table of this name. Raises KeyError when the vendor has none."""
        return {table.name: table for table in self.tables}[name]


@cache
def rules_of(vendor: Vendor) -> VendorRules:
    """The packaged rules of a vendor."""
    data = packaged_yaml(__package__, f"{vendor.replace('-', '_')}.yaml")
    tables = tuple(_table(name, entry) for name, entry in data["tables"].items())
    sources = {name: Source(**entry) for name, entry in data["sources"].items()}
    plain = {
        f.name: data[f.name] for f in fields(VendorRules) if f.name in data and f.name not in ("tables", "sources")
    }
    lists: dict[str, Any] = {name: tuple(plain[name]) for name in ("takes", "notes") if name in plain}
    as_of = max(source.read for source in sources.values())
    made: dict[str, Any] = {**plain, **lists, "as_of": as_of, "sources": sources, "tables": tables}
    return VendorRules(vendor=vendor, **made)


def _table(name: str, entry: Mapping[str, Any]) -> TableRule:
    columns = tuple(column for spec in entry["columns"] for column in _columns(spec))
    return TableRule(name, columns, tuple(entry.get("any_of", ())))


def _columns(spec: Mapping[str, Any]) -> list[ColumnRule]:
    """The column of an entry; a group of columns (`each`) repeats as often as the vendor takes it (`repeat`)."""
    if "each" in spec:
        numbers = range(1, spec["repeat"] + 1)
        return [_column({**one, "name": one["name"].format(n=n)}) for n in numbers for one in spec["each"]]
    return [_column(spec)]


def _column(spec: Mapping[str, Any]) -> ColumnRule:
    lists = {name: tuple(map(str, spec[name])) for name in ("one_of", "fields") if name in spec}
    told: dict[str, Any] = {**spec, **lists}
    return ColumnRule(**told)
