"""Row-level security for a tenant table: every migration that creates one calls `protect`.

Forced, so that it holds for the owner as well. A session that has set no tenant gets an error, not an empty answer:
after the first transaction that set it, PostgreSQL leaves the setting behind as '', which the function refuses. The
sub-select lets the planner call the function once a query instead of once a row.
"""

from __future__ import annotations

from alembic import op

CURRENT_TENANT = """
CREATE FUNCTION current_tenant() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    tenant text := current_setting('app.tenant', true);
BEGIN
    IF tenant IS NULL OR tenant = '' THEN
        RAISE EXCEPTION 'no tenant is set in this transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN tenant;
END $$
"""


def create_current_tenant() -> None:
    """The function that the policies ask."""
    op.execute(CURRENT_TENANT)


def protect(table: str) -> None:
    """Let a session see, add, change and delete only rows of its own tenant."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    mine = "tenant_id = (SELECT current_tenant())"
    op.execute(f"CREATE POLICY own_tenant ON {table} FOR ALL TO PUBLIC USING ({mine}) WITH CHECK ({mine})")
