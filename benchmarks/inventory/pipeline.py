"""From files to an inventory in one process: the functions that the assets call, without Dagster, database and export.

Keep out: scores. What a tenant taught, earlier runs and the registry of identities are empty here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.handoffs import (
    LINEAGE,
    REGISTRY,
    CanonicalTable,
    CleanTable,
    ColumnMapping,
    RawTable,
    TableInfo,
    TableKind,
    empty,
    named,
    names_of,
    without_rows,
)
from discovery_pipeline.domain.inventory.changes import NOTHING_BEFORE
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.domain.mapping.apply import apply_mapping
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.files.readers import read_file
from discovery_pipeline.services.delivery.source_names import default_source

TENANT = "bench"
# No rows of assets: the inventory does not read them.
CONNECTIONS = ("connections.csv",)
_PLACED = ["file", "table", "row", "reason", "detail", "disposition"]


@dataclass(frozen=True)
class Gold:
    """What each table and column of an estate is: TRUTH's tables and mappings."""

    tables: pl.DataFrame
    mappings: pl.DataFrame

    @classmethod
    def of(cls, truth: Path) -> Gold:
        return cls(pl.read_parquet(truth / "tables.parquet"), pl.read_parquet(truth / "mappings.parquet"))


@dataclass(frozen=True)
class Run:
    """outcome: of the inventory phase. lineage, quarantine: with file and table. mappings: in use. cpu_s: by phase."""

    infos: Sequence[TableInfo]
    outcome: InventoryOutcome
    lineage: pl.DataFrame
    quarantine: pl.DataFrame
    mappings: Sequence[ColumnMapping]
    tables: Sequence[CleanTable]
    cpu_s: Mapping[str, float]


@dataclass
class Clock:
    """CPU seconds of this process by phase, in order."""

    spent: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=time.process_time)

    def note(self, phase: str) -> None:
        now = time.process_time()
        self.spent[phase], self.since = now - self.since, now


@dataclass(frozen=True)
class Mapped:
    """Raw tables under canonical names. aside: SET_ASIDE of validation. rejected: what readers set aside, by file."""

    canonical: Sequence[CanonicalTable]
    mappings: Sequence[ColumnMapping]
    aside: pl.DataFrame
    rejected: Sequence[pl.DataFrame]


def mapped(exports: Path, gold: Gold | None, clock: Clock, without: Sequence[str] = CONNECTIONS) -> Mapped:
    """Every file of a folder, read and mapped. gold: the mapping to use instead of the proposed one."""
    raw, rejected = read_tables(exports, without)
    clock.note("read")
    intake = inspect(raw)
    kinds = intake.kinds if gold is None else _gold_kinds(raw, intake.kinds, gold)
    kept = [without_rows(table, intake.set_aside) for table in raw]
    clock.note("validate")
    overrides = [] if gold is None else _gold_mappings(raw, gold)
    mappings = resolve(propose(kept, kinds, profiles=intake.profiles), kinds, overrides)
    canonical = [apply_mapping(table, kind, mappings) for table, kind in zip(kept, kinds, strict=True)]
    clock.note("map")
    return Mapped(canonical, mappings, intake.set_aside, rejected)


def run(exports: Path, gold: Gold | None = None, without: Sequence[str] = CONNECTIONS) -> Run:
    """Every file of a folder to one inventory."""
    clock = Clock()
    known = mapped(exports, gold, clock, without)
    cleaned = [clean(table) for table in known.canonical]
    tables = [replace(c.table, frame=c.table.frame.collect().lazy()) for c in cleaned]
    clock.note("clean")
    outcome = reconcile(tables, empty(REGISTRY), NOTHING_BEFORE, TENANT)
    clock.note("inventory")
    infos = [table.info for table in tables]
    aside = pl.concat([known.aside, *(c.set_aside for c in cleaned), outcome.set_aside])
    quarantine = pl.concat([named(aside, infos).select(_PLACED), *known.rejected])
    return Run(infos, outcome, _lineage(outcome, tables, infos), quarantine, known.mappings, tables, clock.spent)


def _lineage(outcome: InventoryOutcome, tables: Sequence[CleanTable], infos: Sequence[TableInfo]) -> pl.DataFrame:
    """file, table, row, record, asset_id of the rows of assets and of relations."""
    others = [_rows(table) for table in tables if table.kind.record != "asset"]
    columns = ["table_no", "row", "record", "asset_id"]
    rows = pl.concat([empty(LINEAGE).select(columns), outcome.lineage.select(columns), *others])
    return rows.join(names_of(infos), on="table_no", maintain_order="left").select(
        "file", "table", "row", "record", "asset_id"
    )


def _rows(table: CleanTable) -> pl.DataFrame:
    return table.frame.select(
        table_no=pl.lit(table.info.table_no, pl.UInt32),
        row="row",
        record=pl.lit(table.kind.record),
        asset_id=pl.lit(None, pl.String),
    ).collect()


def read_tables(exports: Path, without: Sequence[str] = CONNECTIONS) -> tuple[list[RawTable], list[pl.DataFrame]]:
    """The tables of all files, and the rows that readers set aside."""
    tables: list[RawTable] = []
    rejected: list[pl.DataFrame] = []
    for path in _files(exports, without):
        name = path.relative_to(exports).as_posix()
        for read in read_file(path, name):
            if read.is_table:
                info = TableInfo(
                    len(tables),
                    default_source(name),
                    read.file,
                    read.table,
                    tuple(read.headers),
                    read.rows,
                    read.format,
                )
                tables.append(RawTable(info, read.frame.lazy().collect().lazy()))
                rejected.append(
                    read.rejected.select(
                        pl.lit(read.file).alias("file"), pl.lit(read.table).alias("table"), "row", "reason", "detail",
                        pl.lit("quarantined").alias("disposition"),
                    )
                )  # fmt: skip
    return tables, rejected


def _files(exports: Path, without: Sequence[str]) -> Iterator[Path]:
    return (path for path in sorted(exports.rglob("*")) if path.is_file() and path.name not in without)


def _gold_kinds(raw: Sequence[RawTable], found: Sequence[TableKind], gold: Gold) -> tuple[TableKind, ...]:
    known = {(row["file"], row["table"]): row for row in gold.tables.iter_rows(named=True)}
    kinds = []
    for table, kind in zip(raw, found, strict=True):
        true = known.get((table.info.file, table.info.table))
        kinds.append(replace(kind, record=true["record"], grain=true["grain"]) if true else kind)
    return tuple(kinds)


def _gold_mappings(raw: Sequence[RawTable], gold: Gold) -> list[ColumnMapping]:
    numbers = {(table.info.file, table.info.table): table.info.table_no for table in raw}
    return [
        ColumnMapping(
            numbers[row["file"], row["table"]], row["position"], row["header"], row["field"].split("|")[0] or None,
            1.0, "accepted" if row["field"] else "unmapped", unit=row["unit"] or None, method="gold",
        )
        for row in gold.mappings.iter_rows(named=True)
        if (row["file"], row["table"]) in numbers
    ]  # fmt: skip
