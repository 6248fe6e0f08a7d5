"""The edges of one asset: how many of each kind, and the surest neighbours by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline.services.run_frames import RunFrames

SHOWN = 10


def neighbours(run: RunFrames, asset_id: str) -> dict[str, Any]:
    """depends_on and used_by: edges, kinds (kind -> count) and surest (list of edges); empty before there are edges."""
    if not run.has("dependencies"):
        return {}
    edges = run.scan("dependencies", "dependencies")
    out = _side(run, edges.filter(pl.col("from_asset") == asset_id).with_columns(other="to_asset"))
    into = _side(run, edges.filter(pl.col("to_asset") == asset_id).with_columns(other="from_asset"))
    return {"depends_on": out, "used_by": into}


def _side(run: RunFrames, edges: pl.LazyFrame) -> dict[str, Any]:
    """Edges of one direction: how many of each kind, and the surest ones."""
    # Evidence is read of the surest alone: over millions of edges it weighs more than all the rest.
    ends = ("from_asset", "to_asset", "to_address", "kind")
    narrow = edges.select("other", *ends, "confidence")
    found = narrow.sort(["confidence", "other", "to_address"], descending=[True, False, False]).collect()
    kinds = found.group_by("kind").len().sort("kind")
    surest = found.head(SHOWN)
    named = edges.filter(
        pl.col("other").is_in(surest.get_column("other").drop_nulls().implode()) | pl.col("other").is_null()
    )
    told = named.select(*ends, "evidence").collect()
    shown = surest.join(told, on=ends, how="left", nulls_equal=True, maintain_order="left")
    rows = shown.select("other", "to_address", "kind", "confidence", "evidence").to_dicts()
    names = _names(run, [edge["other"] for edge in rows])
    edges_shown = [{"asset_id": e.pop("other"), **e} for e in rows]
    return {
        "edges": len(found),
        "kinds": dict(kinds.iter_rows()),
        "surest": [{"name": names.get(e["asset_id"], e["to_address"]), **e} for e in edges_shown],
    }


def _names(run: RunFrames, asset_ids: Sequence[str | None]) -> dict[str, str]:
    columns = ["asset_id", "hostname", "fqdn", "source_id", "application_name", "classified_type"]
    inventory = run.scan("inventory", "inventory").select(columns)
    known = [i for i in asset_ids if i]
    return {
        row["asset_id"]: display_name(row)
        for row in inventory.filter(pl.col("asset_id").is_in(known)).collect().iter_rows(named=True)
    }
