"""From strategies to move groups: which assets move and in which group, with reasons and figures.

Keep out: how communities are found (grouping.py), and when a group moves (waves).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.groups.grouping import Found, find_groups
from discovery_pipeline.domain.analysis.groups.nodes import NODES, moving_nodes
from discovery_pipeline.domain.analysis.groups.reasons import member_reasons
from discovery_pipeline.domain.analysis.groups.stability import stability
from discovery_pipeline.domain.analysis.groups.ties import ties_between
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.handoffs import GROUP_MEMBERS, MOVE_GROUPS, empty


@dataclass(frozen=True)
class Grouped:
    """groups: MOVE_GROUPS, wave null, sorted by group_id. members: GROUP_MEMBERS, sorted. planned: group_id, planned
    (the wave that the data asks for, of groups that have one).
    """

    groups: pl.DataFrame
    members: pl.DataFrame
    planned: pl.DataFrame


def group_id(anchor: str) -> str:
    """`g_` and 20 base32 characters of the sha256 of the anchor, the asset that a group is called after.

    An anchor stands in one group only, so ids are unique; a group keeps its id while its anchor stays.
    """
    digest = hashlib.sha256(anchor.encode()).digest()
    return "g_" + base64.b32encode(digest).decode().lower()[:20]


def _identified(placed: pl.DataFrame) -> pl.DataFrame:
    """group, group_id. The anchor: the first application asset by id, where there is none the first asset.

    placed: group, type, asset_id, sorted by asset_id.
    """
    # Applications first; either part is in the order of ids as it comes.
    portfolio = pl.col("type") == "application"
    ordered = pl.concat([placed.filter(portfolio), placed.filter(~portfolio)])
    anchors = ordered.unique("group", keep="first", maintain_order=True).select("group", "asset_id")
    ids = pl.Series("group_id", [group_id(anchor) for anchor in anchors["asset_id"]], dtype=pl.String)
    return anchors.select("group").with_columns(ids)


def _weights(found: Found, groups: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(inner, cut) per group: the summed confidence of its ties inside and of those that lead out."""
    a, b = groups[found.ties["a"].to_numpy()], groups[found.ties["b"].to_numpy()]
    weight = found.ties["weight"].to_numpy()
    same = a == b
    inner = np.bincount(a[same], weights=weight[same], minlength=count)
    cut = np.bincount(a[~same], weights=weight[~same], minlength=count)
    return inner, cut + np.bincount(b[~same], weights=weight[~same], minlength=count)


def move_groups(
    facts: pl.DataFrame,
    decisions: pl.DataFrame,
    dependencies: pl.DataFrame,
    members: pl.DataFrame,
    params: AnalysisParams,
    applications: pl.DataFrame | None = None,
) -> Grouped:
    """The move groups of an estate; waves are filled later.

    facts: of facts.gather. decisions: asset_id, strategy. members: MEMBERSHIP. applications: APPLICATIONS, for names.
    """
    nodes = moving_nodes(facts, decisions)
    if nodes.is_empty():
        none = pl.DataFrame(schema={"group_id": pl.String(), "planned": pl.Int64()})
        return Grouped(empty(MOVE_GROUPS), empty(GROUP_MEMBERS), none)
    found = find_groups(
        nodes.select(*NODES), ties_between(nodes, dependencies, params.believed), members, params.groups
    )
    numbers = np.unique(found.groups, return_inverse=True)[1].astype(np.int64)
    placed = nodes.select("asset_id", "type").with_columns(group=pl.Series(numbers), planned=found.planned)
    ids = _identified(placed)
    names = _names(applications)
    reasons = member_reasons(nodes, found, members, names)
    whole = placed.with_columns(reason=reasons).join(ids, on="group", how="left", maintain_order="left")
    frame = _figures(whole, found, numbers, ids, params)
    planned = whole.drop_nulls("planned").select("group_id", "planned").unique().sort("group_id")
    return Grouped(frame, whole.select(*GROUP_MEMBERS).sort("group_id", "asset_id"), planned)


def _names(applications: pl.DataFrame | None) -> pl.DataFrame:
    if applications is None:
        return pl.DataFrame(schema={"application_id": pl.String(), "name": pl.String()})
    return applications.select("application_id", "name")


def _figures(
    whole: pl.DataFrame, found: Found, numbers: np.ndarray, ids: pl.DataFrame, params: AnalysisParams
) -> pl.DataFrame:
    """MOVE_GROUPS without waves, sorted by id. whole: group, asset_id per asset. ids: group, group_id, by group."""
    count = len(ids)
    inner, cut = _weights(found, numbers, count)
    listed = whole.group_by("group").agg(members=pl.col("asset_id").sort(), size=pl.len()).sort("group")
    figures = pl.DataFrame(
        {
            "group": np.arange(count, dtype=np.int64),
            "inner_weight": inner.round(4),
            "cut_weight": cut.round(4),
            "stability": stability(found, numbers, count, params.groups),
        }
    )
    joined = ids.join(listed, on="group").join(figures, on="group")
    known = {**dict.fromkeys(MOVE_GROUPS), **{name: name for name in joined.columns}}
    columns = [
        (pl.col(name) if known[name] else pl.lit(None)).cast(dtype).alias(name) for name, dtype in MOVE_GROUPS.items()
    ]
    return joined.select(columns).sort("group_id")
