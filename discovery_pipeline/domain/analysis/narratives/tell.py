"""All texts of an assessment: rationales, the estate in short, and the questions that are most worth an answer.

Keep out: who words them anew (agents).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.narratives.narrative import Narrative
from discovery_pipeline.domain.analysis.narratives.rationales import rationales
from discovery_pipeline.domain.analysis.questions.ask_next import Assessed
from discovery_pipeline.domain.analysis.strategy.rulebook import STRATEGIES, rulebook

ESTATE = "estate"


@dataclass(frozen=True)
class NarrativeParams:
    """rationales, questions: how many of each."""

    rationales: int = 20
    questions: int = 10


def narratives(
    estate: Assessed,
    cut_edges: pl.DataFrame,
    questions: pl.DataFrame,
    summary: Mapping[str, Any],
    params: NarrativeParams = NarrativeParams(),
) -> list[Narrative]:
    """Every text as the facts alone give it. cut_edges: CUT_EDGES. questions: QUESTIONS. summary: of the assessment."""
    if not summary["assets"]:
        return []
    asked = questions.sort(["value", "question_id"], descending=[True, False]).head(params.questions)
    return [
        *rationales(estate, cut_edges, params.rationales),
        estate_in_short(summary),
        *(_question(row) for row in asked.iter_rows(named=True)),
    ]


def estate_in_short(summary: Mapping[str, Any]) -> Narrative:
    """The counts that a manager wants first."""
    support, strategies = summary["os_support"], summary["strategies"]
    late = support["ended"] + support["extended"]
    decided = [f"{strategies[name]} {name}" for name in STRATEGIES[:-1] if strategies.get(name)]
    facts = (
        f"assets: {summary['assets']}",
        f"servers: {summary['servers']}",
        f"applications: {summary['applications']}",
        f"strategies of the assets: {', '.join(decided)}",
        f"servers whose operating system is out of regular support: {late}",
        f"servers whose operating system leaves support within a year: {support['ending']}",
        f"servers whose support is not known: {support['unknown']}",
        f"readiness of what moves: {', '.join(f'{n} {band}' for band, n in summary['readiness'].items())}",
        f"waves: {len(summary['waves'])}",
        f"mean confidence: {100 * summary['mean_confidence']:.0f} %",
    )
    stated = (
        f"The estate has {summary['assets']:,} assets, {summary['servers']:,} of them servers, and "
        f"{summary['applications']:,} applications. Proposed: {', '.join(decided)}, with a mean confidence of "
        f"{100 * summary['mean_confidence']:.0f} %, in {len(summary['waves']):,} waves. The operating system of "
        f"{late:,} servers is out of regular support."
    )
    return Narrative("summary", ESTATE, "The estate", facts, stated)


def _question(row: Mapping[str, Any]) -> Narrative:
    """Its facts name no asset and no owner: both stand beside it."""
    facts = [
        f"what is asked: {asked_in_general()[row['topic']]}",
        f"how many it is asked of: {row['assets']}",
        *(f"what answers change: {outcome}" for outcome in row["outcomes"]),
        *([f"applications concerned: {row['applications']}"] if row["applications"] else []),
        *([f"cost a month: {row['monthly_cost']:,.0f} {row['currency']}"] if row["monthly_cost"] else []),
        *([f"they move in waves: {', '.join(map(str, row['waves']))}"] if row["waves"] else []),
    ]
    return Narrative(
        "question", row["question_id"], row["owner"] or "nobody is known", tuple(facts), row["question"]
    )  # fmt: skip


@cache
def asked_in_general() -> Mapping[str, str]:
    """Each topic's question without names of things."""
    of_assets = {question.id: "it".join(question.ask) for question in rulebook().questions}
    of_others = {
        "same_thing": "Are two assets that look alike one and the same?",
        "which_value": "Which of the values that sources disagree about is right?",
        "column_meaning": "Does a column of a file mean what it was taken for?",
    }
    return {**of_assets, **of_others}
