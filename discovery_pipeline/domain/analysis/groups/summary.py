"""Groups and structure in figures for people. JSON-ready."""

from __future__ import annotations

from typing import Any

import polars as pl


def structure_summary(structure: pl.DataFrame) -> dict[str, Any]:
    """Circles and assets in them, single points of failure, and the assets whose failure reaches furthest.

    structure: STRUCTURE.
    """
    inside = structure.drop_nulls("cycle")
    widest = structure.filter(pl.col("blast_radius") > 0).sort(["blast_radius", "asset_id"], descending=[True, False])
    return {
        "circles": inside["cycle"].n_unique(),
        "assets_in_circles": len(inside),
        "single_points_of_failure": int(structure["single_point_of_failure"].sum()),
        "widest_reach": widest.head(10).select("asset_id", "blast_radius", "applications").to_dicts(),
    }


def group_summary(groups: pl.DataFrame, applications: pl.DataFrame) -> dict[str, Any]:
    """Sizes of the groups, what their cuts leave, how stable they are. groups: MOVE_GROUPS. applications: APPLICATIONS.

    cut_share: of the summed confidence of all ties that part which leads from one group to another, in [0, 1].
    """
    # Every cut tie is counted by both its groups.
    cut, inner = float(groups["cut_weight"].sum()) / 2, float(groups["inner_weight"].sum())
    several = groups.filter(pl.col("size") > 1)
    return {
        "groups": len(groups),
        "of_one_asset": len(groups) - len(several),
        "largest": int(groups["size"].max() or 0),  # type: ignore[arg-type]
        "cut_share": round(cut / (cut + inner), 4) if cut + inner else 0.0,
        "stability": _mean(several, "stability"),
        "proposed_applications": len(applications.filter(pl.col("origin") == "proposed")),
    }


def _mean(groups: pl.DataFrame, column: str) -> float | None:
    """The mean over assets, so that large groups count for what they hold; None without groups."""
    total = int(groups["size"].sum())
    return round(float((groups[column] * groups["size"]).sum()) / total, 4) if total else None
