"""How agents asked in each run, so that a replay asks the same questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "model_plans",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "run_id", "agent")),
        sa.Column("endpoints", sa.ARRAY(sa.Text), nullable=False),
        *(sa.Column(name, sa.Integer) for name in ("together", "concurrency")),
        sa.Column("use_kept", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "agent", name="pk_model_plans"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_model_plans_tenant_id"),
    )
    protect("model_plans")
