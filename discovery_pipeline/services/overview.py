"""A short look at a tenant's results: how many of what, what was set aside, one value that sources dispute.

Keep out: how it is shown; the report for people (files.reports).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.schema import fields
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline.services.inventory.claims import Records, all_records, field_claims
from discovery_pipeline.services.inventory.explain import explain
from discovery_pipeline.services.run_frames import RunFrames, run_frames

# The first of these fields that sources dispute makes the example: what anyone understands at once comes first.
TELLING_FIELDS = (
    "memory_mib", "os_name", "environment", "business_owner", "lifecycle_status", "storage_total_gib", "cpu_count",
)  # fmt: skip
COUNTED = (
    ("asset types", "inventory", "inventory", "classified_type"),
    ("dependencies", "dependencies", "dependencies", "kind"),
    ("strategies", "analysis", "analysis", "strategy"),
    ("waves", "analysis", "analysis", "wave"),
    ("set aside", "quarantined_records", "rows", "reason"),
)


def overview(frames: TenantFrames) -> dict[str, Any]:
    """counts: title -> value -> how many, most frequent first. disputed: an example with its claims, or None."""
    run = run_frames(frames)
    return {"counts": result_counts(run), "disputed": _disputed(run, frames) if run.has("inventory") else None}


def result_counts(run: RunFrames) -> dict[str, dict[str, int]]:
    """Title -> value -> how many, most frequent first; only what was made. Reads one column of each frame."""
    return {title: _counts(run, asset, part, column) for title, asset, part, column in COUNTED if run.has(asset, part)}


def _counts(run: RunFrames, asset: str, part: str, column: str) -> dict[str, int]:
    values = run.scan(asset, part).select(pl.col(column).cast(pl.String).fill_null("none"))
    by_count = values.group_by(column).len().collect().sort(["len", column], descending=[True, False])
    if column == "wave":
        by_count = by_count.sort(pl.col(column).cast(pl.Int64, strict=False), nulls_last=True)
    return dict(by_count.iter_rows())


def _disputed(run: RunFrames, frames: TenantFrames) -> dict[str, Any] | None:
    """The asset whose records disagree most about a field."""
    records = all_records(run)
    for field in TELLING_FIELDS:
        disputes = _disputes(records, field)
        if len(disputes):
            asset_id = records.assets[disputes.item(0, "asset_no")]
            return {"disputes": len(disputes), **_example(run, frames, asset_id, field)}
    return None


def _disputes(records: Records, field: str) -> pl.DataFrame:
    claims = field_claims(records, field)
    spoken = claims.group_by("asset_no").agg(pl.col("claim").n_unique().alias("values"), pl.len().alias("claims"))
    lost = claims.filter(~pl.col("chosen")).select("asset_no").unique()
    disputed = spoken.filter(pl.col("values") > 1).join(lost, on="asset_no", how="semi")
    return disputed.sort(["values", "claims", "asset_no"], descending=[True, True, False])


def _example(run: RunFrames, frames: TenantFrames, asset_id: str, field: str) -> dict[str, Any]:
    explained = explain(frames, asset_id, field).fields[0]
    unit = fields("asset")[field].unit
    return {
        "asset": _unique_name(run, asset_id),
        "field": field,
        "unit": unit,
        "value": explained.value,
        "claims": [
            {
                "chosen": c.chosen,
                "value": c.value,
                "place": f"{c.file} [{c.table}] row {c.row}",
                "rule": c.rule,
            }
            for c in explained.claims
        ],
    }


def _unique_name(run: RunFrames, asset_id: str) -> str:
    """The asset's name, or its id where another asset has the same name."""
    inventory = run.scan("inventory", "inventory")
    name = display_name(inventory.filter(pl.col("asset_id") == asset_id).collect().row(0, named=True))
    same = inventory.filter(pl.col("hostname") == name).select(pl.len()).collect().item()
    return name if same == 1 else asset_id
