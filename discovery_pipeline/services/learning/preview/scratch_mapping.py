"""The mapping that a run would choose under a proposal, from what the last run gathered. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.agents.embeddings import Embedder, NoEmbeddings
from discovery_pipeline.domain.errors import TransientError
from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable, TableKind, findings_frame, without_rows
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.conflicts import conflicting_columns
from discovery_pipeline.domain.mapping.disagreements import disagreement_findings
from discovery_pipeline.domain.mapping.recall.by_header import Cosines
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn
from discovery_pipeline.domain.mapping.recall.likeness import meaning
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.mapping.review import MappedTables, review_mapping
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.learning.preview.proposed import Outlook
from discovery_pipeline.services.mapping.choose import choose
from discovery_pipeline.services.mapping.embedders import Outgoing, embedder_of, preview_desk
from discovery_pipeline.services.mapping.learned import NEAREST, Memory, by_record, embedded, recalled
from discovery_pipeline.services.mapping.meanings import curves_of
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.services.mapping.shown_headers import headers_shown
from discovery_pipeline.services.run_frames import RunFrames
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.patterns import current_patterns, find_similar, without_embedding
from discovery_pipeline.store.session import Database


@dataclass(frozen=True)
class ScratchMapping:
    """What column_mapping would publish. findings: FINDINGS."""

    kinds: Sequence[TableKind]
    mappings: Sequence[ColumnMapping]
    findings: pl.DataFrame


def scratch_mapping(workspace: Workspace, run: RunFrames, ahead: Outlook) -> ScratchMapping:
    """The choice over the run's evidence, with what would be learned."""
    infos, proposals = run.tables(), gathered(run)
    known = Learned(list(run.kinds_found().values()), proposals)
    if ahead.lessons:
        settings, desk, kinds = workspace.settings, preview_desk(workspace, run.tenant), known.kinds
        show = headers_shown(lambda: kept_tables(run), kinds)
        outgoing = Outgoing(desk, lambda: show(proposals)) if desk else None
        compare = Comparison(workspace.database, run.tenant, ahead.lessons, embedder_of(settings, outgoing))
        memory = Memory(ahead.lessons, ahead.tables)
        known = recalled(memory, infos, kinds, proposals, compare, curves_of(settings, desk))
    precision = workspace.settings.mapping_precision
    mappings = choose(known, ahead.log, infos, ResolveParams(precision)).mappings
    conflicts = conflicting_columns(list(kept_tables(run)), known.kinds, mappings)
    review = review_mapping(MappedTables(infos, known.kinds, mappings, proposals.profiles, conflicts), precision)
    columns = {place: (info, position) for info in infos for position, place in enumerate(table_places(info))}
    disputes = disagreement_findings(ahead.patterns, columns)
    return ScratchMapping(known.kinds, mappings, findings_frame([*review.findings, *disputes]))


def gathered(run: RunFrames) -> Proposals:
    """Profiles and evidence of the run, the model's answers among it."""
    evidence = [run.scan(asset, "evidence").collect() for asset in ("mapping_proposals", "model_answers")]
    return Proposals(run.scan("mapping_proposals", "profiles").collect(), pl.concat(evidence))


def kept_tables(run: RunFrames) -> Iterator[RawTable]:
    """The raw tables without the rows that validation set aside, lazily."""
    dropped = run.scan("export_findings", "set_aside").collect()
    for info in run.tables():
        yield without_rows(RawTable(info, run.scan("raw_export", part_name(info.table_no))), dropped)


@dataclass(frozen=True)
class Comparison:
    """Compares headers as a run does; lessons without a stored vector are compared in memory, and nothing is kept."""

    database: Database
    tenant: str
    lessons: Sequence[Lesson]
    embedder: Embedder | None

    def __call__(self, columns: Sequence[SeenColumn]) -> tuple[str | None, Cosines, str]:
        if self.embedder is None or not columns:
            return (self.embedder.model if self.embedder else None), {}, "not compared by meaning"
        try:
            return self.embedder.model, self._cosines(columns, self.embedder), f"by meaning: {self.embedder.model}"
        except (NoEmbeddings, TransientError) as error:
            return None, {}, f"by spelling: {error}"

    def _cosines(self, columns: Sequence[SeenColumn], embedder: Embedder) -> Cosines:
        stored = {pattern.pattern_id for pattern in current_patterns(self.database, self.tenant, ["mapping"])}
        without = without_embedding(self.database, self.tenant, embedder.model)
        speaking = {x.pattern_id: x for x in self.lessons if x.field and x.corrections and not x.is_denial}
        new = [x for name, x in speaking.items() if name not in stored or name in without]
        gone = len(stored - speaking.keys())
        vectors = embedded(embedder, [*(x.header for x in new), *(column.header for column in columns)])
        found: dict[SeenColumn, dict[str, float]] = {}
        for record, group in by_record(columns).items():
            texts = list(dict.fromkeys(meaning(column.header) for column in group))
            asked = [vectors[text] for text in texts]
            near = find_similar(self.database, self.tenant, embedder.model, record, asked, NEAREST + gone)
            others = _by_text(asked, [x for x in new if x.record == record], vectors)
            told = [
                {s.pattern_id: s.similarity for s in of_text if s.pattern_id in speaking} | other
                for of_text, other in zip(near, others, strict=True)
            ]
            by_text = {text: _nearest(cosines) for text, cosines in zip(texts, told, strict=True)}
            found |= {column: by_text[meaning(column.header)] for column in group}
        return found


def _by_text(
    asked: Sequence[Sequence[float]], lessons: Sequence[Lesson], vectors: dict[str, list[float]]
) -> list[dict[str, float]]:
    """Per vector its cosine with each lesson's header; all are of length 1."""
    if not lessons:
        return [{} for _ in asked]
    known = np.array([vectors[meaning(lesson.header)] for lesson in lessons])
    cosines = np.array(asked) @ known.T
    return [{x.pattern_id: float(c) for x, c in zip(lessons, row, strict=True)} for row in cosines]


def _nearest(cosines: dict[str, float]) -> dict[str, float]:
    return dict(sorted(cosines.items(), key=lambda near: (-near[1], near[0]))[:NEAREST])
