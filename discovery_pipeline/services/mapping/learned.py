"""What a tenant's corrections say about the columns of a run, or of files that are only looked at.

Keep out: weighing it (domain/mapping/recall), keeping it (store/patterns.py), making vectors (agents).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from discovery_pipeline.agents.embeddings import Embedder, NoEmbeddings
from discovery_pipeline.domain.errors import TransientError
from discovery_pipeline.domain.handoffs import TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.recall.by_header import Cosines, same_header, similar_header
from discovery_pipeline.domain.mapping.recall.by_layout import told_by_layout
from discovery_pipeline.domain.mapping.recall.by_place import decided
from discovery_pipeline.domain.mapping.recall.curves import CURVES, Curve
from discovery_pipeline.domain.mapping.recall.kinds import kinds_told, of_their_kind, reconsidered
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.domain.mapping.recall.learned import Learned, Recall, own_before_others, without_others
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.domain.mapping.recall.shared import apart
from discovery_pipeline.domain.mapping.unsure import in_plain_words, named_by_headers, unsure
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.services.learning.lessons import mapping_lessons
from discovery_pipeline.services.mapping.embedders import embedder_of
from discovery_pipeline.services.mapping.known_tables import seen_tables
from discovery_pipeline.services.mapping.meanings import curves_of
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrected_tables import corrected_tables
from discovery_pipeline.store.corrections import newest_correction
from discovery_pipeline.store.patterns import find_similar, save_embeddings, without_embedding
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import EMBEDDING_DIMENSIONS

NEAREST = 8


def recall_for(workspace: Workspace, tenant: str) -> Recall:
    """What `learned` says of files that were not ingested."""

    def recall(infos: Sequence[TableInfo], kinds: Sequence[TableKind], proposals: Proposals) -> Learned:
        # Nothing leaves the machine for files that are only looked at.
        embedder, curves = embedder_of(workspace.settings), curves_of(workspace.settings)
        return learned(workspace.database, tenant, infos, kinds, proposals, embedder, curves)

    return recall


def learned(
    database: Database,
    tenant: str,
    infos: Sequence[TableInfo],
    kinds: Sequence[TableKind],
    proposals: Proposals,
    embedder: Embedder | None,
    curves: Callable[[], Mapping[str, Curve]] = lambda: CURVES,
) -> Learned:
    """What the tenant's patterns say about these tables' columns.

    curves: what likeness proves, by embedding model; asked only where something is compared.

    An embedder that is down or switched off costs what only meaning would recall, and nothing else. It is not asked
    for a tenant without patterns, nor about columns that are settled without it. Raises UsageError (no such tenant).
    """
    newest = newest_correction(database, tenant, ["mapping"])
    lessons = mapping_lessons(database, tenant)
    if not lessons:
        return Learned(kinds, proposals, corrections=newest)
    memory = Memory(lessons, corrected_tables(database, tenant))
    compare = partial(_compared, database, tenant, embedder=embedder)
    return replace(recalled(memory, infos, kinds, proposals, compare, curves), corrections=newest)


@dataclass(frozen=True)
class Memory:
    """What a tenant has learned about columns, and the tables that it was learned in."""

    lessons: Sequence[Lesson]
    tables: Sequence[KnownTable]


Compare = Callable[[Sequence[SeenColumn]], tuple[str | None, Cosines, str]]
"""Columns -> (embedding model or None, cosines of the nearest patterns per column, how it was done in words)."""


def by_spelling(_: Sequence[SeenColumn]) -> tuple[str | None, Cosines, str]:
    """Compares no meanings."""
    return None, {}, "by spelling"


def recalled(
    memory: Memory,
    infos: Sequence[TableInfo],
    kinds: Sequence[TableKind],
    proposals: Proposals,
    compare: Compare = by_spelling,
    curves: Callable[[], Mapping[str, Curve]] = lambda: CURVES,
) -> Learned:
    """What the memory says of a run's tables: what they are, and which column is which field.

    Each column is told by the first that knows it: its own place, a table of the same layout, the same header
    elsewhere, a similar one; by what other tenants share only where the tenant's own lessons say nothing.
    """
    lessons, shared = apart(memory.lessons)
    known = of_their_kind(memory.tables, lessons)
    told_kinds = kinds_told(seen_tables(infos, kinds, proposals.profiles), kinds, known)
    told = reconsidered(proposals, infos, kinds, told_kinds)
    tables = seen_tables(infos, told_kinds, proposals.profiles)
    at = {lesson.place: lesson for lesson in lessons if not lesson.is_denial}
    columns = _columns(tables, infos)
    own = decided(columns, at)
    layout = told_by_layout(tables, [c for c in columns if c not in own], known, at)
    rest = [c for c in columns if c not in own and c not in layout.overrides and c not in layout.evidence]
    seen_and_left = {column for column, said in layout.left_alone.items() if said}
    header = same_header([c for c in rest if c not in seen_and_left], lessons, in_plain_words(told))
    spoken = header.keys() | seen_and_left
    left = _open([c for c in rest if c not in spoken and not c.place.is_blank], told) if lessons else []
    model, cosines, how = compare(left)
    alike = similar_header(left, lessons, model, cosines, named_by_headers(told), curves() if cosines else CURVES)
    others = same_header([c for c in rest if c not in spoken and c not in alike], shared)
    taught, likeness, hearsay = _frame(layout.evidence, layout.left_alone, header), _frame(alike), _frame(others)
    packaged = without_others(own_before_others(told.evidence, taught), hearsay)
    return Learned(
        told_kinds,
        replace(told, evidence=pl.concat([packaged, taught, likeness, hearsay])),
        (*own.values(), *layout.overrides.values()),
        told={
            "same_column": len(own), "same_layout": len(layout.overrides), "like_layout": len(layout.evidence),
            "same_header": len(header), "similar_header": len(alike),
            **({"shared_header": len(others)} if shared else {}),
        },
        recall=f"{how}; {len(shared)} lessons of tenants that share what they learn" if shared else how,
    )  # fmt: skip


def _frame(*told: Mapping[SeenColumn, Sequence[Evidence]]) -> pl.DataFrame:
    return evidence_frame([e for by in told for found in by.values() for e in found])


def _columns(tables: Mapping[int, KnownTable], infos: Sequence[TableInfo]) -> list[SeenColumn]:
    return [
        SeenColumn(info.table_no, position, info.headers[position], table.record, place, table.product)
        for info in infos
        if (table := tables.get(info.table_no))
        for position, place in enumerate(table_places(info))
    ]


def _open(columns: Sequence[SeenColumn], proposals: Proposals) -> list[SeenColumn]:
    """Those of them that their own evidence leaves open."""
    still_open = unsure(proposals) if columns else set()
    return [column for column in columns if (column.table_no, column.position) in still_open]


def _compared(
    database: Database, tenant: str, columns: Sequence[SeenColumn], *, embedder: Embedder | None
) -> tuple[str | None, Cosines, str]:
    """(model or None, cosines of the nearest patterns per column, how it was done in words)."""
    if embedder is None:
        return None, {}, "by spelling: no embedding model is asked"
    if not columns:
        return embedder.model, {}, "no column was left to compare"
    try:
        return embedder.model, _cosines(database, tenant, columns, embedder), f"by meaning: {embedder.model}"
    except (NoEmbeddings, TransientError) as error:
        return None, {}, f"by spelling: {error}"


def _cosines(database: Database, tenant: str, columns: Sequence[SeenColumn], embedder: Embedder) -> Cosines:
    """Patterns that have no vector of this model yet get theirs on the way."""
    missing = without_embedding(database, tenant, embedder.model)
    vectors = embedded(embedder, [*missing.values(), *(column.header for column in columns)])
    save_embeddings(database, tenant, embedder.model, {name: vectors[meaning(h)] for name, h in missing.items()})
    found: dict[SeenColumn, dict[str, float]] = {}
    for record, group in by_record(columns).items():
        texts = list(dict.fromkeys(meaning(column.header) for column in group))
        near = find_similar(database, tenant, embedder.model, record, [vectors[text] for text in texts], NEAREST)
        by_text = dict(zip(texts, near, strict=True))
        found |= {c: {s.pattern_id: s.similarity for s in by_text[meaning(c.header)]} for c in group}
    return found


def embedded(embedder: Embedder, headers: Iterable[str]) -> dict[str, list[float]]:
    """The vector of each header's meaning, by meaning. Raises NoEmbeddings, TransientError."""
    texts = list(dict.fromkeys(map(meaning, headers)))
    if embedder.dimensions != EMBEDDING_DIMENSIONS:
        raise NoEmbeddings(f"{embedder.model} has {embedder.dimensions} dimensions, not {EMBEDDING_DIMENSIONS}")
    return dict(zip(texts, embedder.embed(texts), strict=True))


def by_record(columns: Iterable[SeenColumn]) -> dict[RecordKind, list[SeenColumn]]:
    """The columns by the kind of their table's records."""
    found: dict[RecordKind, list[SeenColumn]] = {}
    for column in columns:
        found.setdefault(column.record, []).append(column)
    return found
