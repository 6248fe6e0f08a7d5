"""What the checks of each run found, and how sure each run was of its mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "quality_results",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "run_id", "asset", "check")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("phase", "version")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("passed", "blocking", "published")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("rows", "unexpected")),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "asset", "check", name="pk_quality_results"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_quality_results_tenant_id"),
    )
    op.create_index("ix_quality_results_asset", "quality_results", ["tenant_id", "asset", "check", "made_at"])
    protect("quality_results")
    op.create_table(
        "mapping_outcomes",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "run_id")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("accepted", "review", "unmapped", "recalled")),
        sa.Column("confidence", sa.Double),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", name="pk_mapping_outcomes"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_mapping_outcomes_tenant_id"),
    )
    op.create_index("ix_mapping_outcomes_made_at", "mapping_outcomes", ["tenant_id", "made_at"])
    protect("mapping_outcomes")
