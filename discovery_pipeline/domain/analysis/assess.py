"""The analysis phase as one function: facts, strategies with reasons, readiness, applications, move groups, waves.

Keep out: every rule and every heuristic, each of which has its own module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.facts import gather
from discovery_pipeline.domain.analysis.groups.applications import application_members, applications
from discovery_pipeline.domain.analysis.groups.moves import move_groups
from discovery_pipeline.domain.analysis.lifecycle.support import lifecycle
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.readiness.readiness import readiness
from discovery_pipeline.domain.analysis.strategy.decided import without_target
from discovery_pipeline.domain.analysis.strategy.plans import application_plans
from discovery_pipeline.domain.analysis.strategy.strategy import strategies
from discovery_pipeline.domain.analysis.summary import summarise
from discovery_pipeline.domain.handoffs import ANALYSIS, finding, findings_frame
from discovery_pipeline.domain.learning.rules import Rules

_NOTHING_LEARNED = Rules()
# Tables older than this say too little about support today.
_STALE_DAYS = 400


@dataclass(frozen=True)
class AnalysisOutcome:
    """Frames of the hand-off schemas of the same names; summary: counts, JSON-ready."""

    analysis: pl.DataFrame
    applications: pl.DataFrame
    move_groups: pl.DataFrame
    findings: pl.DataFrame
    summary: dict[str, Any]


def data_date(inventory: pl.DataFrame) -> date:
    """The day the data speaks of: when nearly all of it (99 %) had been seen; without dates, the lifecycle table's day.

    Not the latest date, because one machine with a wrong clock would move it.
    """
    seen = inventory["last_seen"].drop_nulls().sort()
    if not len(seen):
        return lifecycle().as_of
    latest: date = seen[int(0.99 * (len(seen) - 1))].date()
    return latest


def _assembled(facts: pl.DataFrame, decisions: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """ANALYSIS, one row per asset, sorted; reasons: the strategy's, then what readiness lost."""
    waves = groups.select("wave", asset_id="members").explode("asset_id", empty_as_null=False)
    none = pl.lit([], dtype=pl.List(pl.String))
    joined = decisions.join(readiness(facts), on="asset_id", how="left").join(waves, on="asset_id", how="left")
    return (
        joined.select(
            "asset_id",
            "strategy",
            reasons=pl.concat_list("why", pl.col("gaps").fill_null(none)),
            readiness=pl.col("readiness").fill_null(100.0),
            confidence="confidence",
            wave="wave",
        )
        .select(pl.col(n).cast(t) for n, t in ANALYSIS.items())
        .sort("asset_id")
    )


def _findings(summary: dict[str, Any], facts: pl.DataFrame, broken: int, as_of: date, rules: Rules) -> pl.DataFrame:
    rows = without_target(rules.strategies, facts)
    if broken:
        rows.append(
            finding(
                "analysis", "warning", "planned_waves_against_dependencies",
                f"{broken} dependencies between move groups have their provider in a later wave",
                "the planned waves of the data were kept; check their order",
            )
        )  # fmt: skip
    unread = facts.filter(pl.col("planned_strategy").is_not_null(), pl.col("planned").is_null())
    if len(unread):
        words = ", ".join(repr(w) for w in unread["planned_strategy"].unique().sort().head(5))
        rows.append(
            finding(
                "analysis", "warning", "planned_strategy_not_understood",
                f"{len(unread)} planned treatments name no strategy: {words}",
                "use one of rehost, replatform, refactor, rearchitect, replace, retire, retain",
            )
        )  # fmt: skip
    if summary["os_support"]["ended"]:
        rows.append(
            finding(
                "analysis", "warning", "operating_systems_out_of_support",
                f"{summary['os_support']['ended']} of {summary['servers']} servers run a system that its vendor no "
                f"longer supports on {as_of.isoformat()}",
                "see the reasons of each asset; upgrade, replatform or retire",
            )
        )  # fmt: skip
    if abs((as_of - lifecycle().as_of).days) > _STALE_DAYS:
        rows.append(
            finding(
                "analysis", "info", "lifecycle_table_far_from_data",
                f"the table of support dates is of {lifecycle().as_of.isoformat()}, the data of {as_of.isoformat()}",
                "support is judged on the data's day; bring the table up to date where dates have changed since",
            )
        )  # fmt: skip
    return findings_frame(rows)


def assess(
    inventory: pl.DataFrame,
    dependencies: pl.DataFrame,
    as_of: date | None = None,
    params: AnalysisParams | None = None,
    rules: Rules = _NOTHING_LEARNED,
) -> AnalysisOutcome:
    """Readiness, strategy with reasons, applications, move groups and waves of an estate.

    inventory: INVENTORY. dependencies: DEPENDENCIES. as_of: the day on which support and ages are judged; None: the day
    the data speaks of (data_date), so that the same files give the same result on every day. rules: its strategy rules
    win over all others.
    """
    params = params or AnalysisParams()
    day = as_of or data_date(inventory)
    facts = gather(inventory, dependencies, day, params.believed)
    members = application_members(inventory, dependencies, params.believed)
    plans = application_plans(facts, members, dependencies, params.believed)
    decisions = strategies(
        facts.join(plans, on="asset_id", how="left", maintain_order="left"), members, rules.strategies
    )
    groups, broken = move_groups(facts, decisions, dependencies, members, params)
    analysis = _assembled(facts, decisions, groups)
    listed = applications(inventory, members)
    summary = summarise(facts, analysis, listed, groups, day)
    return AnalysisOutcome(analysis, listed, groups, _findings(summary, facts, broken, day, rules), summary)
