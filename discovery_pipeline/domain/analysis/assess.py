"""The analysis phase as one function: facts, strategies with reasons, readiness, applications, move groups, waves.

Keep out: every rule and every heuristic, each of which has its own module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.data_day import data_date
from discovery_pipeline.domain.analysis.facts import gather
from discovery_pipeline.domain.analysis.groups.applications import application_members, applications
from discovery_pipeline.domain.analysis.groups.moves import move_groups
from discovery_pipeline.domain.analysis.groups.structure.structure import structure
from discovery_pipeline.domain.analysis.groups.summary import group_summary, structure_summary
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable, lifecycle
from discovery_pipeline.domain.analysis.narratives.narrative import Narrative
from discovery_pipeline.domain.analysis.narratives.tell import narratives
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.questions.ask_next import Assessed, Doubtful, ask_next
from discovery_pipeline.domain.analysis.readiness.applications import with_applications
from discovery_pipeline.domain.analysis.readiness.readiness import readiness
from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue
from discovery_pipeline.domain.analysis.sizing.catalogue import catalogue as packaged_catalogue
from discovery_pipeline.domain.analysis.sizing.sizing import size
from discovery_pipeline.domain.analysis.sizing.summary import sizing_findings, sizing_summary
from discovery_pipeline.domain.analysis.strategy.decided import without_target
from discovery_pipeline.domain.analysis.strategy.findings import strategy_findings
from discovery_pipeline.domain.analysis.strategy.plans import application_plans
from discovery_pipeline.domain.analysis.strategy.strategy import strategies
from discovery_pipeline.domain.analysis.summary import summarise
from discovery_pipeline.domain.analysis.waves.given import WaveInput
from discovery_pipeline.domain.analysis.waves.kept import KeptPlan
from discovery_pipeline.domain.analysis.waves.plan import plan_waves
from discovery_pipeline.domain.handoffs import ANALYSIS, findings_frame
from discovery_pipeline.domain.learning.rules import Rules

_NOTHING_LEARNED, _NOTHING_LEFT = Rules(), Doubtful()


@dataclass(frozen=True)
class AnalysisOutcome:
    """Frames of the hand-off schemas of the same names; summary: counts, JSON-ready. narratives: as stated. kept: what
    moves of groups by hand are judged by later.
    """

    analysis: pl.DataFrame
    applications: pl.DataFrame
    move_groups: pl.DataFrame
    group_members: pl.DataFrame
    structure: pl.DataFrame
    sizing: pl.DataFrame
    waves: pl.DataFrame
    cut_edges: pl.DataFrame
    findings: pl.DataFrame
    questions: pl.DataFrame
    narratives: tuple[Narrative, ...]
    summary: dict[str, Any]
    kept: KeptPlan


def _assembled(decisions: pl.DataFrame, scores: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """ANALYSIS, one row per asset, sorted; reasons: the strategy's, then what readiness lost. scores: of readiness."""
    waves = groups.select("wave", asset_id="members").explode("asset_id", empty_as_null=False)
    none = pl.lit([], dtype=pl.List(pl.String))
    joined = decisions.join(scores, on="asset_id", how="left").join(waves, on="asset_id", how="left")
    return (
        joined.select(
            "asset_id",
            "strategy",
            reasons=pl.concat_list("why", pl.col("gaps").fill_null(none)),
            readiness="readiness",
            confidence="confidence",
            wave="wave",
            rule="rule",
            alternatives="alternatives",
            facts="facts",
            next_question="next_question",
        )
        .select(pl.col(n).cast(t) for n, t in ANALYSIS.items())
        .sort("asset_id")
    )


def assess(
    inventory: pl.DataFrame,
    dependencies: pl.DataFrame,
    as_of: date | None = None,
    params: AnalysisParams | None = None,
    rules: Rules = _NOTHING_LEARNED,
    table: LifecycleTable | None = None,
    memberships: pl.DataFrame | None = None,
    catalogue: Catalogue | None = None,
    left: Doubtful = _NOTHING_LEFT,
) -> AnalysisOutcome:
    """Readiness, strategy with reasons, applications, move groups and waves of an estate.

    inventory: INVENTORY. dependencies: DEPENDENCIES. as_of: the day on which support and ages are judged; None: the day
    the data speaks of (data_date), so that the same files give the same result on every day. rules: its strategy rules
    win over all others. table: of support dates; None: the packaged one. memberships: MEMBERSHIPS of the dependencies
    phase; None: what the inventory's own rows name. catalogue: of prices; None: the packaged one. left: what the phases
    before left open.
    """
    params, dates, prices = params or AnalysisParams(), table or lifecycle(), catalogue or packaged_catalogue()
    day = as_of or data_date(inventory, dates)
    members = application_members(inventory, dependencies, params.believed, memberships)
    facts = gather(inventory, dependencies, day, params.believed, dates, members)
    listed = applications(inventory, members, memberships)
    plans = application_plans(facts, members, dependencies, params.believed, rules.strategies)
    decisions = strategies(
        facts.join(plans, on="asset_id", how="left", maintain_order="left"), members, rules.strategies, params.strategy
    )
    grouped = move_groups(facts, decisions, dependencies, members, params, listed)
    scores = with_applications(readiness(facts), facts, members)
    plan = plan_waves(WaveInput(grouped.groups, facts, decisions, dependencies, members, scores, listed), params)
    analysis = _assembled(decisions, scores, plan.groups)
    placed = structure(inventory, dependencies, members, params)
    sizing = size(facts, decisions, prices, params.sizing)
    summary = {
        **summarise(facts, analysis, listed, plan.groups, day, dates),
        "wave_plan": plan.summary,
        "structure": structure_summary(placed),
        "groups": group_summary(plan.groups, listed),
        "sizing": sizing_summary(sizing, facts, prices, params.sizing),
    }
    assessed = Assessed(inventory, members, analysis, listed, sizing, placed)
    questions = ask_next(assessed, left)
    told = [
        *without_target(rules.strategies, facts), *strategy_findings(facts, day, dates, params.strategy),
        *sizing_findings(sizing, prices, day), *plan.findings,
    ]  # fmt: skip
    return AnalysisOutcome(
        analysis, listed, plan.groups, grouped.members, placed, sizing, plan.waves, plan.cut_edges,
        findings_frame(told), questions, tuple(narratives(assessed, plan.cut_edges, questions, summary)), summary,
        plan.kept,
    )  # fmt: skip
