"""What happened to one asset: how it differs from the inventory before, and what people decided about it."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import CHANGES, empty
from discovery_pipeline.services.learning.history import Entry, history
from discovery_pipeline.services.run_frames import RunFrames
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections


def changes_of_asset(run: RunFrames, asset_id: str) -> pl.DataFrame:
    """CHANGES of the asset since the inventory that this one is compared with; none before that was told."""
    if not run.has("inventory_changes"):
        return empty(CHANGES)
    changes = run.scan("inventory_changes", "inventory_changes")
    return changes.filter(pl.col("asset_id") == asset_id).sort("change", "field").collect()


def decisions_about(workspace: Workspace, tenant: str, asset_id: str) -> tuple[Entry, ...]:
    """The decisions that name the asset, the newest first. Raises UsageError (no such tenant)."""
    log = corrections(workspace.database, tenant)
    numbers = {each.number for each in log if asset_id in each.what.target.values()}
    if not numbers:
        return ()
    return tuple(entry for entry in reversed(history(workspace, tenant).entries) if entry.number in numbers)
