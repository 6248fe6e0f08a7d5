"""Searches a tenant's inventory inside DuckDB: text, filters, order and pages, whatever its size.

Values of the searcher are bound as parameters; names in SQL come from the constants here. Keep out: how it is shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.export.writers import ExportTable, write_table
from discovery_pipeline.services.run_frames import run_frames

Facet = Literal["type", "environment", "os", "site", "source", "strategy", "application"]

# Grid column -> expression over the inventory i and the analysis a. The names are those of asset_schema.yaml, shortened
# where a person reads them as well.
_COLUMNS: dict[str, str] = {
    "name": """CASE WHEN classified_type = 'application' THEN coalesce(application_name[1], hostname) END""",
    "type": "classified_type",
    "environment": "environment",
    "os": "os_name",
    "cpus": "cpu_count",
    "memory_gib": "memory_mib / 1024",
    "storage_gib": "storage_total_gib",
    "ip_addresses": "coalesce(ip_address, [])",
    "applications": "coalesce(application_name, [])",
    "site": "coalesce(location, datacenter)",
    "owner": "coalesce(business_owner, technical_owner)",
    "strategy": "strategy",
    "wave": "wave",
    "sources": "sources",
    "records": "record_count",
    "vanished": "vanished",
    "asset_id": "i.asset_id",
}
GRID: FrameSchema = {
    "name": pl.String(), "type": pl.String(), "environment": pl.String(), "os": pl.String(), "cpus": pl.Int64(),
    "memory_gib": pl.Float64(), "storage_gib": pl.Float64(), "ip_addresses": pl.List(pl.String()),
    "applications": pl.List(pl.String()), "site": pl.String(), "owner": pl.String(), "strategy": pl.String(),
    "wave": pl.Int64(), "sources": pl.List(pl.String()), "records": pl.Int64(), "vanished": pl.Boolean(),
    "asset_id": pl.String(),
}  # fmt: skip
_NAME = "coalesce({own}, hostname, fqdn, source_id, i.asset_id)"
_FACETS: dict[Facet, str] = {
    "type": "type", "environment": "environment", "os": "os", "site": "site", "source": "sources",
    "strategy": "strategy", "application": "applications",
}  # fmt: skip
FACETS: tuple[Facet, ...] = tuple(_FACETS)
_SEARCHED = (
    "name", "hostname", "fqdn", "source_id", "serial_number", "uuid", "asset_tag", "os", "site", "owner",
    "array_to_string(ip_addresses, ' ')", "array_to_string(applications, ' ')", "asset_id",
)  # fmt: skip
ORDERS = tuple(name for name in _COLUMNS if name not in ("ip_addresses", "applications", "sources"))
NONE = "(none)"
FACET_VALUES = 500


@dataclass(frozen=True)
class InventoryQuery:
    """text: words that all have to occur somewhere in an asset's names, identifiers, addresses, place or owner.

    chosen: facet -> values of which one has to match; NONE stands for no value. order: one of ORDERS.
    """

    text: str = ""
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    order: str = "name"
    descending: bool = False


@dataclass(frozen=True)
class InventoryPage:
    """rows: GRID, at most as many as asked for. total: assets that match. of: assets there are."""

    rows: pl.DataFrame
    total: int
    of: int


class InventorySearch:
    """The inventory published at this moment, joined with its analysis where that was made from it.

    Usable from several threads. Raises MissingFrame when there is no inventory yet.
    """

    def __init__(self, frames: TenantFrames) -> None:
        run = run_frames(frames)
        if not run.has("inventory"):
            advice = f"discovery run {frames.tenant} first"
            raise MissingFrame("there is no inventory yet", where=frames.tenant, advice=advice)
        self.tenant = frames.tenant
        self._duckdb = frames.duckdb()
        self._grid = _grid_sql(analysed=run.has("analysis"))

    def page(self, query: InventoryQuery, offset: int = 0, limit: int = 50) -> InventoryPage:
        """Some rows of what matches, in the query's order; equal ones by asset_id."""
        where, values = _where(query)
        counts = self._rows(f"SELECT count(*) FILTER ({where}) AS total, count(*) AS of FROM ({self._grid})", values)
        total, of = counts.row(0)
        found = f"SELECT {_names()} FROM ({self._grid}) WHERE {where} ORDER BY {_order(query)} LIMIT ? OFFSET ?"
        return InventoryPage(_typed(self._rows(found, [*values, limit, offset])), total, of)

    def facets(self) -> dict[Facet, tuple[tuple[str, int], ...]]:
        """Per facet its values and how many assets have each, the most frequent first."""
        return {facet: self._facet(column) for facet, column in _FACETS.items()}

    def batches(self, query: InventoryQuery, size: int = 50_000) -> Iterator[pl.DataFrame]:
        """Everything that matches, in the query's order."""
        where, values = _where(query)
        found = f"SELECT {_names()} FROM ({self._grid}) WHERE {where} ORDER BY {_order(query)}"
        with self._duckdb.cursor() as cursor:
            for batch in cursor.execute(found, values).to_arrow_reader(size):
                frame = pl.from_arrow(batch)
                yield _typed(frame if isinstance(frame, pl.DataFrame) else frame.to_frame())

    def csv(self, query: InventoryQuery) -> bytes:
        """Everything that matches, as CSV in which no cell starts a formula."""
        with tempfile.TemporaryDirectory() as folder:
            write_table(ExportTable("inventory", GRID, self.batches(query)), Path(folder), "csv")
            return (Path(folder) / "inventory.csv").read_bytes()

    def _facet(self, column: str) -> tuple[tuple[str, int], ...]:
        value = f"unnest(if(len({column}) = 0, [?], {column}))" if _is_list(column) else f"coalesce({column}, ?)"
        counted = f"SELECT {value} AS value FROM ({self._grid})"
        ordered = f"SELECT value, count(*) FROM ({counted}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {FACET_VALUES}"
        return tuple(self._rows(ordered, [NONE]).iter_rows())

    def _rows(self, sql: str, values: list[Any]) -> pl.DataFrame:
        with self._duckdb.cursor() as cursor:
            return cursor.execute(sql, values).pl()


def _grid_sql(*, analysed: bool) -> str:
    """One row per asset: GRID and the identifiers that are searched but not shown."""
    columns = {**_COLUMNS, "name": _NAME.format(own=_COLUMNS["name"])}
    if not analysed:
        columns |= {"strategy": "NULL::VARCHAR", "wave": "NULL::BIGINT"}
    hidden = [name for name in _SEARCHED if name not in columns and "(" not in name]
    shown = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    analysis = "LEFT JOIN analysis a USING (asset_id)" if analysed else ""
    return f"SELECT {shown}, {', '.join(f'i.{name}' for name in hidden)} FROM inventory i {analysis}"


def _names() -> str:
    return ", ".join(GRID)


def _where(query: InventoryQuery) -> tuple[str, list[Any]]:
    """The condition and the values bound in it."""
    conditions, values = ["true"], list[Any]()
    for word in query.text.lower().split():
        conditions.append(f"contains(lower(concat_ws(' ', {', '.join(_SEARCHED)})), ?)")
        values.append(word)
    for facet, chosen in query.chosen.items():
        if chosen:
            column = _FACETS[facet]
            none = f"len({column}) = 0" if _is_list(column) else f"{column} IS NULL"
            has = f"list_has_any({column}, ?)" if _is_list(column) else f"list_contains(?, {column})"
            conditions.append(f"({has} OR ({none} AND ?))")
            values += [list(chosen), NONE in chosen]
    return " AND ".join(conditions), values


def _order(query: InventoryQuery) -> str:
    """Raises KeyError for what is no column: never the searcher's own text in SQL."""
    column = {name: name for name in ORDERS}[query.order]
    folded = f"lower({column})" if GRID[column] == pl.String() else column
    return f"{folded} {'DESC' if query.descending else 'ASC'} NULLS LAST, asset_id"


def _is_list(column: str) -> bool:
    return isinstance(GRID[column], pl.List)


def _typed(found: pl.DataFrame) -> pl.DataFrame:
    return found.cast(pl.Schema(GRID))
