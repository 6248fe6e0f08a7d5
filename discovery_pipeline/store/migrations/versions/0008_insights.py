"""What phases and agents tell each other in a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "insights",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "run_id")),
        sa.Column("number", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("asset", "version", "author", "kind", "topic")),
        *(sa.Column(name, JSONB, nullable=False) for name in ("about", "content")),
        sa.Column("readers", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("in_reply_to", sa.BigInteger),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Double),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("tenant_id", "number", name="pk_insights"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_insights_tenant_id"),
    )
    op.create_index("ix_insights_run_id", "insights", ["tenant_id", "run_id"])
    op.create_index("ix_insights_asset", "insights", ["tenant_id", "asset", "version"])
    protect("insights")
