"""How long the pattern store takes: finding similar patterns, against brute force, and learning 1,000 corrections."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from benchmarks.mapping.layouts import Layout, load
from discovery_pipeline.agents.embeddings import MiniLM
from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.mapping.places import places_of
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.patterns import find_similar, save_embeddings, without_embedding
from discovery_pipeline.store.session import Database, open_database
from discovery_pipeline.store.tenants import add_tenant

STORES = (1_000, 10_000, 100_000)
ASKED, NEAREST, DIMENSIONS = 200, 8, 384
MODEL = "random"

FILL = text("""
INSERT INTO patterns (tenant_id, pattern_id, kind, target_key, target, said, polarity, source, record, text,
                      corrections, authors, contradicted, version, state, learned_at, strengthened_at)
SELECT current_tenant(), given.id, 'mapping', given.id,
       jsonb_build_object('source', 's', 'series', 's.csv', 'table', 's', 'header_key', given.id, 'occurrence', 0),
       '{"field": "hostname"}', 1, 's', 'asset', given.id, '{1}', '{ann}', 0, 1, 'current', now(), now()
  FROM unnest(CAST(:ids AS text[])) AS given(id)
""")

Floats = NDArray[np.float32]


@contextmanager
def _store() -> Iterator[Database]:
    """An embedded database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        database = open_database(settings)
        try:
            yield database
        finally:
            database.dispose()
            embedded.stop(settings.home)


def latency_table() -> list[str]:
    """Median and 95th percentile of one search, in ms, beside a search by numpy in memory, and how many were right."""
    lines = [
        "| patterns of the tenant | find_similar p50 | p95 | numpy in memory p50 | recall |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    rng = np.random.default_rng(5)
    with _store() as database:
        for size in STORES:
            tenant = f"t{size}"
            add_tenant(database, tenant)
            vectors = _unit(rng.standard_normal((size, DIMENSIONS), dtype=np.float32))
            _fill(database, tenant, vectors)
            lines.append(
                _searched(database, tenant, vectors, _unit(rng.standard_normal((ASKED, DIMENSIONS), np.float32)))
            )
    return lines


def _searched(database: Database, tenant: str, vectors: Floats, asked: Floats) -> str:
    store, floor, right = [], [], 0
    for vector in asked:
        began = time.perf_counter()
        (found,) = find_similar(database, tenant, MODEL, "asset", [vector.tolist()], NEAREST)
        store.append(1e3 * (time.perf_counter() - began))
        began = time.perf_counter()
        cosines = vectors @ vector
        nearest = np.argpartition(-cosines, NEAREST)[:NEAREST]
        floor.append(1e3 * (time.perf_counter() - began))
        right += len({f"p{n:06d}" for n in nearest} & {similar.pattern_id for similar in found})
    p50, p95, own = np.quantile(store, 0.5), np.quantile(store, 0.95), np.quantile(floor, 0.5)
    return f"| {len(vectors):,} | {p50:.1f} ms | {p95:.1f} ms | {own:.1f} ms | {right / (len(asked) * NEAREST):.3f} |"


def _fill(database: Database, tenant: str, vectors: Floats) -> None:
    for start in range(0, len(vectors), 5_000):
        part = vectors[start : start + 5_000]
        ids = [f"p{start + n:06d}" for n in range(len(part))]
        with database.tenant_session(tenant) as session:
            session.execute(FILL, {"ids": ids})
        save_embeddings(database, tenant, MODEL, dict(zip(ids, part.tolist(), strict=True)))


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _of(layout: Layout) -> list[NewCorrection]:
    """Every column of a layout, corrected."""
    places = places_of(layout.id, layout.id, "", [column.header for column in layout.columns])
    return [
        NewCorrection(
            "mapping", "changed", {**vars(place)},
            {"field": column.gold[0] if column.gold else None, "unit": None, "transform": None}, {"field": None},
            {"header": column.header, "record": layout.record, "product": None}, "ann", "",
        )
        for place, column in zip(places, layout.columns, strict=True)
    ]  # fmt: skip


def learning_seconds(count: int = 1_000) -> str:
    """How long recording so many corrections takes, and then embedding what they taught."""
    decided = [correction for layout in load() for correction in _of(layout)][:count]
    embedder = MiniLM()
    embedder.embed(["warm"])
    with _store() as database:
        add_tenant(database, "acme")
        began = time.perf_counter()
        record(database, "acme", decided)
        recorded = time.perf_counter()
        missing = without_embedding(database, "acme", embedder.model)
        texts = list(dict.fromkeys(map(meaning, missing.values())))
        vectors = dict(zip(texts, embedder.embed(texts), strict=True))
        save_embeddings(database, "acme", embedder.model, {name: vectors[meaning(h)] for name, h in missing.items()})
        ended = time.perf_counter()
    return (
        f"{len(decided):,} corrections: recorded and learned in {recorded - began:.1f} s, "
        f"{len(missing):,} headers embedded and stored in {ended - recorded:.1f} s."
    )
