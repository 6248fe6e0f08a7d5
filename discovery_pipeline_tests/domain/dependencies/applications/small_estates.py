"""Small estates of which some servers' applications are known, and edges between them."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.applications.infer import infer_memberships
from discovery_pipeline.domain.handoffs import DEPENDENCIES, MEMBERSHIPS
from discovery_pipeline_tests.domain.estate import Row, application, inventory, server

CRM, TAX = application("crm", "Customer Relations"), application("tax", "Tax Desk")


def edges(*rows: tuple[str, str] | tuple[str, str, str], confidence: float = 0.95) -> pl.DataFrame:
    """DEPENDENCIES of (from, to[, kind]); kind: tier where none is given."""
    full = [
        {"from_asset": a, "to_asset": b, "kind": k[0] if k else "tier", "evidence": ["observed:443/tcp"],
         "confidence": confidence, "observations": 9}
        for a, b, *k in rows
    ]  # fmt: skip
    return pl.DataFrame(full, schema=DEPENDENCIES)


def team(name: str, code: str, count: int, known: int) -> list[Row]:
    """Servers zrh-CODE-web1 ...; the first `known` name their application."""
    return [
        server(f"{code}{n}", hostname=f"zrh-{code}-web{n}", application_name=[name] if n <= known else None)
        for n in range(1, count + 1)
    ]


def found(rows: list[Row], ties: pl.DataFrame | None = None, believed: float = 0.5) -> dict[str, set[str]]:
    """The believed applications of each asset."""
    frame = infer_memberships(inventory(*rows), edges() if ties is None else ties)
    assert dict(frame.schema) == MEMBERSHIPS
    kept = frame.filter(pl.col("confidence") >= believed)
    held: dict[str, set[str]] = {}
    for asset, name in kept.select("asset_id", "application_id").iter_rows():
        held.setdefault(asset, set()).add(name)
    return held
