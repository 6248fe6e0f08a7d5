"""What the dependencies tell others: which types of assets serve everybody. Keep out: who hears it."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.insights.contents import SharedService
from discovery_pipeline.domain.insights.insight import About, Insight, observed

# An asset that so many others use is a shared service; how many types are told.
_LEAST = 5
_MOST = 8
_KINDS: tuple[Literal["infrastructure"], Literal["management"]] = ("infrastructure", "management")


def noticed(edges: pl.DataFrame, inventory: pl.DataFrame) -> list[Insight]:
    """Types of shared services by how many use the most used one. edges: DEPENDENCIES. inventory: INVENTORY."""
    ends = {"infrastructure": ("to_asset", "from_asset"), "management": ("from_asset", "to_asset")}
    return [insight for kind in _KINDS for insight in _of_kind(edges, inventory, kind, *ends[kind])]


def _of_kind(
    edges: pl.DataFrame, inventory: pl.DataFrame, kind: Literal["infrastructure", "management"], service: str, user: str
) -> list[Insight]:
    """What serves stands at the provider's end, what manages at the dependent's."""
    own = edges.lazy().filter(pl.col("kind") == kind, pl.col("confidence") >= 0.5)
    used = own.group_by(asset_id=service).agg(users=pl.col(user).n_unique()).filter(pl.col("users") >= _LEAST)
    types = used.join(inventory.lazy().select("asset_id", "classified_type"), on="asset_id")
    counted = types.group_by("classified_type").agg(services=pl.len(), users=pl.col("users").max())
    rows = counted.sort("users", "classified_type", descending=[True, False]).head(_MOST).collect()
    return [_insight(kind, **row) for row in rows.drop_nulls().to_dicts()]


def _insight(kind: Literal["infrastructure", "management"], classified_type: str, services: int, users: int) -> Insight:
    shown: dict[str, Any] = {"asset_type": classified_type, "services": services, "users": _rounded(users)}
    return observed("dependencies", SharedService(kind=kind, **shown), About("asset", "classified_type"))


def _rounded(users: int) -> int:
    """To one digit, downwards: 347 -> 300."""
    size: int = 10 ** (len(str(users)) - 1)
    return users // size * size
