"""Searches a tenant's inventory inside DuckDB: text, filters, order, pages and counts, whatever its size.

Keep out: the conditions (query.py), what the rows hold (grid.py), how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.inventory.grid import GRID, PART, grid_of, shown
from discovery_pipeline.services.inventory.query import (
    FACETS,
    NONE,
    ONLY,
    WORDED,
    Facet,
    InventoryQuery,
    Only,
    among_worded,
    both,
    column_of,
    counted,
    holds,
    in_order,
    of_facet,
    of_only,
    of_words,
)
from discovery_pipeline.services.run_frames import run_frames

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

# Answers remembered of each kind: 4 bytes per row that matches, so 128 MB for an estate of a million.
_REMEMBERED = 16
_ASSETS_REMEMBERED = 64
_Positions = NDArray[np.uint32]
_MADE = "made_grid"


@dataclass(frozen=True)
class InventoryPage:
    """rows: GRID, at most as many as asked for. total: assets that match. of: assets there are."""

    rows: pl.DataFrame
    total: int
    of: int


@dataclass(frozen=True)
class Counted:
    """facets: per facet its values and how many assets would match with each, under all other filters, the most
    frequent first. only: how many assets would match if it had to hold too."""

    facets: dict[Facet, tuple[tuple[str, int], ...]]
    only: dict[Only, int]


class InventorySearch:
    """The inventory published at this moment, with what the analysis made from it says.

    Usable from several threads. Raises MissingFrame when there is no inventory yet.
    """

    def __init__(self, frames: TenantFrames) -> None:
        run = run_frames(frames)
        if not run.has("inventory"):
            advice = f"discovery run {frames.tenant} first"
            raise MissingFrame("there is no inventory yet", where=frames.tenant, advice=advice)
        self.tenant = frames.tenant
        self._duckdb = frames.duckdb("analysis")
        self._grid = f"analysis__{PART}"
        if not run.has("analysis", PART):
            self._grid = _MADE
            # What is registered is seen by its own connection alone; every question has another one.
            self._duckdb.register("given", grid_of(run).to_arrow())
            self._duckdb.execute(f"CREATE TABLE {_MADE} AS FROM given").unregister("given")
        self._of = int(self._rows(f"SELECT count(*) FROM {self._grid}").item())
        # Filters, orders and counts of the same words are asked of what they found.
        self._worded = lru_cache(_REMEMBERED)(self._find_words)
        self._found = lru_cache(_REMEMBERED)(self._find)
        self._tallied = lru_cache(_REMEMBERED)(self._tally)
        self._looked_up = lru_cache(_ASSETS_REMEMBERED)(self._asset)

    @property
    def assets(self) -> int:
        """All there are."""
        return self._of

    def page(self, query: InventoryQuery, offset: int = 0, limit: int = 100) -> InventoryPage:
        """Some rows of what matches, in the query's order; equal ones by name."""
        positions = self._positions(query)
        wanted = positions[offset : offset + limit]
        return InventoryPage(self._at(wanted), len(positions), self._of)

    def asset(self, asset_id: str) -> dict[str, Any] | None:
        """The row of one asset (GRID); None where there is none."""
        return self._looked_up(asset_id)

    def counts(self, query: InventoryQuery) -> Counted:
        """How many assets each further choice would leave."""
        return self._tallied(_Asked(query))

    def batches(
        self, query: InventoryQuery, columns: Sequence[str] = tuple(GRID), size: int = 50_000
    ) -> Iterator[pl.DataFrame]:
        """These columns of everything that matches, in the query's order. Raises KeyError for an unknown column."""
        names = [{name: name for name in GRID}[column] for column in columns]
        where = holds(query)
        found = f"SELECT {', '.join(names)} FROM {self._grid} WHERE {where.sql} ORDER BY {in_order(query)}"
        with self._cursor(query.words) as cursor:
            for batch in cursor.execute(found, list(where.values)).to_arrow_reader(size):
                frame = pl.from_arrow(batch)
                yield shown(frame if isinstance(frame, pl.DataFrame) else frame.to_frame())

    def close(self) -> None:
        """Let go of the files."""
        self._duckdb.close()

    def _positions(self, query: InventoryQuery) -> Sequence[int] | _Positions:
        """Of the rows that match, in the query's order: nothing has to be asked where that is the grid's own."""
        if not query.narrows and query.order == "name":
            everything = range(self._of)
            return everything[::-1] if query.descending else everything
        return self._found(_Asked(query))

    def _find(self, asked: _Asked) -> _Positions:
        where = holds(asked.query)
        sql = f"SELECT position FROM {self._grid} WHERE {where.sql} ORDER BY {in_order(asked.query)}"
        return self._rows(sql, where.values, asked.query.words).get_column("position").to_numpy()

    def _asset(self, asset_id: str) -> dict[str, Any] | None:
        found = self._rows(f"SELECT {', '.join(GRID)} FROM {self._grid} WHERE asset_id = ?", [asset_id])
        return next(shown(found).iter_rows(named=True), None)

    def _at(self, positions: Sequence[int] | _Positions) -> pl.DataFrame:
        """The rows at these positions, in their order."""
        if not len(positions):
            return pl.DataFrame(schema=GRID)
        wanted = [int(position) for position in positions]
        # The bounds let DuckDB skip the parts of the file that can't hold any.
        within = f"position BETWEEN {min(wanted)} AND {max(wanted)} AND position IN ({', '.join(map(str, wanted))})"
        found = self._rows(f"SELECT position, {', '.join(GRID)} FROM {self._grid} WHERE {within}")
        order = pl.DataFrame({"position": wanted}, schema={"position": found.schema["position"]})
        return shown(order.join(found, on="position", how="left", maintain_order="left").drop("position"))

    def _tally(self, asked: _Asked) -> Counted:
        """One statement: each filter is looked at once."""
        query = asked.query
        chosen = {facet: of_facet(facet, values) for facet, values in query.chosen.items() if values}
        always = both(among_worded(query), *(of_only(each) for each in query.only))
        flags = ", ".join(f"{condition.sql} AS in_{facet}" for facet, condition in chosen.items())
        columns = ", ".join([*(column_of(facet) for facet in FACETS), "new", "vanished", "disputed"])
        kept = "MATERIALIZED" if query.words else "NOT MATERIALIZED"
        source = f"SELECT {columns}{', ' + flags if flags else ''} FROM {self._grid} WHERE {always.sql}"
        facets = [
            f"(SELECT '{facet}' AS facet, * FROM ({counted(facet, f'matching WHERE {_all(chosen, but=facet)}')}))"
            for facet in FACETS
        ]
        singles = ", ".join(f"count(*) FILTER ({of_only(each).sql})" for each in ONLY)
        facets.append(
            f"(SELECT 'only' AS facet, unnest({list(ONLY)}) AS value, unnest(counts) AS assets"
            f" FROM (SELECT [{singles}] AS counts FROM matching WHERE {_all(chosen)}))"
        )
        given = [value for condition in chosen.values() for value in condition.values]
        rows = self._rows(
            f"WITH matching AS {kept} ({source}) {' UNION ALL '.join(facets)}",
            [*given, *[NONE] * len(FACETS)],
            query.words,
        ).sort("assets", "value", descending=[True, False])
        found = {
            name: tuple(part.iter_rows())
            for (name,), part in rows.partition_by("facet", as_dict=True, include_key=False).items()
        }
        singly = dict(found["only"])
        return Counted({facet: found.get(facet, ()) for facet in FACETS}, {each: singly[each] for each in ONLY})

    def _rows(self, sql: str, values: Sequence[Any] = (), words: Sequence[str] = ()) -> pl.DataFrame:
        with self._cursor(words) as cursor:
            return cursor.execute(sql, list(values)).pl()

    @contextmanager
    def _cursor(self, words: Sequence[str]) -> Iterator[DuckDBPyConnection]:
        """A connection of its own; it sees WORDED where there are words."""
        with self._duckdb.cursor() as cursor:
            if words:
                cursor.register(WORDED, self._worded(tuple(words)))
            yield cursor

    def _find_words(self, words: Sequence[str]) -> pa.Table:
        where = of_words(words)
        return self._rows(f"SELECT position FROM {self._grid} WHERE {where.sql}", where.values).to_arrow()


@dataclass(frozen=True, eq=False)
class _Asked:
    """A question as a key of what was answered before."""

    query: InventoryQuery

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.query.key == other.query.key

    def __hash__(self) -> int:
        return hash(self.query.key)


def _all(chosen: dict[Facet, Any], but: Facet | None = None) -> str:
    return " AND ".join(f"in_{facet}" for facet in chosen if facet != but) or "true"
