"""The use case of a second opinion on columns: doubtful ones are put to the run's desk, its answers weighed.

Without a model, with a dead, slow or lying one, there is no evidence from it and nothing else changes. Keep out: which
columns are doubtful (domain), what answers weigh (domain.opinions), what is sent and how (agents).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from discovery_pipeline.agents.choosing import Opinion, ask_about
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.mapping import MAPPING, described
from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable, TableInfo
from discovery_pipeline.domain.mapping.doubts import ColumnDoubts, column_doubts, doubts_left
from discovery_pipeline.domain.mapping.evidence import evidence_frame
from discovery_pipeline.domain.mapping.model_evidence import Said, changed_by_models, model_evidence
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.opinions.doubts import NONE
from discovery_pipeline.services.mapping.shown_headers import names_of_columns

Choose = Callable[[Learned], Sequence[ColumnMapping]]
_FROM_MODEL = pl.col("source") == "model"


@dataclass(frozen=True)
class ColumnOpinion:
    """opinion: the answers and what they are worth. evidence: EVIDENCE, what counts of them. headers: of the columns in
    doubt, by key. settled: of those, no longer in doubt."""

    opinion: Opinion = field(default_factory=lambda: Opinion(MAPPING.name))
    evidence: pl.DataFrame = field(default_factory=lambda: evidence_frame(()))
    headers: Mapping[str, str] = field(default_factory=dict)
    settled: int = 0

    @property
    def facts(self) -> dict[str, int]:
        """For the quality suite: evidence without an answer, questions without one, answers that weigh nothing."""
        answered = {(a.doubt.key, a.chosen) for a in self.opinion.answers if not a.doubt.is_control}
        claims = self.evidence.select("table_no", "position", "field").iter_rows()
        return {
            "evidence_without_answer": sum(
                (f"{table_no}/{position}", claimed or NONE) not in answered for table_no, position, claimed in claims
            ),
            **self.opinion.facts,
        }


def second_opinion(
    desk: Desk, recall: Callable[[], Learned], tables: Iterable[RawTable], params: ResolveParams
) -> ColumnOpinion:
    """Ask at the run's desk about the tenant's doubtful columns; nothing is asked at a closed one.

    recall: what is known of the run's columns with people's decisions, which are asked about no more. tables: with the
    cells, which are looked through for names that no header may tell. Raises Unreachable when the desk's stores do not
    answer; nothing that a model does raises.
    """
    if not desk.is_open:
        return ColumnOpinion()
    known = recall()
    before = resolve(known.proposals, known.kinds, known.overrides, params)
    decided = {(override.table_no, override.position) for override in known.overrides}
    undecided = [mapping for mapping in before if (mapping.table_no, mapping.position) not in decided]
    found = column_doubts(undecided, known.kinds, known.proposals.profiles)
    if not found.doubts:
        return ColumnOpinion()
    context = described([*found.doubts, *found.controls])
    opinion = ask_about(desk, MAPPING, found.doubts, found.controls, names_of_columns(tables, before), context)
    evidence = evidence_frame(model_evidence(advised(opinion.answers, opinion.trust)))
    headers = {doubt.key: doubt.shown["profiles"][doubt.shown["position"]]["header"] for doubt in found.doubts}
    return ColumnOpinion(opinion, evidence, headers, _settled(known, found, evidence, params))


def changes_by_models(
    answers: pl.DataFrame, known: Learned, choose: Choose, after: Sequence[ColumnMapping], infos: Sequence[TableInfo]
) -> pl.DataFrame | None:
    """ADVISED: what is chosen otherwise with models' evidence than without it; None where there is no such evidence.

    answers: ANSWERS of the run. known: with all evidence. choose: chooses from what is known. after: with all evidence.
    """
    evidence = known.proposals.evidence
    from_models = evidence.filter(_FROM_MODEL)
    if from_models.is_empty():
        return None
    without = replace(known, proposals=replace(known.proposals, evidence=evidence.filter(~_FROM_MODEL)))
    # Answers that an earlier release published name no model.
    models = dict(answers.select("key", "model").iter_rows()) if "model" in answers.columns else {}
    said = {
        (row["table_no"], row["position"]): Said(models.get(f"{row['table_no']}/{row['position']}", ""), row["why"])
        for row in from_models.iter_rows(named=True)
    }
    return changed_by_models(choose(without), after, said, infos)


def _settled(known: Learned, found: ColumnDoubts, evidence: pl.DataFrame, params: ResolveParams) -> int:
    """How many of the doubtful columns the answers settle."""
    if evidence.is_empty():
        return 0
    proposals = replace(known.proposals, evidence=pl.concat([known.proposals.evidence, evidence]))
    after = resolve(proposals, known.kinds, known.overrides, params)
    return len(found.doubts) - doubts_left(after, found.doubts)
