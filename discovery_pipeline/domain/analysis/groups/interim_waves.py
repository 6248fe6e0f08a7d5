"""Waves of groups by the first calendar, until waves/plan.py is wired into assess; then this module goes."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.groups.moves import Grouped
from discovery_pipeline.domain.analysis.groups.ties import TYING
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.calendar import (
    CRITICALITIES,
    ENVIRONMENTS,
    UNKNOWN_CRITICALITY,
    UNKNOWN_ENVIRONMENT,
    Group,
    capacity,
    plan,
)


def with_waves(
    grouped: Grouped, facts: pl.DataFrame, dependencies: pl.DataFrame, params: AnalysisParams
) -> tuple[pl.DataFrame, int]:
    """(MOVE_GROUPS sorted by wave and id, needs that a planned wave breaks)."""
    numbered = grouped.groups.with_row_index("group").join(grouped.planned, on="group_id", how="left")
    members = grouped.members.join(numbered.select("group_id", "group"), on="group_id").join(
        facts.select("asset_id", "environment", "criticality"), on="asset_id"
    )
    ranks = members.group_by("group").agg(
        size=pl.len(),
        environment=pl.col("environment").replace_strict(ENVIRONMENTS, default=None, return_dtype=pl.Int64).max(),
        criticality=pl.col("criticality").replace_strict(CRITICALITIES, default=None, return_dtype=pl.Int64).max(),
    )
    rows = ranks.join(numbered.select("group", "planned"), on="group").sort("group")
    order = rows.with_columns(
        pl.col("environment").fill_null(UNKNOWN_ENVIRONMENT), pl.col("criticality").fill_null(UNKNOWN_CRITICALITY)
    )
    groups = [
        Group(s, (e, c), p) for s, e, c, p in order.select("size", "environment", "criticality", "planned").rows()
    ]
    needing = dependencies.filter(pl.col("confidence") >= params.believed, pl.col("kind").is_in(TYING))
    ends = members.select("asset_id", "group")
    needs = (
        needing.join(ends.rename({"asset_id": "from_asset", "group": "dependent"}), on="from_asset")
        .join(ends.rename({"asset_id": "to_asset", "group": "provider"}), on="to_asset")
        .filter(pl.col("dependent") != pl.col("provider"))
        .select("dependent", "provider")
        .unique()
        .sort("dependent", "provider")
    )
    waves = pl.Series("wave", plan(groups, needs, capacity(len(members), params.waves)), dtype=pl.Int64)
    broken = int((waves.gather(needs["provider"]) > waves.gather(needs["dependent"])).sum())
    return grouped.groups.with_columns(waves).sort("wave", "group_id"), broken
