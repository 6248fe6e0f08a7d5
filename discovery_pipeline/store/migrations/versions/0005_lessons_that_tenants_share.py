"""Lessons that tenants share, and the one way in which others learn of them: counted, from three tenants on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from discovery_pipeline.store.migrations.tenancy import protect

revision = "0005"
down_revision = "0004"

KEY = ("tenant_id", "header_key", "record", "product", "field")
SHARES = "name = 'share-learning' AND value = 'on'"
# Bound to its tables when it is made, so that no search_path can put others in their place. It runs as the owner, whose
# rows are those of the asking tenant too, unless the policies below let it count.
COUNTED = f"""
CREATE FUNCTION lessons_of_sharing_tenants()
RETURNS TABLE (header_key text, record text, product text, field text, tenants integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH sharing AS (
        SELECT tenant_id FROM tenant_settings WHERE {SHARES}
    ), told AS (
        SELECT l.header_key, l.record, l.product, l.field, l.tenant_id
          FROM shared_lessons l JOIN sharing USING (tenant_id)
    ), knowing AS (
        SELECT t.header_key, t.record, t.product, count(DISTINCT t.tenant_id) AS number
          FROM told t GROUP BY t.header_key, t.record, t.product
    ), saying AS (
        SELECT t.header_key, t.record, t.product, t.field, count(*) AS number
          FROM told t GROUP BY t.header_key, t.record, t.product, t.field
    )
    SELECT s.header_key, s.record, s.product, s.field,
           CASE WHEN s.number >= 10 THEN 10 WHEN s.number >= 5 THEN 5 ELSE 3 END
      FROM saying s JOIN knowing k USING (header_key, record, product)
     WHERE s.number >= 3 AND 2 * s.number > k.number
       AND EXISTS (SELECT FROM sharing mine WHERE mine.tenant_id = (SELECT current_tenant()));
END
"""


def upgrade() -> None:
    op.create_table(
        "shared_lessons",
        *(sa.Column(name, sa.Text, nullable=False) for name in KEY),
        sa.PrimaryKeyConstraint(*KEY, name="pk_shared_lessons"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.name"], name="fk_shared_lessons_tenant_id"),
    )
    protect("shared_lessons")
    _let_the_function_count("shared_lessons", "true")
    _let_the_function_count("tenant_settings", "name = 'share-learning'")
    op.execute(COUNTED)
    op.execute("REVOKE ALL ON FUNCTION lessons_of_sharing_tenants() FROM PUBLIC")


def _let_the_function_count(table: str, rows: str) -> None:
    """Let the owner read these rows of every tenant, only inside a function of its own that somebody else calls."""
    others_call = "session_user <> current_user"
    op.execute(f"CREATE POLICY counted_for_all ON {table} FOR SELECT TO CURRENT_USER USING ({others_call} AND {rows})")
