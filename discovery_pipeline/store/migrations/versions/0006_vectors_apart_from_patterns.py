"""Vectors apart from their patterns: a search walks all of a tenant's, and walks narrow rows twice as fast."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "pattern_vectors",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "pattern_id", "scope", "model", "text")),
        sa.Column("embedding", Vector(384), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "pattern_id", name="pk_pattern_vectors"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_pattern_vectors_tenant_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pattern_id"], ["patterns.tenant_id", "patterns.pattern_id"],
            name="fk_pattern_vectors_pattern_id", ondelete="CASCADE",
        ),
    )  # fmt: skip
    # Read by every search: never out of line.
    op.execute("ALTER TABLE pattern_vectors ALTER COLUMN embedding SET STORAGE PLAIN")
    protect("pattern_vectors")
    # They follow from the headers: the next run makes them anew, where copying would need every tenant's rights.
    op.drop_column("patterns", "embedding")
    op.drop_column("patterns", "model")
