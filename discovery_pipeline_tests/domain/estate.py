"""A small invented estate and the builders to make others: inventories, relationship and connection tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import INVENTORY, RECORD_KEY, CleanTable, TableInfo, TableKind
from discovery_pipeline.domain.schema import RecordKind, clean_schema

Row = dict[str, Any]


def inventory(*rows: Row) -> pl.DataFrame:
    """INVENTORY rows; absent columns are null, the bookkeeping ones get plain values."""
    plain = {"type_confidence": 0.9, "sources": ["test"], "record_count": 1, "first_run": True, "vanished": False}
    return pl.DataFrame([{**plain, **row} for row in rows], schema=INVENTORY)


def server(asset_id: str, ip: str | None = None, **fields: Any) -> Row:
    """A virtual machine whose host name is its id."""
    base = {"classified_type": "virtual_machine", "hostname": asset_id, "ip_address": [ip] if ip else None}
    return {"asset_id": asset_id, **base, **fields}


def application(asset_id: str, name: str, **fields: Any) -> Row:
    """An application by this name."""
    return {"asset_id": asset_id, "classified_type": "application", "application_name": [name], **fields}


def _table(record: RecordKind, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], table_no: int) -> CleanTable:
    schema = clean_schema(record)
    cells = pl.DataFrame(rows, schema={name: schema[name] for name in columns}, orient="row", strict=False)
    keyed = cells.with_row_index("row").with_columns(
        pl.lit(table_no).alias("table_no"), (pl.col("row") + 2).alias("line")
    )
    frame = keyed.select(*(pl.col(n).cast(t) for n, t in RECORD_KEY.items()), *columns)
    info = TableInfo(table_no, "test", f"{record}.csv", record, tuple(columns), len(rows))
    return CleanTable(info, TableKind(table_no, record, "asset", None, 1.0), frame.lazy())


def connections(columns: str, *rows: tuple[Any, ...], table_no: int = 0) -> CleanTable:
    """A connection table; columns: field names, blank-separated."""
    return _table("connection", columns.split(), rows, table_no)


def relationships(*rows: tuple[str | None, str | None, str | None], table_no: int = 1) -> CleanTable:
    """A relationship table of (parent, type, child)."""
    return _table("relationship", ("parent", "relationship_type", "child"), rows, table_no)
