"""Identities by generation: what an inventory run registered can be taken back, and made again to the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # What was registered before there were generations is one: nothing of it is ever taken back.
    op.add_column("asset_identities", sa.Column("generation", sa.BigInteger, nullable=False, server_default="0"))
    op.alter_column("asset_identities", "generation", server_default=None)
    op.drop_constraint("pk_asset_identities", "asset_identities")
    op.create_primary_key("pk_asset_identities", "asset_identities", ["tenant_id", "generation", "asset_id"])
    op.create_table(
        "inventory_generations",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("corrections", sa.ARRAY(sa.BigInteger), nullable=False),
        sa.Column("registered", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("baseline", "delivery", "missing")),
        sa.PrimaryKeyConstraint("tenant_id", "number", name="pk_inventory_generations"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_inventory_generations_tenant_id"),
    )
    protect("inventory_generations")
