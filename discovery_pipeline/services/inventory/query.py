"""What somebody wants to see of the inventory, as conditions over its grid.

Values of the searcher are bound as parameters; names in SQL come from the constants here. Keep out: asking (search.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import polars as pl

from discovery_pipeline.services.inventory.grid import GRID, SEPARATOR

Facet = Literal[
    "type", "environment", "os", "support", "site", "owner", "application", "source", "strategy", "wave"
]  # fmt: skip
FACETS: tuple[Facet, ...] = get_args(Facet)
_COLUMN_OF: dict[Facet, str] = {facet: facet for facet in FACETS} | {"application": "applications", "source": "sources"}
Only = Literal["disputed", "new", "vanished", "no_owner", "unsupported"]
_ONLY: dict[Only, str] = {
    "disputed": "disputed <> ''",
    "new": "new",
    "vanished": "vanished",
    "no_owner": "owner IS NULL",
    # Nobody mends it any more unless that is paid for.
    "unsupported": "support IN ('ended', 'extended')",
}
ONLY: tuple[Only, ...] = get_args(Only)
ORDERS = tuple(name for name, dtype in GRID.items() if not isinstance(dtype, pl.List))
NONE = "(none)"
# The positions of the rows in which every word of a query occurs.
WORDED = "worded"
# Per facet; of applications and owners there may be tens of thousands.
FACET_VALUES = 500
_NUMBERS = ("wave",)


@dataclass(frozen=True)
class InventoryQuery:
    """text: words that all have to occur somewhere in an asset's names, identifiers, addresses, place or owner.

    chosen: facet -> values of which one has to match; NONE stands for no value. only: all of them have to hold.
    order: one of ORDERS.
    """

    text: str = ""
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    order: str = "name"
    descending: bool = False
    only: tuple[Only, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        """The same for questions with the same answer."""
        chosen = tuple(sorted((facet, tuple(values)) for facet, values in self.chosen.items() if values))
        return self.words, chosen, self.order, self.descending, tuple(sorted(set(self.only)))

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, in lower case."""
        return tuple(self.text.lower().split())

    @property
    def narrows(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.words or self.only or any(self.chosen.values()))


@dataclass(frozen=True)
class Condition:
    """sql: over the grid's columns. values: bound in it, in order."""

    sql: str
    values: tuple[Any, ...] = ()


def holds(query: InventoryQuery) -> Condition:
    """What a row that matches fulfils; WORDED has to hold the rows in which every word occurs."""
    facets = [of_facet(facet, chosen) for facet, chosen in query.chosen.items() if chosen]
    return both(among_worded(query), *facets, *(of_only(only) for only in query.only))


def both(*conditions: Condition) -> Condition:
    """All of them."""
    sql = " AND ".join(condition.sql for condition in conditions) or "true"
    return Condition(sql, tuple(value for condition in conditions for value in condition.values))


def of_words(words: Sequence[str]) -> Condition:
    """Every word occurs, which takes a look at all texts."""
    return both(*(Condition("contains(search_text, ?)", (word,)) for word in words))


def among_worded(query: InventoryQuery) -> Condition:
    """The same of rows that were found before."""
    return Condition(f"position IN (SELECT position FROM {WORDED})" if query.words else "true")


def of_facet(facet: Facet, chosen: tuple[str, ...]) -> Condition:
    """One of the values, or none where that is among them."""
    column = _COLUMN_OF[facet]
    if isinstance(GRID[column], pl.List):
        items = f"string_split({column}, '{SEPARATOR}')"
        return Condition(f"(list_has_any({items}, ?) OR ({column} = '' AND ?))", (list(chosen), NONE in chosen))
    text = f"{column}::VARCHAR" if facet in _NUMBERS else column
    return Condition(f"coalesce(list_contains(?, {text}), ?)", (list(chosen), NONE in chosen))


def of_only(only: Only) -> Condition:
    """Raises KeyError for what is none: never the searcher's own text in SQL."""
    return Condition(_ONLY[only])


def counted(facet: Facet, among: str) -> str:
    """SQL of value and assets: how many rows of `among` have each value, the most frequent first; has NONE to be bound.

    Lists are counted whole before their items are: few are distinct.
    """
    column = column_of(facet)
    if not isinstance(GRID[column], pl.List):
        grouped = f"SELECT coalesce({column}::VARCHAR, ?) AS value, count(*) AS assets FROM {among} GROUP BY 1"
    else:
        whole = f"SELECT {column} AS items, count(*) AS assets FROM {among} GROUP BY 1"
        items = f"if(items = '', [?], string_split(items, '{SEPARATOR}'))"
        each = f"SELECT unnest({items}) AS value, assets FROM ({whole})"
        grouped = f"SELECT value, sum(assets)::BIGINT AS assets FROM ({each}) GROUP BY 1"
    return f"{grouped} ORDER BY assets DESC, value LIMIT {FACET_VALUES}"


def column_of(facet: Facet) -> str:
    """The grid's column behind a facet."""
    return _COLUMN_OF[facet]


def in_order(query: InventoryQuery) -> str:
    """The order as SQL; nulls last. Raises KeyError for what is no column: never the searcher's own text in SQL."""
    column = {name: name for name in ORDERS}[query.order]
    direction = "DESC" if query.descending else "ASC"
    if column == "name":
        return f"position {direction}"
    folded = f"lower({column})" if GRID[column] == pl.String() else column
    return f"{folded} {direction} NULLS LAST, position"
