"""Runs that were asked to stop at the next phase, and what is left of those that did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "run_holds",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "run_id", "asked_by")),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "job", "before")),
        sa.Column("remaining", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", name="pk_run_holds"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_run_holds_tenant_id"),
    )
    protect("run_holds")
