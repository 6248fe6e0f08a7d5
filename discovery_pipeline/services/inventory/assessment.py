"""What the analysis says of one asset: strategy, applications, place in the graph, move group, wave, size and price.

Keep out: how it is shown, and where the asset's own values came from (explain).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.services.run_frames import RunFrames

Rows = list[dict[str, Any]]
# The contract's bound: memberships at or above it are believed.
BELIEVED = 0.5


def assessment(run: RunFrames, asset_id: str) -> dict[str, Any] | None:
    """The asset's row of the analysis, and beside it, where a run tells them: `applications` (memberships, with the
    application's name), `place` (its row of the structure), `group` (id, reason, why in that wave), `wave_plan` (its
    wave's row), `cut_edges` (its needs across waves), `sizing` (a row per provider), `told` (sentences about it or its
    applications) and `questions` (what its owners are asked about it). None before it was assessed.
    """
    mine = _rows(run, "analysis", "analysis", pl.col("asset_id") == asset_id)
    if not mine:
        return None
    own = pl.col("asset_id") == asset_id
    wave = mine[0].get("wave")
    ends = (pl.col("from_asset") == asset_id) | (pl.col("to_asset") == asset_id)
    return {
        **mine[0],
        "applications": _applications(run, asset_id),
        "place": _one(_rows(run, "analysis", "structure", own)),
        "group": _group(run, asset_id),
        "wave_plan": None if wave is None else _one(_rows(run, "analysis", "waves", pl.col("wave") == wave)),
        "cut_edges": _rows(run, "analysis", "cut_edges", ends),
        "sizing": _rows(run, "analysis", "sizing", own),
        "told": _told(run, asset_id),
        "questions": _rows(run, "analysis", "questions", pl.col("subjects").list.contains(asset_id)),
    }


def _rows(run: RunFrames, asset: str, part: str, which: pl.Expr) -> Rows:
    return run.scan(asset, part).filter(which).collect().to_dicts() if run.has(asset, part) else []


def _one(rows: Rows) -> dict[str, Any] | None:
    return rows[0] if rows else None


def _applications(run: RunFrames, asset_id: str) -> Rows:
    """What it serves, the surest first."""
    served = _rows(run, "dependencies", "memberships", pl.col("asset_id") == asset_id)
    ids = [membership["application_id"] for membership in served]
    listed = _rows(run, "analysis", "applications", pl.col("application_id").is_in(ids))
    names = {application["application_id"]: application["name"] for application in listed}
    named = [{"name": names.get(each["application_id"]), **each} for each in served]
    return sorted(named, key=lambda each: (-(each["confidence"] or 0), each["application_id"]))


def _told(run: RunFrames, asset_id: str) -> Rows:
    """Rationales of the asset itself or of the applications that it is believed to serve."""
    served = _rows(run, "dependencies", "memberships", pl.col("asset_id") == asset_id)
    ids = [asset_id, *(each["application_id"] for each in served if (each["confidence"] or 0) >= BELIEVED)]
    return _rows(run, "analysis", "narratives", (pl.col("kind") == "rationale") & pl.col("subject").is_in(ids))


def _group(run: RunFrames, asset_id: str) -> dict[str, Any] | None:
    member = _one(_rows(run, "analysis", "group_members", pl.col("asset_id") == asset_id))
    if member is None:
        return None
    group = _one(_rows(run, "analysis", "move_groups", pl.col("group_id") == member["group_id"])) or {}
    return {**group, **member, "members": len(group.get("members") or [])}
