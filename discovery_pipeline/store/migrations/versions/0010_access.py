"""Who may see which tenant, and the one way to ask for a person's tenants without having chosen one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0010"
down_revision = "0009"

# It answers about one address, never lists addresses. The policy of the tenant's own rows is asked here too and takes
# some tenant to be set, whichever.
OF_PERSON = """
CREATE FUNCTION tenants_of_person(person text) RETURNS TABLE (tenant text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.tenant_id, a.role FROM tenant_access a WHERE a.email = tenants_of_person.person;
END
"""


def upgrade() -> None:
    op.create_table(
        "tenant_access",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant_id", "email", "role", "granted_by")),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("tenant_id", "email", name="pk_tenant_access"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_tenant_access_tenant_id"),
    )
    op.create_index("ix_tenant_access_email", "tenant_access", ["email"])
    protect("tenant_access")
    others_call = "session_user <> current_user"
    op.execute(f"CREATE POLICY asked_of_a_person ON tenant_access FOR SELECT TO CURRENT_USER USING ({others_call})")
    op.execute(OF_PERSON)
    op.execute("REVOKE ALL ON FUNCTION tenants_of_person(text) FROM PUBLIC")
