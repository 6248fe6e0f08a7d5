"""The tables. Every one that holds a tenant's rows is a TenantOwned: its key begins with tenant_id, and its migration
puts it under forced row-level security (migrations/tenancy.py). A test refuses a table that does neither.

Keep out: queries.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, Double, ForeignKey, Integer, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), float: Double, list[str]: ARRAY(Text)}  # noqa: RUF012


class Tenant(Base):
    """The catalogue: the only table without a tenant's rows, so the only one outside row-level security."""

    __tablename__ = "tenants"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


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

    No foreign key to tenants: its check would cost several times the load of 1,000,000 rows.
    """

    __tablename__ = "asset_identities"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(primary_key=True)
    identifier: Mapped[str]
    ordinal: Mapped[int] = mapped_column(BigInteger)
    identifiers: Mapped[list[str]]


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


def tenant_tables() -> list[str]:
    """Names of all tables that hold tenants' rows, children before parents."""
    return [t.name for t in reversed(Base.metadata.sorted_tables) if "tenant_id" in t.columns]
