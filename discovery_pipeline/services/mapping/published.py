"""The mapping that a tenant's newest run chose, with the tables it is about. Keep out: choosing one, correcting one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind, mappings_from_frame, table_kind
from discovery_pipeline.domain.mapping.places import Place, places_of
from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.delivery.source_names import series_of, table_series_of
from discovery_pipeline.services.run_frames import RunFrames, frames_of


@dataclass(frozen=True)
class PublishedMapping:
    """One version of column_mapping and what it was made from.

    tables, kinds and mappings (by position) are by table number. corrections: the highest number that it used.
    """

    run: RunFrames
    tables: Mapping[int, TableInfo]
    kinds: Mapping[int, TableKind]
    mappings: Mapping[int, Sequence[ColumnMapping]]
    corrections: int


def published_mapping(frames: TenantFrames) -> PublishedMapping | None:
    """The newest mapping; None before a run has mapped anything, or when newer files have displaced what it was of."""
    run = frames_of(frames, "column_mapping")
    if not run.has("column_mapping"):
        return None
    try:
        tables = {info.table_no: info for info in run.tables()}
    except MissingFrame:
        return None
    mappings: dict[int, list[ColumnMapping]] = {number: [] for number in tables}
    for mapping in mappings_from_frame(run.scan("column_mapping", "mapping").collect()):
        mappings[mapping.table_no].append(mapping)
    document = run.meta("column_mapping")
    kinds = {kind.table_no: kind for kind in map(table_kind, document["kinds"])}
    return PublishedMapping(run, tables, kinds, mappings, document.get("corrections", 0))


def table_places(info: TableInfo) -> tuple[Place, ...]:
    """Where each column of a table stands, by position."""
    return places_of(info.source, series_of(info.file), table_series_of(info.file, info.table), info.headers)
