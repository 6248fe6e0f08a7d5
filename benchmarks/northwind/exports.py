"""What every writer hands back: the bytes of a file and the truth about each of its rows and columns."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from benchmarks.northwind.things import Thing

Outcome = Literal["asset", "detail", "relationship", "connection", "quarantined", "dropped", "any"]


@dataclass(frozen=True)
class Column:
    """fields: right canonical fields joined with |; an empty one says that unmapped is right."""

    header: str
    fields: str
    cell: Callable[[Thing, random.Random], str]


@dataclass(frozen=True)
class Row:
    """One record. raw: the physical line instead of cells, for rows that are broken. outcome "any": nobody minds."""

    cells: tuple[str | int | float | date | None, ...] = ()
    outcome: Outcome = "asset"
    true_id: str = ""
    note: str = ""
    raw: str = ""


@dataclass
class Table:
    name: str
    headers: Sequence[tuple[str, str]]
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Export:
    file: str
    content: bytes
    tables: tuple[Table, ...]


def cells(columns: Sequence[Column], thing: Thing, rng: random.Random) -> dict[str, str]:
    """One row as header -> cell, before any dirt."""
    return {c.header: c.cell(thing, rng) for c in columns}


def headers(columns: Sequence[Column]) -> list[tuple[str, str]]:
    return [(c.header, c.fields) for c in columns]


def delimited(table: Table, delimiter: str = ",", quote_all: bool = False) -> str:
    """The table as delimited text with CRLF; raw rows go in as they are."""
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    )
    writer.writerow([h for h, _ in table.headers])
    for row in table.rows:
        if row.raw:
            out.write(row.raw + "\r\n")
        else:
            writer.writerow(row.cells)
    return out.getvalue()


def blank(rng: random.Random, value: str, share: float, *placeholders: str) -> str:
    """The value, or now and then one of the placeholders people and tools leave instead."""
    return rng.choice(placeholders or ("",)) if rng.random() < share else value


def later(rng: random.Random, day: date, days: int) -> date:
    return day + timedelta(days=rng.randrange(days))


def clock(rng: random.Random) -> str:
    return f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"


def thousands(number: int) -> str:
    return f"{number:,}"
