"""From strategies to move groups and waves: which assets move, in which group, when.

Keep out: how communities are found (grouping.py) and how the calendar fills (waves.py).
"""

from __future__ import annotations

import base64
import hashlib

import polars as pl

from discovery_pipeline.domain.analysis.groups.grouping import NODES, find_groups
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.calendar import (
    CRITICALITIES,
    ENVIRONMENTS,
    UNKNOWN_CRITICALITY,
    UNKNOWN_ENVIRONMENT,
    Group,
    capacity,
    plan,
    planned_waves,
)
from discovery_pipeline.domain.handoffs import MOVE_GROUPS, empty

# Strategies that carry an asset somewhere; a replaced one is switched over in a wave, too.
MOVING = ("rehost", "replatform", "refactor", "rearchitect", "replace")


def _nodes(facts: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """NODES, with the ranks environment and criticality: the living assets whose strategy moves them."""
    moving = facts.drop("planned").join(
        decisions.filter(pl.col("strategy").is_in(MOVING)).select("asset_id"), on="asset_id", how="semi"
    )
    labels = planned_waves(moving["planned_wave"])
    ranked = (
        moving.filter(~pl.col("vanished").fill_null(value=False))
        .join(labels, left_on="planned_wave", right_on="label", how="left")
        .sort("asset_id")
        .with_columns(
            environment_rank=pl.col("environment").replace_strict(ENVIRONMENTS, default=None, return_dtype=pl.Int64),
            criticality_rank=pl.col("criticality").replace_strict(CRITICALITIES, default=None, return_dtype=pl.Int64),
        )
    )
    # Servers without a label are mostly production's: they go with it where their application has some.
    early = pl.col("environment_rank").replace_strict({0: "0", 1: "0", 2: "1"}, default="2", return_dtype=pl.String)
    numbered = ranked.with_columns(node=pl.int_range(pl.len(), dtype=pl.Int64), bucket=early)
    return numbered.select(*NODES, "environment_rank", "criticality_rank")


def _groups(grouped: pl.DataFrame) -> list[Group]:
    """One Group per number, in order; a group ranks with the latest and most critical of its assets."""
    ranks = grouped.group_by("group").agg(
        size=pl.len(),
        environment=pl.col("environment_rank").max().fill_null(UNKNOWN_ENVIRONMENT),
        criticality=pl.col("criticality_rank").max().fill_null(UNKNOWN_CRITICALITY),
        planned=pl.col("planned").first(),
    )
    return [
        Group(size, (environment, criticality), planned)
        for _, size, environment, criticality, planned in ranks.sort("group").iter_rows()
    ]


def _needs(grouped: pl.DataFrame, dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    """Columns dependent, provider (group numbers), edges: believed needs between groups.

    Shared services set no order: they are reached from both sides while an estate moves, and would come before all.
    """
    needing = ("tier", "application", "hosting")
    edges = dependencies.filter(pl.col("confidence") >= believed, pl.col("kind").is_in(needing))
    ends = grouped.select("asset_id", "group")
    joined = edges.join(ends.rename({"asset_id": "from_asset", "group": "dependent"}), on="from_asset").join(
        ends.rename({"asset_id": "to_asset", "group": "provider"}), on="to_asset"
    )
    between = joined.filter(pl.col("dependent") != pl.col("provider"))
    return between.group_by("dependent", "provider").agg(pl.len().alias("edges")).sort("dependent", "provider")


def group_id(members: list[str]) -> str:
    """`g_` and 20 base32 characters of the sha256 of the sorted members: the same members, the same id."""
    digest = hashlib.sha256("\n".join(members).encode()).digest()
    return "g_" + base64.b32encode(digest).decode().lower()[:20]


def move_groups(
    facts: pl.DataFrame,
    decisions: pl.DataFrame,
    dependencies: pl.DataFrame,
    members: pl.DataFrame,
    params: AnalysisParams,
) -> tuple[pl.DataFrame, int]:
    """(MOVE_GROUPS sorted by wave and id, needs that a planned wave breaks)."""
    nodes = _nodes(facts, decisions)
    if not len(nodes):
        return empty(MOVE_GROUPS), 0
    found = find_groups(nodes.select(*NODES), dependencies, members, params)
    grouped = found.join(nodes.select("asset_id", "environment_rank", "criticality_rank"), on="asset_id", how="left")
    needs = _needs(grouped, dependencies, params.believed)
    waves = plan(_groups(grouped), needs, capacity(len(nodes), params.waves))
    listed = found.group_by("group").agg(members=pl.col("asset_id").sort()).sort("group")
    ids = pl.Series("group_id", [group_id(m) for m in listed["members"].to_list()], dtype=pl.String)
    frame = listed.with_columns(ids, wave=pl.Series(waves, dtype=pl.Int64))
    order = pl.Series(waves, dtype=pl.Int64)
    broken = int((order.gather(needs["provider"]) > order.gather(needs["dependent"])).sum())
    return frame.select(list(MOVE_GROUPS)).sort("wave", "group_id"), broken
