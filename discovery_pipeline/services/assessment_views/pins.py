"""Move groups pinned to a wave: the planned wave of each of their assets, decided by a person. The next run follows.

Keep out: recording and undoing, which are those of every decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from discovery_pipeline.domain.analysis.waves.labels import wave_number
from discovery_pipeline.domain.learning.corrections import standing
from discovery_pipeline.services.assessment_views.board import WaveBoard
from discovery_pipeline.services.due_runs import corrections_used
from discovery_pipeline.services.learning.deciding.decisions import AssetValueDecision
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections

PLANNED_WAVE = "planned_wave"


@dataclass(frozen=True)
class Pin:
    """A group whose assets a person planned in a wave. numbers: of the corrections. waits: for a run.

    assets: of the group, so decided; of: how many it has.
    """

    group_id: str
    label: str
    wave: int
    assets: int
    of: int
    author: str
    made_at: datetime
    numbers: tuple[int, ...]
    waits: bool


def pinning(board: WaveBoard, moves: Mapping[str, int], reason: str = "") -> list[AssetValueDecision]:
    """The decisions that put groups into waves (group_id -> wave): one for each of their assets."""
    return [
        AssetValueDecision(asset=asset, field=PLANNED_WAVE, value=str(moves[group]), reason=reason)
        for group, asset in board.members(moves).iter_rows()
    ]


def pins(workspace: Workspace, tenant: str, board: WaveBoard) -> list[Pin]:
    """The groups of the board that people pinned, the newest first. What was decided of assets that move no more, or
    names no wave, is no pin.
    """
    holds = [
        correction
        for correction in standing(corrections(workspace.database, tenant)).values()
        if correction.what.target.get("field") == PLANNED_WAVE and "asset_id" in correction.what.target
    ]
    if not holds:
        return []
    used = corrections_used(workspace.frames.open(tenant))["value"]
    said = pl.DataFrame(
        [
            (c.what.target["asset_id"], wave_number(c.what.said.get("value")), c.what.author, c.made_at, c.number)
            for c in holds
        ],
        schema=["asset_id", "wave", "author", "made_at", "number"],
        orient="row",
        infer_schema_length=None,
    ).drop_nulls("wave")
    sizes = dict(board.groups.select("group_id", "size").iter_rows())
    labels = dict(board.groups.select("group_id", "label").iter_rows())
    grouped = (
        said.join(board.members_of(said["asset_id"].to_list()), on="asset_id")
        .sort("number")
        .group_by("group_id", "wave", maintain_order=True)
        .agg(pl.col("author", "made_at").last(), numbers="number")
    )
    found = [
        Pin(
            row["group_id"], labels[row["group_id"]], row["wave"], len(row["numbers"]), sizes[row["group_id"]],
            row["author"], row["made_at"], tuple(row["numbers"]), max(row["numbers"]) > used,
        )
        for row in grouped.iter_rows(named=True)
    ]  # fmt: skip
    return sorted(found, key=lambda pin: (-max(pin.numbers), pin.group_id))
