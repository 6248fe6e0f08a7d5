"""The inventory that a run would make: over the registry and the baselines that it would read, and writing neither."""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.inventory.generations import MadeFrom, before, generation_over
from discovery_pipeline.store.identities import load_registry
from discovery_pipeline.store.session import Database


def scratch_inventory(
    database: Database, frames: TenantFrames, tables: Sequence[CleanTable], made_from: MadeFrom
) -> InventoryOutcome:
    """The inventory of these tables in the generation that a run over this input would be."""
    made = generation_over(database, frames, made_from).generation
    seen = load_registry(database, frames.tenant, made.number)
    params = InventoryParams(preferred=made_from.preferred)
    return reconcile(tables, seen, before(frames, made), frames.tenant, params, rules=made_from.rules)
