"""The registry of asset ids, as frames: what every run registered, by generation."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict

import polars as pl
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.handoffs import REGISTRY
from discovery_pipeline.domain.inventory.identities.generations import Generation, Plan
from discovery_pipeline.store.bulk import insert_frame, read_frame
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import AssetIdentity, InventoryGeneration

# Sorted here: the database's C.UTF-8 order is that of polars, and the same registry always gives the same frame.
NEWEST_IDENTITIES = """
SELECT DISTINCT ON (asset_id COLLATE "C")
       asset_id, identifier, ordinal, array_to_json(identifiers)::text AS identifiers
  FROM asset_identities WHERE generation <= %d ORDER BY asset_id COLLATE "C", generation DESC
"""
COMPACT = text("""
DELETE FROM asset_identities old USING asset_identities new
 WHERE new.asset_id = old.asset_id AND old.generation < new.generation AND new.generation < :number
""")
_NEWEST = 2**62


def load_generations(database: Database, tenant: str) -> tuple[Generation, ...]:
    """The generations that are kept, by number."""
    with database.tenant_session(tenant) as session:
        rows = session.execute(select(InventoryGeneration).order_by(InventoryGeneration.number)).scalars()
        return tuple(
            Generation(r.number, r.files, r.input, frozenset(r.corrections), r.baseline, r.delivery, r.missing)
            for r in rows
        )


def load_registry(database: Database, tenant: str, before: int = _NEWEST) -> pl.DataFrame:
    """Every identity of the tenant as it stood before a generation: REGISTRY, sorted by asset_id."""
    with database.tenant_session(tenant) as session:
        return read_frame(session, NEWEST_IDENTITIES % (before - 1), REGISTRY)


def identities_of(database: Database, tenant: str, asset_ids: Collection[str]) -> pl.DataFrame:
    """The newest identity of each of these assets: REGISTRY, sorted by asset_id. Unknown ones have no row."""
    wanted = select(AssetIdentity).where(AssetIdentity.asset_id.in_(sorted(set(asset_ids))))
    with database.tenant_session(tenant) as session:
        found = session.execute(wanted.order_by(AssetIdentity.generation)).scalars()
        newest = {row.asset_id: {name: getattr(row, name) for name in REGISTRY} for row in found}
    return pl.DataFrame([newest[asset_id] for asset_id in sorted(newest)], schema=REGISTRY)


def save_registry(database: Database, tenant: str, registry: pl.DataFrame, plan: Plan) -> int:
    """Register what a generation adds, in the place of what it and later ones had; returns the number of rows written.

    registry: REGISTRY, each asset_id once. A generation that is there and says the same is not written again.
    """
    number = plan.generation.number
    with database.tenant_session(tenant) as session:
        # In the order of the key its index fills from one side, in two thirds of the time.
        ordered = registry.select(list(REGISTRY)).sort("asset_id")
        registered = _digest(ordered)
        again = _is_there(session, plan.generation, registered)
        _drop_from(session, number + 1 if again else number)
        _compact(session, plan.compact_before)
        if again:
            return 0
        _add(session, tenant, plan.generation, registered)
        return insert_frame(session, "asset_identities", ordered.with_columns(generation=pl.lit(number, pl.Int64)))


def _digest(rows: pl.DataFrame) -> str:
    # Another version of polars hashes otherwise; then the rows are written once more, and nothing else happens.
    return hashlib.sha256(rows.hash_rows().to_numpy().tobytes()).hexdigest()


def _is_there(session: Session, generation: Generation, registered: str) -> bool:
    same = select(InventoryGeneration).where(InventoryGeneration.number == generation.number)
    row = session.execute(same).scalar_one_or_none()
    return row is not None and (row.input, row.registered) == (generation.input, registered)


def _drop_from(session: Session, number: int) -> None:
    session.execute(delete(AssetIdentity).where(AssetIdentity.generation >= number))
    session.execute(delete(InventoryGeneration).where(InventoryGeneration.number >= number))


def _compact(session: Session, number: int) -> None:
    """Of what was registered before this generation the newest of each asset stays."""
    gone = session.execute(delete(InventoryGeneration).where(InventoryGeneration.number < number))
    if gone.rowcount:  # type: ignore[attr-defined]  # CursorResult for a delete
        session.execute(COMPACT, {"number": number})


def _add(session: Session, tenant: str, generation: Generation, registered: str) -> None:
    row = {**asdict(generation), "corrections": sorted(generation.corrections), "registered": registered}
    session.execute(insert(InventoryGeneration).values(tenant_id=tenant, **row))
