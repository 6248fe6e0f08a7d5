"""The tables of an export: their frames, columns and keys. Keep out: file formats; provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    CHANGES,
    CUT_EDGES,
    DEPENDENCIES,
    FINDINGS,
    GROUP_MEMBERS,
    INVENTORY,
    MEMBERSHIPS,
    MOVE_GROUPS,
    NARRATIVES,
    QUARANTINE,
    QUESTIONS,
    SIZING,
    STRUCTURE,
    WAVES,
    FrameSchema,
    TableInfo,
    empty,
)
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.export.ordering import in_key_order
from discovery_pipeline.services.run_frames import BEFORE, RunFrames

LINEAGE_EXPORT: FrameSchema = {
    "file": pl.String(), "table": pl.String(), "row": pl.Int64(), "line": pl.Int64(), "record": pl.String(),
    "asset_id": pl.String(), "duplicate": pl.Boolean(), "source": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class TableSpec:
    """needs: the asset, and part: the part of it (None = any), without which the table can't be written. read: its
    batches in the order of its keys.
    """

    name: str
    needs: str
    part: str | None
    schema: FrameSchema
    read: Callable[[RunFrames], Iterator[pl.DataFrame]]


def _part(asset: str, part: str, schema: FrameSchema, keys: Sequence[str], name: str | None = None) -> TableSpec:
    """A table that is one part of one asset, called like the part unless it has another name."""

    def read(run: RunFrames) -> Iterator[pl.DataFrame]:
        yield from in_key_order(_as_now(run.scan(asset, part), schema), keys)

    return TableSpec(name or part, asset, part, schema, read)


def _as_now(frame: pl.LazyFrame, schema: FrameSchema) -> pl.LazyFrame:
    """A published part in the columns of today: an earlier version of the product knew nothing of the null ones."""
    known = frame.collect_schema().names()
    return frame.select(name if name in known else pl.lit(None, dtype).alias(name) for name, dtype in schema.items())


def _union(run: RunFrames, parts: Sequence[tuple[str, str]], schema: FrameSchema) -> pl.LazyFrame:
    present = [run.scan(asset, part).select(list(schema)) for asset, part in parts if run.has(asset, part)]
    return pl.concat([empty(schema).lazy(), *present])


def _source_last(schema: FrameSchema) -> FrameSchema:
    return {**{name: dtype for name, dtype in schema.items() if name != "source"}, "source": schema["source"]}


def quarantine(run: RunFrames) -> pl.LazyFrame:
    """Every row set aside, by whichever phase."""
    parts = [("quarantined_records", "rows"), ("inventory", "quarantine"), ("dependencies", "quarantine")]
    return _union(run, parts, _source_last(QUARANTINE))


def findings(run: RunFrames) -> pl.LazyFrame:
    """What all phases found."""
    assets = (*BEFORE, "inventory", "dependencies", "analysis")
    return _union(run, [(asset, "findings") for asset in assets], _source_last(FINDINGS))


def lineage(run: RunFrames) -> Iterator[pl.DataFrame]:
    """The rows that became part of something, table by table in the order of file and table name."""
    kinds = run.kinds()
    for info in sorted(run.tables(), key=lambda t: (t.file, t.table, t.source, t.table_no)):
        kind = kinds.get(info.table_no)
        if kind is not None and run.has("clean_records", part_name(info.table_no)):
            rows = _asset_rows(run, info) if kind.record == "asset" else _edge_rows(run, info)
            place = {"file": info.file, "table": info.table, "source": info.source, "record": kind.record}
            named = rows.with_columns(pl.lit(value, pl.String).alias(name) for name, value in place.items())
            yield named.select(list(LINEAGE_EXPORT)).sort("row").collect()


def _asset_rows(run: RunFrames, info: TableInfo) -> pl.LazyFrame:
    rows = run.scan("inventory", "lineage").filter(pl.col("table_no") == info.table_no)
    return rows.select("row", "line", "asset_id", "duplicate")


def _edge_rows(run: RunFrames, info: TableInfo) -> pl.LazyFrame:
    """Rows of relationships or connections that were not set aside later; a repeat is one of all its raw cells."""
    rows = run.scan("clean_records", part_name(info.table_no)).select("row", "line")
    if run.has("dependencies", "quarantine"):
        gone = run.scan("dependencies", "quarantine").filter(
            pl.col("source") == info.source, pl.col("file") == info.file, pl.col("table") == info.table
        )
        rows = rows.join(gone.select("row"), on="row", how="anti")
    return rows.join(_repeats(run, info), on="row", how="left").with_columns(pl.lit(None, pl.String).alias("asset_id"))


def _repeats(run: RunFrames, info: TableInfo) -> pl.LazyFrame:
    """row, duplicate: whether an earlier row of the table has the same cells.

    Rows are compared by a 64-bit hash: comparing ten million rows cell by cell takes gigabytes, and two different rows
    of ten million share a hash once in 370,000 tables.
    """
    raw = run.scan("raw_export", part_name(info.table_no)).sort("row")
    cells = [name for name in raw.collect_schema().names() if name not in ("row", "line")]
    return raw.select("row", duplicate=~pl.struct(cells).hash().is_first_distinct())


def _quarantine_batches(run: RunFrames) -> Iterator[pl.DataFrame]:
    yield from in_key_order(quarantine(run), ["file", "table", "source", "row", "line", "reason", "detail"])


def _finding_batches(run: RunFrames) -> Iterator[pl.DataFrame]:
    keys = ["file", "table", "source", "row", "position", "asset_id", "phase", "code", "detail"]
    yield from in_key_order(findings(run), keys)


TABLES: tuple[TableSpec, ...] = (
    _part("inventory", "inventory", INVENTORY, ["asset_id"]),
    TableSpec("lineage", "inventory", "lineage", LINEAGE_EXPORT, lineage),
    TableSpec("quarantine", "quarantined_records", None, _source_last(QUARANTINE), _quarantine_batches),
    TableSpec("findings", "raw_export", None, _source_last(FINDINGS), _finding_batches),
    _part("inventory_changes", "inventory_changes", CHANGES, ["asset_id", "change", "field"]),
    _part("dependencies", "dependencies", DEPENDENCIES, ["from_asset", "to_asset", "to_address", "kind"]),
    _part("dependencies", "memberships", MEMBERSHIPS, ["asset_id", "application_id"]),
    _part("analysis", "applications", APPLICATIONS, ["application_id"]),
    _part("analysis", "move_groups", MOVE_GROUPS, ["group_id"]),
    _part("analysis", "group_members", GROUP_MEMBERS, ["group_id", "asset_id"]),
    _part("analysis", "waves", WAVES, ["wave"]),
    _part("analysis", "cut_edges", CUT_EDGES, ["from_asset", "to_asset", "kind"]),
    _part("analysis", "structure", STRUCTURE, ["asset_id"]),
    _part("analysis", "sizing", SIZING, ["asset_id", "provider"]),
    _part("analysis", "analysis", ANALYSIS, ["asset_id"]),
    _part("analysis", "questions", QUESTIONS, ["question_id"]),
    _part("analysis", "narratives", NARRATIVES, ["kind", "subject"]),
)
