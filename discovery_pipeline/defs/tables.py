"""Reading back what earlier assets of the tenant published, as the hand-off types that the next phase takes."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import markdown
from discovery_pipeline.domain.handoffs import (
    CanonicalTable,
    CleanTable,
    ColumnMapping,
    RawTable,
    TableInfo,
    TableKind,
    mappings_from_frame,
    names_of,
    without_rows,
)
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.run_frames import newest_frames

# What a person looks at first in a sample of records.
TOP_FIELDS = ("hostname", "ip_address", "os_name", "environment", "memory_mib", "classified_type")


def load_infos(frames: TenantFrames) -> list[TableInfo]:
    """Every table of the run, in order of table_no."""
    return newest_frames(frames).tables()


def load_tables(frames: TenantFrames) -> list[RawTable]:
    """The raw tables, lazily."""
    return [RawTable(info, frames.scan("raw_export", part_name(info.table_no))) for info in load_infos(frames)]


def load_kinds(frames: TenantFrames) -> list[TableKind]:
    """What each table is, in order of table_no, as it was mapped."""
    return list(newest_frames(frames).kinds().values())


def load_kinds_found(frames: TenantFrames) -> list[TableKind]:
    """What validation took each table for, in order of table_no."""
    return list(newest_frames(frames).kinds_found().values())


def load_dropped(frames: TenantFrames) -> pl.DataFrame:
    """The rows that validation set aside (SET_ASIDE)."""
    return frames.scan("export_findings", "set_aside").collect()


def load_rejected(frames: TenantFrames) -> pl.DataFrame:
    """table_no and row of the rows that a reader set aside."""
    rejected = frames.scan("raw_export", "quarantine").collect()
    return rejected.join(names_of(load_infos(frames)), on=["source", "file", "table"]).select("table_no", "row")


def with_names(frame: pl.DataFrame, infos: Sequence[TableInfo]) -> pl.DataFrame:
    """The frame with the columns source, file and table of its table_no."""
    return frame.join(names_of(infos), on="table_no", how="left", maintain_order="left")


def load_set_aside(frames: TenantFrames) -> pl.DataFrame:
    """table_no and row of everything that reading, validation and cleansing set aside."""
    cleansed = frames.scan("clean_records", "set_aside").collect()
    dropped = load_dropped(frames)
    return pl.concat([load_rejected(frames), *(f.select("table_no", "row") for f in (dropped, cleansed))])


def load_kept_tables(frames: TenantFrames) -> list[RawTable]:
    """The raw tables without the rows that validation set aside."""
    dropped = load_dropped(frames)
    return [without_rows(raw, dropped) for raw in load_tables(frames)]


def load_proposals(frames: TenantFrames) -> Proposals:
    """Profiles of every column and the evidence gathered from the files."""
    parts = (frames.scan("mapping_proposals", part).collect() for part in ("profiles", "evidence"))
    return Proposals(*parts)


def load_mappings(frames: TenantFrames) -> dict[int, list[ColumnMapping]]:
    """The mapping in use, by table_no."""
    found: dict[int, list[ColumnMapping]] = {info.table_no: [] for info in load_infos(frames)}
    for mapping in mappings_from_frame(frames.scan("column_mapping", "mapping").collect()):
        found[mapping.table_no].append(mapping)
    return found


def load_canonical(frames: TenantFrames) -> list[CanonicalTable]:
    """The canonical tables, lazily."""
    run = newest_frames(frames)
    kinds = run.kinds()
    return [
        CanonicalTable(
            i, kinds[i.table_no], run.scan("canonical_records", part_name(i.table_no)), run.bindings(i.table_no)
        )
        for i in run.tables()
    ]


def load_clean(frames: TenantFrames) -> list[CleanTable]:
    """The clean tables, lazily, each knowing which of its fields rest on a review mapping."""
    run = newest_frames(frames)
    kinds = run.kinds()
    return [
        CleanTable(
            info,
            kinds[info.table_no],
            run.scan("clean_records", part_name(info.table_no)),
            review=frozenset(b.field for b in run.bindings(info.table_no) if b.status == "review"),
        )
        for info in run.tables()
    ]


def row_keys(tables: Sequence[CleanTable]) -> pl.LazyFrame:
    """table_no and row of every record of these tables."""
    keys = [t.frame.select(pl.lit(t.info.table_no, pl.UInt32).alias("table_no"), "row") for t in tables]
    none = pl.LazyFrame(schema={"table_no": pl.UInt32(), "row": pl.Int64()})
    return pl.concat([none, *keys])


def rows_of(tables: Sequence[RawTable]) -> int:
    """Records in these tables, those that the reader rejected included."""
    return sum(t.info.rows for t in tables)


def tables_overview(tables: Sequence[TableInfo]) -> dg.MarkdownMetadataValue:
    """Source, table, rows and columns, as a table for the UI."""
    rows = [(t.source, t.file, t.table, t.format, t.rows, len(t.headers)) for t in tables]
    names = ["source", "file", "table", "format", "rows", "columns"]
    return markdown(pl.DataFrame(rows, schema=names, orient="row"))
