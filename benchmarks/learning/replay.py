"""Replays what analysts correct: files are mapped, wrong columns corrected, the same tools' next files mapped again.

A tenant owns several tools. Everything is what a run does, by the same functions, without a database in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np
import polars as pl

from benchmarks.mapping.layouts import Layout
from discovery_pipeline.agents.embeddings import Embedder
from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable, TableInfo, TableKind
from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.domain.learning.patterns import fold
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.places import place_of
from discovery_pipeline.domain.mapping.recall.by_header import Cosines
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn, lesson_of
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.services.learning.trust import trust_of
from discovery_pipeline.services.mapping.known_tables import seen_tables, with_choices
from discovery_pipeline.services.mapping.learned import NEAREST, Memory, recalled
from discovery_pipeline.services.mapping.published import table_places

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Files:
    """Files of one delivery, gathered. layouts: with the labels, by table number."""

    layouts: tuple[Layout, ...]
    infos: tuple[TableInfo, ...]
    kinds: tuple[TableKind, ...]
    proposals: Proposals

    @property
    def known(self) -> dict[int, KnownTable]:
        return seen_tables(self.infos, self.kinds, self.proposals.profiles)


NOTHING = Memory((), ())


def gather(layouts: Sequence[Layout], name: str) -> Files:
    """Read and profile layouts as files that are called `name` and a number."""
    tables = [_raw(number, layout, f"{name} {_letters(number)}") for number, layout in enumerate(layouts)]
    intake = inspect(tables)
    proposals = propose(tables, intake.kinds, profiles=intake.profiles)
    return Files(tuple(layouts), tuple(t.info for t in tables), tuple(intake.kinds), proposals)


def _raw(number: int, layout: Layout, name: str) -> RawTable:
    columns = {f"c{i}": [value or None for value in c.values] for i, c in enumerate(layout.columns)}
    rows = len(layout.columns[0].values)
    frame = pl.DataFrame(
        {"row": range(rows), "line": range(2, rows + 2), **columns},
        schema_overrides=dict.fromkeys(columns, pl.String()),
    )
    headers = tuple(column.header for column in layout.columns)
    return RawTable(TableInfo(number, name, f"{name}.csv", name, headers, rows, "csv"), frame.lazy())


def _letters(number: int) -> str:
    """Names differ by letters: a number would be taken for a counter of one series."""
    return chr(97 + number // 26) + chr(97 + number % 26)


class Remembering:
    """An embedder that embeds a text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.model, self.dimensions = embedder.model, embedder.dimensions
        self._embedder = embedder
        self._known: dict[str, list[float]] = {}

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, in their order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= dict(zip(new, self._embedder.embed(new), strict=True))
        return [self._known[text] for text in texts]


def mapped(files: Files, taught: Memory, embedder: Embedder | None) -> list[ColumnMapping]:
    """The mapping that a run would choose."""
    known = recalled(taught, files.infos, files.kinds, files.proposals, partial(_compared, taught.lessons, embedder))
    return resolve(known.proposals, known.kinds, known.overrides)


def _compared(
    lessons: Sequence[Lesson], embedder: Embedder | None, columns: Sequence[SeenColumn]
) -> tuple[str | None, Cosines, str]:
    """As the store compares them: every lesson of the record kind that names a field, the nearest kept."""
    named = [lesson for lesson in lessons if lesson.field and not lesson.is_denial]
    if embedder is None or not columns or not named:
        return None, {}, ""
    texts = sorted({meaning(c.header) for c in columns} | {meaning(x.header) for x in named})
    at = {text: number for number, text in enumerate(texts)}
    vectors = np.array(embedder.embed(texts))
    cosines = vectors @ vectors.T
    found = {}
    for column in columns:
        near = {
            x.pattern_id: float(cosines[at[meaning(column.header)], at[meaning(x.header)]])
            for x in named
            if x.record == column.record
        }
        found[column] = dict(sorted(near.items(), key=lambda one: -one[1])[:NEAREST])
    return embedder.model, found, ""


def is_right(files: Files, mapping: ColumnMapping) -> bool:
    return files.layouts[mapping.table_no].columns[mapping.position].is_right(mapping.field)


def in_order_of_review(files: Files, mappings: Iterable[ColumnMapping]) -> list[ColumnMapping]:
    """The wrong ones in the order in which a person meets them: of each table the most doubtful first."""
    wrong = [m for m in mappings if not is_right(files, m)]
    return sorted(wrong, key=lambda m: (m.table_no, m.status != "review", m.confidence, m.position))


def corrected(files: Files, mappings: Sequence[ColumnMapping], most: int | None, *, accept_rest: bool) -> Memory:
    """What is learned when of each table so many wrong columns are corrected (None = all).

    accept_rest: whether the others are then accepted with one click, as "accept all of this table" does.
    """
    wrong = in_order_of_review(files, mappings)
    chosen = [m for n in {m.table_no for m in wrong} for m in [w for w in wrong if w.table_no == n][:most]]
    places = {(m.table_no, m.position) for m in chosen}
    decided = [m for m in mappings if accept_rest or (m.table_no, m.position) in places]
    log = [Correction(i + 1, NOW, _correction(files, mapping)) for i, mapping in enumerate(decided)]
    lessons = tuple(lesson_of(pattern, trust_of(pattern, None)) for pattern in fold(log))
    tables = {m.table_no for m in decided}
    known = with_choices(files.known, mappings)
    return Memory(lessons, tuple(table for number, table in known.items() if number in tables))


def _correction(files: Files, mapping: ColumnMapping) -> NewCorrection:
    info, kind = files.infos[mapping.table_no], files.kinds[mapping.table_no]
    layout = files.layouts[mapping.table_no]
    column = layout.columns[mapping.position]
    right = mapping.field if column.is_right(mapping.field) else (column.gold[0] if column.gold else None)
    place = table_places(info)[mapping.position]
    target = {name: getattr(place, name) for name in ("source", "series", "table", "header_key", "occurrence")}
    assert place_of(target) == place
    return NewCorrection(
        "mapping", "accepted" if right == mapping.field else "changed", target,
        {"field": right, "unit": None, "transform": None}, {"field": mapping.field},
        {"header": column.header, "record": layout.record, "product": kind.product}, "ann", "",
    )  # fmt: skip
