"""What a tenant's corrections say about the columns of a run, or of files that are only looked at.

Keep out: weighing it (domain/mapping/recall), keeping it (store/patterns.py), making vectors (agents).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from discovery_pipeline.agents.embeddings import Embedder, MiniLM, NoEmbeddings
from discovery_pipeline.domain.errors import TransientError
from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.recall.by_header import Cosines, same_header, similar_header
from discovery_pipeline.domain.mapping.recall.by_layout import told_by_layout
from discovery_pipeline.domain.mapping.recall.by_place import decided
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.domain.mapping.recall.learned import Learned, Recall
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.domain.mapping.unsure import named_by_headers, unsure
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.services.delivery.source_names import default_source
from discovery_pipeline.services.learning.lessons import mapping_lessons
from discovery_pipeline.services.mapping.known_tables import seen_tables
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrected_tables import corrected_tables
from discovery_pipeline.store.corrections import newest_correction
from discovery_pipeline.store.patterns import find_similar, save_embeddings, without_embedding
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import EMBEDDING_DIMENSIONS

NEAREST = 8


def embedder_of(settings: Settings) -> Embedder | None:
    """The embedding model that the settings ask for, loaded when first used; None when it is switched off."""
    return _local() if settings.embeddings else None


@cache
def _local() -> Embedder:
    return MiniLM()


def recall_for(workspace: Workspace, tenant: str) -> Recall:
    """What `learned` says of files that were not ingested: each stands under the source it would have by default."""

    def recall(infos: Sequence[TableInfo], kinds: Sequence[TableKind], proposals: Proposals) -> Learned:
        placed = [replace(info, source=default_source(info.file.split("!/")[0])) for info in infos]
        return learned(workspace.database, tenant, placed, kinds, proposals, embedder_of(workspace.settings))

    return recall


def learned(
    database: Database,
    tenant: str,
    infos: Sequence[TableInfo],
    kinds: Sequence[TableKind],
    proposals: Proposals,
    embedder: Embedder | None,
) -> Learned:
    """What the tenant's patterns say about these tables' columns.

    An embedder that is down or switched off costs what only meaning would recall, and nothing else. It is not asked
    for a tenant without patterns, nor about columns that are settled without it. Raises UsageError (no such tenant).
    """
    newest = newest_correction(database, tenant, ["mapping"])
    lessons = mapping_lessons(database, tenant)
    if not lessons:
        return Learned(corrections=newest)
    recalled = recall_columns(
        seen_tables(infos, kinds, proposals.profiles), infos, lessons, corrected_tables(database, tenant)
    )
    rest = _open(recalled.left, proposals)
    model, cosines, how = _compared(database, tenant, rest, embedder)
    alike = similar_header(rest, lessons, model, cosines, named_by_headers(proposals))
    return recalled.learned(alike, newest, how)


@dataclass(frozen=True)
class Recalled:
    """What is known of columns without comparing meanings. left: those of which nothing is."""

    overrides: Sequence[ColumnMapping]
    evidence: Sequence[Evidence]
    told: Mapping[str, int]
    left: Sequence[SeenColumn]

    def learned(self, alike: Mapping[SeenColumn, Sequence[Evidence]], corrections: int, how: str) -> Learned:
        """Together with what similar headers say."""
        evidence = [*self.evidence, *(e for found in alike.values() for e in found)]
        told = {**self.told, "similar_header": len(alike)}
        return Learned(tuple(self.overrides), evidence_frame(evidence), corrections, told, how)


def recall_columns(
    tables: Mapping[int, KnownTable],
    infos: Sequence[TableInfo],
    lessons: Sequence[Lesson],
    known: Sequence[KnownTable],
) -> Recalled:
    """Each column by the first that knows it: its own place, a table of the same layout, the same header elsewhere.

    tables: of the run, by number. known: tables that were corrected.
    """
    columns = _columns(tables, infos)
    at = {lesson.place: lesson for lesson in lessons if not lesson.is_denial}
    own = decided(columns, at)
    others = [column for column in columns if column not in own]
    layout = told_by_layout(tables, others, known, at)
    rest = [column for column in others if column not in layout.overrides and column not in layout.evidence]
    header = same_header(rest, lessons)
    told = {
        "same_column": len(own), "same_layout": len(layout.overrides), "like_layout": len(layout.evidence),
        "same_header": len(header),
    }  # fmt: skip
    return Recalled(
        [*own.values(), *layout.overrides.values()],
        [e for found in (layout.evidence, header) for evidence in found.values() for e in evidence],
        told,
        [column for column in rest if column not in header and not column.place.is_blank],
    )


def _columns(tables: Mapping[int, KnownTable], infos: Sequence[TableInfo]) -> list[SeenColumn]:
    return [
        SeenColumn(info.table_no, position, info.headers[position], tables[info.table_no].record, place)
        for info in infos
        if info.table_no in tables
        for position, place in enumerate(table_places(info))
    ]


def _open(columns: Sequence[SeenColumn], proposals: Proposals) -> list[SeenColumn]:
    """Those of them that their own evidence leaves open."""
    still_open = unsure(proposals) if columns else set()
    return [column for column in columns if (column.table_no, column.position) in still_open]


def _compared(
    database: Database, tenant: str, columns: Sequence[SeenColumn], embedder: Embedder | None
) -> tuple[str | None, Cosines, str]:
    """(model or None, cosines of the nearest patterns per column, how it was done in words)."""
    if embedder is None:
        return None, {}, "by spelling: embeddings are switched off"
    if not columns:
        return embedder.model, {}, "no column was left to compare"
    try:
        return embedder.model, _cosines(database, tenant, columns, embedder), f"by meaning: {embedder.model}"
    except (NoEmbeddings, TransientError) as error:
        return None, {}, f"by spelling: {error}"


def _cosines(database: Database, tenant: str, columns: Sequence[SeenColumn], embedder: Embedder) -> Cosines:
    """Patterns that have no vector of this model yet get theirs on the way."""
    missing = without_embedding(database, tenant, embedder.model)
    vectors = _embedded(embedder, [*missing.values(), *(column.header for column in columns)])
    save_embeddings(database, tenant, embedder.model, {name: vectors[meaning(h)] for name, h in missing.items()})
    found: dict[SeenColumn, dict[str, float]] = {}
    for record, group in _by_record(columns).items():
        texts = list(dict.fromkeys(meaning(column.header) for column in group))
        near = find_similar(database, tenant, embedder.model, record, [vectors[text] for text in texts], NEAREST)
        by_text = dict(zip(texts, near, strict=True))
        found |= {c: {s.pattern_id: s.similarity for s in by_text[meaning(c.header)]} for c in group}
    return found


def _embedded(embedder: Embedder, headers: Iterable[str]) -> dict[str, list[float]]:
    texts = list(dict.fromkeys(map(meaning, headers)))
    if embedder.dimensions != EMBEDDING_DIMENSIONS:
        raise NoEmbeddings(f"{embedder.model} has {embedder.dimensions} dimensions, not {EMBEDDING_DIMENSIONS}")
    return dict(zip(texts, embedder.embed(texts), strict=True))


def _by_record(columns: Iterable[SeenColumn]) -> dict[RecordKind, list[SeenColumn]]:
    found: dict[RecordKind, list[SeenColumn]] = {}
    for column in columns:
        found.setdefault(column.record, []).append(column)
    return found
