"""What was delivered, the assets known by it and what each column was taken for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from discovery_pipeline.store.tables.base import Base


class SourceFile(Base):
    """One file as it was delivered: the row stays when the file is superseded or withdrawn.

    batch: number of the `ingest` that brought it, from 1. file: path relative to what was ingested. as_of: the
    snapshot's date (midnight) where the user stated one, else the time of ingestion; UTC without zone, as in
    frames. series: `file` without dates and counters, the same for every delivery of a feed's file. size: bytes.
    """

    __tablename__ = "source_files"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    batch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    as_of_is_explicit: Mapped[bool]
    ingested_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class AssetIdentity(Base):
    """The registry of asset ids: what each asset was first seen by, and every strong identifier seen since.

    A row is never changed: what a run adds to an asset is a further row, of the run's generation; the newest counts.
    No foreign key to tenants: its check would cost several times the load of 1,000,000 rows.
    """

    __tablename__ = "asset_identities"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[str] = mapped_column(primary_key=True)
    identifier: Mapped[str]
    ordinal: Mapped[int] = mapped_column(BigInteger)
    identifiers: Mapped[list[str]]


class InventoryGeneration(Base):
    """One inventory run over an input of its own; see domain/inventory/identities/generations.py for the columns.

    registered: a hash of its rows in the registry.
    """

    __tablename__ = "inventory_generations"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    files: Mapped[str]
    input: Mapped[str]
    corrections: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    registered: Mapped[str]
    baseline: Mapped[str | None]
    delivery: Mapped[str | None]
    missing: Mapped[str | None]


class ChosenMapping(Base):
    """What the tenant's last run made of one source column; field is null for an unmapped one."""

    __tablename__ = "column_mappings"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.name"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    header: Mapped[str]
    field: Mapped[str | None]
    confidence: Mapped[float]
    status: Mapped[str]
    unit: Mapped[str | None]
    transform: Mapped[str | None]
    method: Mapped[str]
    why: Mapped[list[str]]
    alternatives: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
