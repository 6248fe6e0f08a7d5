"""The use case of a second opinion: doubtful columns put to the configured model, its answers weighed, calls recorded.

Without a model, with a dead, slow or lying one, there is no evidence from it and nothing else changes. Keep out: which
columns are doubtful and what answers weigh (domain), what is sent and how (agents).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.mapping import AGENT, column_answers, column_questions
from discovery_pipeline.agents.model import Endpoint, ask_all
from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.domain.handoffs import FrameSchema, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.doubts import AskedColumn, columns_to_ask, doubts_left
from discovery_pipeline.domain.mapping.evidence import evidence_frame
from discovery_pipeline.domain.mapping.model_evidence import ColumnAnswer, Trust, model_evidence, trust
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.ledger import record_calls
from discovery_pipeline.store.session import Database

# One row per column asked about and answered, in the question's order. question: hash of the question it stood in.
# expected: of a control, what the evidence had settled. chosen: the answer, null when it was none of those offered.
# Both are canonical fields, "" = none of them. table_no -1: a packaged control.
ANSWERS: FrameSchema = {
    "question": pl.String(), "table_no": pl.Int64(), "position": pl.Int64(), "header": pl.String(),
    "expected": pl.String(), "chosen": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class Opinion:
    """answers: ANSWERS. evidence: EVIDENCE. trust: None while no question was answered.

    questions: how many there were; reused: of those, answered in an earlier run; unanswered: by nobody. doubtful:
    columns in doubt that were asked about; settled: of those, no longer in doubt. calls: those made now, with their
    cost in US dollars where it is known.
    """

    answers: pl.DataFrame
    evidence: pl.DataFrame
    trust: Trust | None = None
    questions: int = 0
    reused: int = 0
    unanswered: int = 0
    doubtful: int = 0
    settled: int = 0
    calls: tuple[Call, ...] = ()
    cost_usd: float | None = None

    @property
    def rejected(self) -> int:
        """Columns for which nothing that was offered came back."""
        return self.answers["chosen"].null_count()

    @property
    def facts(self) -> dict[str, int]:
        """For the quality suite: evidence without an answer, questions without one, answers that weigh nothing."""
        answered = set(
            self.answers.filter(pl.col("expected").is_null()).select("table_no", "position", "chosen").rows()
        )
        claimed = self.evidence.select("table_no", "position", "field").rows()
        return {
            "evidence_without_answer": sum(claim not in answered for claim in claimed),
            "unanswered_questions": self.unanswered,
            "answers_without_weight": len(self.answers) if self.trust and not self.trust.earned else 0,
        }


@dataclass(frozen=True)
class Asker:
    """On whose behalf a model is asked, and where that is recorded."""

    settings: Settings
    database: Database
    tenant: str
    run_id: str


def second_opinion(
    asker: Asker, proposals: Proposals, kinds: Sequence[TableKind], earlier: pl.DataFrame | None, deadline: float
) -> Opinion:
    """Ask the configured model, if there is one, about the tenant's doubtful columns.

    earlier: ANSWERS of the tenant's last run; a question that was answered then is not asked again. deadline: on
    time.monotonic's clock. Raises Unreachable when the ledger's database does not answer; nothing that a model does
    raises.
    """
    settings = asker.settings
    params = ResolveParams(settings.mapping_precision)
    groups = columns_to_ask(resolve(proposals, kinds, (), params), kinds) if settings.uses_model else []
    if not groups:
        return Opinion(pl.DataFrame(schema=ANSWERS), evidence_frame(()))
    questions = column_questions(groups, proposals.profiles, kinds)
    endpoint = Endpoint(settings.model_url, settings.model_name, settings.model_api_key, settings.model_concurrency)
    asked = {q.key(endpoint.answerer): (q, columns) for q, columns in zip(questions, groups, strict=True)}
    known = _earlier(earlier, asked)
    fresh, calls = _ask(asker, endpoint, {key: pair for key, pair in asked.items() if key not in known}, deadline)
    opinion = _weighed([(key, a) for key in asked for a in {**known, **fresh}.get(key, ())], settings.model_name)
    prices = _prices(settings)
    return replace(
        opinion,
        questions=len(asked),
        reused=len(known),
        unanswered=len(asked) - len(known) - len(fresh),
        doubtful=sum(column.expected is None for columns in groups for column in columns),
        settled=_settled(proposals, kinds, groups, opinion.evidence, params),
        calls=calls,
        cost_usd=_cost(calls, prices),
    )


Questions = Mapping[str, tuple[ChoiceQuestion, Sequence[AskedColumn]]]
Answers = dict[str, list[ColumnAnswer]]


def _earlier(answers: pl.DataFrame | None, asked: Questions) -> Answers:
    """What an earlier run was answered to the same questions."""
    found: dict[str, list[str | None]] = {}
    for row in answers.iter_rows(named=True) if answers is not None else ():
        found.setdefault(row["question"], []).append(row["chosen"])
    return {
        key: [ColumnAnswer(column, chosen) for column, chosen in zip(columns, found[key], strict=True)]
        for key, (_, columns) in asked.items()
        if key in found
    }


def _ask(asker: Asker, endpoint: Endpoint, asked: Questions, deadline: float) -> tuple[Answers, tuple[Call, ...]]:
    """The answers that came, by question, and the calls made, which are in the ledger then."""
    result = ask_all(endpoint, AGENT, [question for question, _ in asked.values()], deadline)
    record_calls(asker.database, asker.tenant, asker.run_id, result.calls, _prices(asker.settings))
    answers = {
        key: column_answers(columns, answer)
        for (key, (_, columns)), answer in zip(asked.items(), result.answers, strict=True)
        if answer is not None
    }
    return answers, result.calls


def _weighed(answers: Sequence[tuple[str, ColumnAnswer]], model: str) -> Opinion:
    rows = [(key, a.asked.table_no, a.asked.position, a.asked.header, a.asked.expected, a.field) for key, a in answers]
    frame = pl.DataFrame(rows, schema=ANSWERS, orient="row")
    if not answers:
        return Opinion(frame, evidence_frame(()))
    only = [answer for _, answer in answers]
    worth = trust(only)
    return Opinion(frame, evidence_frame(model_evidence(only, worth, model)), worth)


def _settled(
    proposals: Proposals,
    kinds: Sequence[TableKind],
    groups: Sequence[Sequence[AskedColumn]],
    evidence: pl.DataFrame,
    params: ResolveParams,
) -> int:
    """How many of the doubtful columns the answers settle."""
    if evidence.is_empty():
        return 0
    asked = [column for columns in groups for column in columns]
    after = resolve(replace(proposals, evidence=pl.concat([proposals.evidence, evidence])), kinds, (), params)
    return sum(column.expected is None for column in asked) - doubts_left(after, asked)


def _prices(settings: Settings) -> Prices:
    return Prices(settings.model_input_price, settings.model_output_price)


def _cost(calls: Sequence[Call], prices: Prices) -> float | None:
    """US dollars of all calls; a call without counted tokens leaves the sum unknown, unless it brought nothing."""
    costs = [call.cost(prices) for call in calls if call.outcome in ("answered", "rejected", "malformed")]
    return None if None in costs else sum(cost for cost in costs if cost is not None)
