"""The newest mapping as an analyst reviews it: column by column, those first of which a look is worth most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableInfo
from discovery_pipeline.domain.learning.corrections import Correction, standing
from discovery_pipeline.domain.mapping.evidence import PROFILES, profile_of
from discovery_pipeline.domain.mapping.places import Place, place_of
from discovery_pipeline.domain.schema import RecordKind, fields
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile
from discovery_pipeline.services.mapping.corrections import Corrected, corrected
from discovery_pipeline.services.mapping.published import PublishedMapping, published_mapping, table_places
from discovery_pipeline.services.mapping.stakes import Choice, Stake, stake_of
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

    samples: at most five distinct raw values, the most frequent. rows, filled, distinct: of the whole column; profile:
    the rest that is known of its values. between: the headers before and after it, "" at the ends. stake: what a look
    at it is worth. waiting: the newest that was said about it, or taken back, and no run has used yet. decided: the
    decision that stands. history: everything that was said about it or taken back, oldest first.
    """

    table_no: int
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
    profile: ColumnProfile
    between: tuple[str, str]
    stake: Stake
    waiting: Corrected | None = None
    decided: Corrected | None = None
    history: tuple[Corrected, ...] = ()


def review_columns(workspace: Workspace, tenant: str) -> tuple[ReviewColumn, ...]:
    """Every column of the newest mapping, those first of which a look is worth most (stakes.py).

    Empty before a run has mapped anything. Reads what the run profiled, no table. Raises UsageError (no such tenant).
    """
    published = published_mapping(workspace.frames.open(tenant))
    log = [c for c in corrections(workspace.database, tenant) if c.what.kind == "mapping"]
    if published is None:
        return ()
    waiting = _waiting(log, published.corrections)
    decided = {place_of(c.what.target): corrected(c) for c in standing(log).values()}
    said = _history(log)
    profiles = _profiles(published)
    columns = [
        replace(
            _column(
                mapping, info, published.kinds[number].record, profiles[number, mapping.position], place in decided
            ),
            waiting=waiting.get(place),
            decided=decided.get(place),
            history=said.get(place, ()),
        )
        for number, info in published.tables.items()
        for mapping, place in _placed(published.mappings[number], info)
    ]
    return tuple(sorted(columns, key=_order))


def fields_of(record: RecordKind) -> tuple[FieldChoice, ...]:
    """Every canonical field of a record kind, in the schema's order."""
    return tuple(FieldChoice(f.name, f.description, f.unit) for f in fields(record).values())


def _waiting(log: Sequence[Correction], used: int) -> dict[Place, Corrected]:
    """The newest after `used` of every column of which another decision stands now than then."""
    then, now = standing(c for c in log if c.number <= used), standing(log)
    newest = {c.what.target_key: c for c in log if c.number > used}
    return {place_of(c.what.target): corrected(c) for key, c in newest.items() if now.get(key) != then.get(key)}


def _history(log: Sequence[Correction]) -> dict[Place, tuple[Corrected, ...]]:
    found: dict[Place, list[Corrected]] = {}
    for correction in log:
        found.setdefault(place_of(correction.what.target), []).append(corrected(correction))
    return {place: tuple(said) for place, said in found.items()}


def _profiles(published: PublishedMapping) -> dict[tuple[int, int], ColumnProfile]:
    profiles = published.run.scan("mapping_proposals", "profiles").select(list(PROFILES)).collect()
    return {(row["table_no"], row["position"]): profile_of(row) for row in profiles.iter_rows(named=True)}


def _placed(mappings: Sequence[ColumnMapping], info: TableInfo) -> list[tuple[ColumnMapping, Place]]:
    places = table_places(info)
    return [(mapping, places[mapping.position]) for mapping in mappings]


def _column(
    mapping: ColumnMapping, info: TableInfo, record: RecordKind, profile: ColumnProfile, is_decided: bool
) -> ReviewColumn:
    chosen = ((mapping.field, mapping.confidence),) if mapping.field else ()
    considered = (*chosen, *mapping.alternatives)
    at = mapping.position
    return ReviewColumn(
        info.table_no, info.source, info.file, info.table, at, mapping.header, record, mapping.field,
        mapping.confidence, mapping.status, mapping.method, mapping.why,
        tuple(_candidate(record, field, confidence) for field, confidence in considered),
        profile.samples, profile.rows, profile.filled, profile.distinct, profile,
        (info.headers[at - 1] if at else "", info.headers[at + 1] if at + 1 < len(info.headers) else ""),
        stake_of(Choice(record, mapping.field, considered, profile.filled, is_decided)),
    )  # fmt: skip


def _candidate(record: RecordKind, name: str, confidence: float) -> Candidate:
    field = fields(record)[name]
    return Candidate(name, confidence, field.description, field.unit)


def _order(column: ReviewColumn) -> tuple[float, int, float, str, str, str, int]:
    """The most valuable first; of those worth nothing the ones for review, and then the least sure."""
    in_review = 0 if column.status == "review" and not column.decided else 1
    return (
        -column.stake.value, in_review, column.confidence, column.source, column.file, column.table, column.position
    )  # fmt: skip
