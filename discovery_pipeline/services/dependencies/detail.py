"""All that is known of one edge and one asset, for the panel beside the map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from discovery_pipeline.services.run_frames import RunFrames

# What a person asks of an asset before deciding about its edges.
FACTS = (
    "environment", "criticality", "lifecycle_status", "os_name", "ip_address", "application_name", "application_role",
    "location", "datacenter", "business_owner", "technical_owner", "department",
)  # fmt: skip


@dataclass(frozen=True)
class EdgeDetail:
    """reasons: what each class of evidence contributes. contradictions: what speaks against the edge."""

    reasons: tuple[str, ...]
    contradictions: tuple[str, ...]
    services: tuple[str, ...]
    first_seen: datetime | None
    last_seen: datetime | None


def edge_detail(run: RunFrames, start: str, end: str, kind: str) -> EdgeDetail | None:
    """What the frames say of an edge between two assets; None where they have none."""
    columns = ("reasons", "contradictions", "services", "first_seen", "last_seen")
    found = run.scan("dependencies", "dependencies").filter(
        pl.col("from_asset") == start, pl.col("to_asset") == end, pl.col("kind") == kind
    )
    rows = found.select(columns).head(1).collect().rows()
    if not rows:
        return None
    reasons, against, services, first, last = rows[0]
    return EdgeDetail(tuple(reasons or ()), tuple(against or ()), tuple(services or ()), first, last)


def asset_facts(run: RunFrames, asset_id: str) -> dict[str, Any]:
    """FACTS of an asset that have a value, then its strategy and wave; {} where it is gone."""
    found = run.scan("inventory", "inventory").filter(pl.col("asset_id") == asset_id).select(FACTS).collect()
    facts = found.row(0, named=True) if len(found) else {}
    if facts and run.has("analysis"):
        analysis = run.scan("analysis", "analysis").filter(pl.col("asset_id") == asset_id)
        facts |= next(analysis.select("strategy", "wave").collect().iter_rows(named=True), {})
    return {name: value for name, value in facts.items() if value not in (None, [])}
