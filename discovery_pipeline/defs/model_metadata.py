"""What a person sees of models' second opinions: how they were asked, what each is worth, how it chose.

Dagster's metadata has no access control: choices are words of ours, what was asked about stands as its shape only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import dagster as dg
import polars as pl

from discovery_pipeline.agents.choosing import ANSWERS, Opinion
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.ports import Plan
from discovery_pipeline.defs.metadata import markdown
from discovery_pipeline.domain.calls import Call
from discovery_pipeline.domain.masking import masked
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.domain.opinions.forecast import Forecast
from discovery_pipeline.files.frames import StagedFrame
from discovery_pipeline.services.agents.opinions import ANSWERS_PART
from discovery_pipeline.services.mapping.model_answers import ColumnOpinion

SHOWN = 20
COLUMNS_SHOWN = 100


class Consulted(Protocol):
    """What came of an agent's questions, whatever kind they were of."""

    @property
    def agent(self) -> str: ...

    @property
    def questions(self) -> int: ...

    @property
    def kept(self) -> int: ...

    @property
    def unanswered(self) -> int: ...

    @property
    def rejected(self) -> int: ...

    @property
    def calls(self) -> tuple[Call, ...]: ...


def opinion_facts(*opinions: Consulted) -> dict[str, int]:
    """The facts of the checks about models; zero where nobody was asked. Texts weigh nothing, believed or not."""
    chosen = [opinion for opinion in opinions if isinstance(opinion, Opinion)]
    return {
        "unanswered_questions": sum(opinion.unanswered for opinion in opinions),
        "answers_without_weight": sum(opinion.facts["answers_without_weight"] for opinion in chosen),
    }


def stage_opinions(staged: StagedFrame, opinions: Sequence[Opinion], advised: pl.DataFrame | None = None) -> None:
    """The parts `answers` and `advised` of an asset that asked; none where nothing was asked.

    advised: ADVISED, what the answers changed; None = nothing.
    """
    asked = [opinion.frame for opinion in opinions if opinion.questions]
    if asked:
        staged.write(ANSWERS_PART, pl.concat(asked))
        staged.write("advised", pl.DataFrame(schema=ADVISED) if advised is None else advised)


def opinions_metadata(desk: Desk, *opinions: Consulted, changed: int | None = None) -> dict[str, Any]:
    """How each agent was answered, what models' answers are worth, how they chose; nothing where nothing was asked.

    changed: things that are otherwise than without the answers; None = that is seen elsewhere.
    """
    asked = [opinion for opinion in opinions if opinion.questions]
    if not asked:
        return {}
    calls = [call for opinion in asked for call in opinion.calls]
    chosen = [opinion for opinion in asked if isinstance(opinion, Opinion)]
    return {
        "model_calls": len(calls),
        **({} if changed is None else {"model_changed": changed}),
        "model_seconds_left": round(max(0.0, desk.seconds), 1),
        "model_agents": _agents(desk, asked),
        "model_providers": _providers(desk),
        **_unanswered(desk, asked),
        "model_reliability": reliability(chosen),
        "model_answers": _answers(chosen),
    }


def _agents(desk: Desk, opinions: Iterable[Consulted]) -> dg.MarkdownMetadataValue:
    """One row per agent: questions by what became of them, calls by outcome, tokens as the endpoints counted them, and
    why it asked as it did."""
    rows = [
        {
            "agent": o.agent,
            "questions": o.questions,
            "kept": o.kept,
            "unanswered": o.unanswered,
            "not offered": o.rejected,
            "calls": outcomes(o.calls),
            "prompt tokens": sum(call.prompt_tokens or 0 for call in o.calls),
            "completion tokens": sum(call.completion_tokens or 0 for call in o.calls),
            "asked": desk.plans.get(o.agent, Plan()).reason,
        }
        for o in opinions
    ]
    return markdown(pl.DataFrame(rows))


def _providers(desk: Desk) -> dg.MarkdownMetadataValue:
    """One row per provider: what the run has seen of it so far."""
    names = ["provider", "breaker", "calls", "failures", "last failure"]
    rows = [(p.name, p.breaker, p.calls, p.failures, p.said) for p in desk.providers.states]
    return markdown(pl.DataFrame(rows, schema=names, orient="row"))


def _unanswered(desk: Desk, opinions: Iterable[Consulted]) -> dict[str, str]:
    """Why questions were left unanswered, where any were."""
    whys = [f"{o.agent}: {desk.whys[o.agent]}" for o in opinions if o.unanswered and o.agent in desk.whys]
    return {"model_unanswered": "; ".join(whys)} if whys else {}


def outcomes(calls: Iterable[Call]) -> str:
    """How many calls ended how."""
    counted = Counter(call.outcome for call in calls)
    return ", ".join(f"{outcome} {count}" for outcome, count in sorted(counted.items())) or "none"


def reliability(opinions: Iterable[Opinion]) -> dg.MarkdownMetadataValue:
    """One row per agent, model and kind of answer: how it did on controls, and what that weighs (log-odds)."""
    names = ["agent", "model", "answer", "controls", "right", "lower bound", "weight"]
    rows = [
        (opinion.agent, model, kind, own.answered, own.right, own.bound, own.weight)
        for opinion in opinions
        for (model, kind), own in opinion.trust.kinds.items()
    ]
    return markdown(pl.DataFrame(rows, schema=names, orient="row"))


def _answers(opinions: Iterable[Opinion]) -> dg.MarkdownMetadataValue:
    """The commonest answers on doubts, with the shapes of what they are about."""
    frames = [pl.DataFrame(schema=ANSWERS), *(opinion.frame for opinion in opinions)]
    doubts = pl.concat(frames).filter(pl.col("expected").is_null())
    shapes = doubts.select(
        "agent", masked(pl.col("key")).alias("about"), pl.col("chosen").fill_null("not offered").alias("answer")
    )
    counted = shapes.group_by("agent", "about", "answer").len("count")
    return markdown(
        counted.sort("count", "agent", "about", "answer", descending=[True, False, False, False]).head(SHOWN)
    )


def columns_metadata(desk: Desk, found: ColumnOpinion) -> dict[str, Any]:
    """The mapping's: doubtful columns, of which so many settled, and the answers by header, which are no cells."""
    opinion = found.opinion
    counts = {"doubtful": opinion.doubts, "questions": opinion.questions, "settled": found.settled}
    if not opinion.questions:
        return counts
    rows = [(found.headers[a.doubt.key], a.chosen or "not offered") for a in opinion.answers if not a.doubt.is_control]
    columns = pl.DataFrame(rows[:COLUMNS_SHOWN], schema=["header", "answer"], orient="row")
    return {**counts, **opinions_metadata(desk, opinion), "model_columns": markdown(columns)}


def forecast_metadata(expected: Forecast | None) -> dict[str, Any]:
    """What the whole run was expected to call and cost; nothing where it asks nobody. The ledger tells what it did."""
    if expected is None or not expected.is_known:
        return {}
    total = expected.total
    cost = {} if total.usd is None else {"run_expected_usd": round(total.usd, 6)}
    return {"run_expected_calls": round(total.calls, 1), **cost, "run_expected_from": expected.basis}
