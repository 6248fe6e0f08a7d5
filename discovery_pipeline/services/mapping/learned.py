"""What a tenant's corrections say about the columns of a run, or of files that are only looked at.

Keep out: weighing it (domain/mapping/patterns.py), keeping it (store/patterns.py), making vectors (agents).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from discovery_pipeline.agents.embeddings import Embedder, MiniLM, NoEmbeddings
from discovery_pipeline.domain.errors import TransientError
from discovery_pipeline.domain.handoffs import TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import evidence_frame
from discovery_pipeline.domain.mapping.patterns import (
    Cosines,
    Learned,
    Recall,
    SeenColumn,
    decided,
    meaning,
    same_header,
    similar_header,
)
from discovery_pipeline.domain.mapping.unsure import named_by_headers, unsure
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.services.delivery.source_names import default_source
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import newest_correction
from discovery_pipeline.store.patterns import current_patterns, neighbours, save_embeddings, without_embedding
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
    newest = newest_correction(database, tenant)
    patterns = current_patterns(database, tenant)
    if not patterns:
        return Learned(corrections=newest)
    columns = _seen(infos, kinds)
    overrides = decided(columns, patterns)
    said = same_header([c for c in columns if c not in overrides], patterns)
    open_columns = unsure(proposals)
    named = [c for c in columns if not c.place.is_blank and (c.table_no, c.position) in open_columns]
    rest = [c for c in named if c not in overrides and c not in said]
    model, cosines, recall = _recalled(database, tenant, rest, embedder)
    alike = similar_header(rest, patterns, model, cosines, named_by_headers(proposals))
    return Learned(
        tuple(overrides.values()),
        evidence_frame(e for found in (said, alike) for evidence in found.values() for e in evidence),
        newest,
        {"same_column": len(overrides), "same_header": len(said), "similar_header": len(alike)},
        recall,
    )


def _seen(infos: Sequence[TableInfo], kinds: Sequence[TableKind]) -> list[SeenColumn]:
    records = {kind.table_no: kind.record for kind in kinds}
    return [
        SeenColumn(info.table_no, position, info.headers[position], records[info.table_no], place)
        for info in infos
        if info.table_no in records
        for position, place in enumerate(table_places(info))
    ]


def _recalled(
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
        near = neighbours(database, tenant, embedder.model, record, [vectors[text] for text in texts], NEAREST)
        by_text = dict(zip(texts, near, strict=True))
        found |= {column: dict(by_text[meaning(column.header)]) for column in group}
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
