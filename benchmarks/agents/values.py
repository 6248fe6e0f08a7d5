"""Cleansing: columns of choices in which a tenth of the cells is written as no rule reads it.

Made from the vocabulary's own words: some with letters dropped or swapped, as people type them, and some words that
mean none of the choices. Judged is every cell of these columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from benchmarks.agents.oracle import Oracle, scripted
from benchmarks.agents.worlds import After, World
from discovery_pipeline.agents.choosing import ask_about
from discovery_pipeline.agents.cleansing import CLEANSING, described
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.domain.cleansing.advised import value_advice
from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.cleansing.doubts import odd_values
from discovery_pipeline.domain.cleansing.vocabulary import enum_words
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding, TableInfo, TableKind
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt

_FIELDS = ("environment", "criticality", "lifecycle_status")
_ROWS, _ODD = 2_000, 0.1
_ODD_SPELLINGS = 30
_SHORTEST = 6
# Words that mean none of the choices, though they stand in such columns.
_STRANGE = ("kundenwunsch", "siehe ticket", "rollout", "phase zwei", "migriert", "altlast", "by request", "tbd sales")
_CATCH_ALL = ("other", "unknown")


@dataclass(frozen=True)
class _Column:
    """cells: as written; true: what each means, None = none of the choices."""

    field: str
    cells: Sequence[str]
    true: Sequence[str | None]


def value_worlds(tenants: int) -> Iterator[World]:
    """So many tenants with a table each."""
    return (_world([_column(name, random.Random(f"{tenant} {name}")) for name in _FIELDS]) for tenant in range(tenants))


def _column(name: str, drawn: random.Random) -> _Column:
    words = {word: choice for word, choice in enum_words(name).items() if choice not in _CATCH_ALL}
    plain = sorted(word for word in words if len(word) >= _SHORTEST and word.isascii())
    odd: dict[str, str | None] = {_mistyped(word, drawn): words[word] for word in drawn.sample(plain, _ODD_SPELLINGS)}
    odd |= dict.fromkeys(_STRANGE)
    cells, true = [], list[str | None]()
    for _ in range(_ROWS):
        own: Mapping[str, str | None] = odd if drawn.random() < _ODD else {word: words[word] for word in plain}
        cell = drawn.choice(sorted(own))
        cells.append(cell)
        true.append(own[cell])
    return _Column(name, cells, true)


def _mistyped(word: str, drawn: random.Random) -> str:
    """Two letters swapped, or the vowels after the first letter dropped."""
    if drawn.random() < 0.5:
        return word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
    at = drawn.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _table(columns: Sequence[_Column]) -> CanonicalTable:
    names = [column.field for column in columns]
    cells = {column.field: list(column.cells) for column in columns}
    frame = pl.DataFrame(
        {"row": range(_ROWS), "line": range(2, _ROWS + 2), "source_id": [f"id-{n}" for n in range(_ROWS)], **cells},
        schema={"row": pl.Int64, "line": pl.Int64, "source_id": pl.String, **dict.fromkeys(names, pl.String)},
    )
    headers = ("source_id", *names)
    bindings = tuple(
        ColumnBinding(name, name, position, name, None, None, 1.0, "accepted") for position, name in enumerate(headers)
    )
    info = TableInfo(0, "made", "made.csv", "made", headers, _ROWS)
    return CanonicalTable(info, TableKind(0, "asset", "asset", None, 1.0), frame.lazy(), bindings)


def _world(columns: Sequence[_Column]) -> World:
    table = _table(columns)
    odd = odd_values([table], Rules())
    doubts, controls = odd.doubts, odd.controls(CLEANSING.params)
    means = {(c.field, cell.lower()): true for c in columns for cell, true in zip(c.cells, c.true, strict=True)}
    before = _right(table, columns, Rules())

    def truth(doubt: Doubt) -> Sequence[str]:
        return (means.get((doubt.shown["field"], doubt.shown["spelling"])) or NONE,)

    def ask(oracle: Oracle) -> After:
        desk = scripted(oracle, truth)
        told = described([*doubts, *controls])
        opinion = ask_about(desk, desk.agent(CLEANSING), doubts, controls, KnownNames(), told)
        after = _right(table, columns, value_advice(advised(opinion.answers, opinion.trust)).beside(Rules()))
        return After(len(after), len(before - after), opinion.trust.earned, desk.cost)

    return World("cleansing", len(columns) * _ROWS, len(before), len(doubts), ask)


def _right(table: CanonicalTable, columns: Sequence[_Column], rules: Rules) -> set[tuple[str, int]]:
    """Cells whose clean value is right; of a word that means none of the choices, empty or "other"."""
    frame = clean(table, rules).table.frame.select("row", *(column.field for column in columns)).collect()
    nothing = (None, *_CATCH_ALL)
    return {
        (column.field, row)
        for column in columns
        for row, value in frame.select("row", column.field).iter_rows()
        if value == column.true[row] or (column.true[row] is None and value in nothing)
    }
