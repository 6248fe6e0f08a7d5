"""The registry of asset ids, as frames."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import REGISTRY
from discovery_pipeline.store.bulk import insert_frame, read_frame
from discovery_pipeline.store.session import Database

# Sorted here: the database's C.UTF-8 order is that of polars, and the same registry always gives the same frame.
EVERY_IDENTITY = """
SELECT asset_id, identifier, ordinal, array_to_json(identifiers)::text AS identifiers
  FROM asset_identities ORDER BY asset_id COLLATE "C"
"""


def load_registry(database: Database, tenant: str) -> pl.DataFrame:
    """Every identity of the tenant: REGISTRY, sorted by asset_id."""
    with database.tenant_session(tenant) as session:
        return read_frame(session, EVERY_IDENTITY, REGISTRY)


def save_registry(database: Database, tenant: str, registry: pl.DataFrame) -> int:
    """Add new identities and replace those whose asset_id is known; others stay. Returns the number written.

    registry: REGISTRY, each asset_id once.
    """
    with database.tenant_session(tenant) as session:
        # In the order of the key its index fills from one side, in two thirds of the time.
        ordered = registry.select(list(REGISTRY)).sort("asset_id")
        return insert_frame(session, "asset_identities", ordered, replacing="asset_id")
