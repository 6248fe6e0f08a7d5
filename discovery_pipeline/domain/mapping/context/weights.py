"""How much a neighbour says, and the shapes in which rules say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Leaves no doubt, whatever the words say alone; rules out what they say; turns a tie; leans to one side of it.
SETTLES = 12.0
REFUSES = 5.0
TURNS = 2.5
LEANS = 1.2


def says(table: TableView, position: int, field: str, weight: float, why: str) -> Evidence:
    """One reason of this kind."""
    return Evidence(table.table_no, position, field, "context", weight, why)


def turns(table: TableView, position: int, field: str, others: Sequence[str], why: str) -> Iterator[Evidence]:
    """For a field and, as much, against those it is taken for without the neighbour."""
    yield says(table, position, field, TURNS, why)
    for other in others:
        yield says(table, position, other, -TURNS, why)


def settles(table: TableView, position: int, field: str, others: Sequence[str], why: str) -> Iterator[Evidence]:
    """As `turns`, where the neighbour leaves no doubt."""
    yield says(table, position, field, SETTLES, why)
    for other in others:
        yield says(table, position, other, -REFUSES, why)


def carries_none(table: TableView, position: int, why: str) -> Evidence:
    """A neighbour that leaves no doubt that the column carries none of the fields."""
    return says(table, position, NO_FIELD, SETTLES, why)


def row_names(table: TableView) -> tuple[int, ...]:
    """Columns that name the row's own thing whatever stands beside them."""
    ambiguous = {"host", "server", "node"}
    return tuple(p for p in table.strong.get("hostname", ()) if set(table.headers[p].concepts) - ambiguous)


def of_no_end(table: TableView) -> Iterator[int]:
    """Positions of the headers that speak of neither end of a flow or relation."""
    return (p for p, header in enumerate(table.headers) if header.words and not table.sides[p])


def header_text(table: TableView, position: int) -> str:
    """A header as it is quoted in reasons."""
    return f"'{' '.join(table.headers[position].raw.split())}'"
