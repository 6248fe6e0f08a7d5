"""Tenants, their source files, asset identities and chosen mappings; row-level security from the start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from discovery_pipeline.store.migrations.tenancy import create_current_tenant, protect

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_current_tenant()
    op.create_table(
        "tenants",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("name", name="pk_tenants"),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'", name="name_is_plain"),
    )
    op.create_table(
        "source_files",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("as_of_is_explicit", sa.Boolean, nullable=False),
        sa.Column("ingested_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("tenant_id", "batch", "source", "file", name="pk_source_files"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_source_files_tenant_id"),
    )
    op.create_table(
        "asset_identities",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("asset_id", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("ordinal", sa.BigInteger, nullable=False),
        sa.Column("identifiers", sa.ARRAY(sa.Text), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "asset_id", name="pk_asset_identities"),
    )
    op.create_table(
        "column_mappings",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("table", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("field", sa.Text),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("transform", sa.Text),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("why", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("alternatives", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "source", "file", "table", "position", name="pk_column_mappings"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_column_mappings_tenant_id"),
    )
    for table in ("source_files", "asset_identities", "column_mappings"):
        protect(table)
