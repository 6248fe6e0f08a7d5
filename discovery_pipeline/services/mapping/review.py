"""The newest mapping as an analyst reviews it: column by column, the most doubtful first. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableInfo
from discovery_pipeline.domain.learning.corrections import Correction, standing
from discovery_pipeline.domain.mapping.places import Place, place_of
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.services.mapping.corrections import Corrected, corrected
from discovery_pipeline.services.mapping.published import PublishedMapping, published_mapping, table_places
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections


@dataclass(frozen=True)
class FieldChoice:
    """A canonical field that can be chosen. unit: the one stored, or None."""

    field: str
    description: str
    unit: str | None


@dataclass(frozen=True)
class Candidate:
    """A field that was considered for a column, with its confidence in [0, 1]."""

    field: str
    confidence: float
    description: str
    unit: str | None


@dataclass(frozen=True)
class ReviewColumn:
    """One source column. field: chosen, or None. candidates: the chosen one first, then the best losers.

    samples: at most five distinct raw values, the most frequent. rows, filled, distinct: of the whole column. waiting:
    the newest that was said about it, or taken back, and no run has used yet. decided: the decision that stands.
    """

    source: str
    file: str
    table: str
    position: int
    header: str
    record: RecordKind
    field: str | None
    confidence: float
    status: MappingStatus
    method: str
    why: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    samples: tuple[str, ...]
    rows: int
    filled: int
    distinct: int
    waiting: Corrected | None
    decided: Corrected | None = None


def review_columns(workspace: Workspace, tenant: str) -> tuple[ReviewColumn, ...]:
    """Every column of the newest mapping: review first, then unmapped ones with a candidate, then by confidence.

    Empty before a run has mapped anything. Reads what the run profiled, no table. Raises UsageError (no such tenant).
    """
    published = published_mapping(workspace.frames.open(tenant))
    log = [c for c in corrections(workspace.database, tenant) if c.what.kind == "mapping"]
    if published is None:
        return ()
    waiting = _waiting(log, published.corrections)
    decided = {place_of(c.what.target): corrected(c) for c in standing(log).values()}
    profiles = _profiles(published)
    columns = [
        replace(
            _column(mapping, info, published.kinds[number].record, profiles[number, mapping.position]),
            waiting=waiting.get(place),
            decided=decided.get(place),
        )
        for number, info in published.tables.items()
        for mapping, place in _placed(published.mappings[number], info)
    ]
    return tuple(sorted(columns, key=_doubt))


def fields_of(record: RecordKind) -> tuple[FieldChoice, ...]:
    """Every canonical field of a record kind, in the schema's order."""
    return tuple(FieldChoice(f.name, f.description, f.unit) for f in fields(record).values())


def _waiting(log: Sequence[Correction], used: int) -> dict[Place, Corrected]:
    """The newest after `used` of every column of which another decision stands now than then."""
    then, now = standing(c for c in log if c.number <= used), standing(log)
    newest = {c.what.target_key: c for c in log if c.number > used}
    return {place_of(c.what.target): corrected(c) for key, c in newest.items() if now.get(key) != then.get(key)}


def _profiles(published: PublishedMapping) -> dict[tuple[int, int], Mapping[str, Any]]:
    wanted = ("table_no", "position", "rows", "filled", "distinct", "samples")
    profiles = published.run.scan("mapping_proposals", "profiles").select(wanted).collect()
    return {(row["table_no"], row["position"]): row for row in profiles.iter_rows(named=True)}


def _placed(mappings: Sequence[ColumnMapping], info: TableInfo) -> list[tuple[ColumnMapping, Place]]:
    places = table_places(info)
    return [(mapping, places[mapping.position]) for mapping in mappings]


def _column(mapping: ColumnMapping, info: TableInfo, record: RecordKind, profile: Mapping[str, Any]) -> ReviewColumn:
    chosen = ((mapping.field, mapping.confidence),) if mapping.field else ()
    considered = (*chosen, *mapping.alternatives)
    return ReviewColumn(
        info.source, info.file, info.table, mapping.position, mapping.header, record, mapping.field,
        mapping.confidence, mapping.status, mapping.method, mapping.why,
        tuple(_candidate(record, field, confidence) for field, confidence in considered),
        tuple(profile["samples"] or ()), profile["rows"], profile["filled"], profile["distinct"], None,
    )  # fmt: skip


def _candidate(record: RecordKind, name: str, confidence: float) -> Candidate:
    field = fields(record)[name]
    return Candidate(name, confidence, field.description, field.unit)


def _doubt(column: ReviewColumn) -> tuple[int, float, str, str, str, int]:
    """What sorts the most doubtful first: of unmapped columns those whose best loser is the likeliest."""
    place = (column.source, column.file, column.table, column.position)
    if column.status == "review":
        return 0, column.confidence, *place
    if column.status == "unmapped" and column.candidates:
        return 1, -column.candidates[0].confidence, *place
    return 2, column.confidence, *place
