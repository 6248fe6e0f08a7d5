"""What tenants that agreed to it share: nothing but that a header means a field, where enough of them say so.

A tenant sees only its own rows; the others' reach it counted, by a function of the owner's (migration 0005). Keep out:
what may be shared (domain/learning/sharing.py), how much it weighs (domain/mapping/recall/shared.py).
"""

from __future__ import annotations

from sqlalchemy import text

from discovery_pipeline.domain.learning.sharing import SharedLesson
from discovery_pipeline.store.locks import lock_key
from discovery_pipeline.store.patterns import standing_patterns
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.shared_rows import ON, SHARE_LEARNING, add, remove_all
from discovery_pipeline.store.tenant_settings import put_setting

SHARED = text("SELECT header_key, record, product, field, tenants FROM lessons_of_sharing_tenants()")


def switch_sharing(database: Database, tenant: str, value: str) -> None:
    """Set whether the tenant shares and is given what others share; with it, its rows come or go.

    value: "on", anything else is off. Raises UsageError for an unknown tenant.
    """
    with database.tenant_session(tenant) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("corrections", tenant)})
        put_setting(session, tenant, SHARE_LEARNING, value)
        remove_all(session)
        if value == ON:
            add(session, tenant, standing_patterns(session, tenant, ["mapping"]))


def shared_lessons(database: Database, tenant: str) -> dict[SharedLesson, int]:
    """What at least three tenants that share say, most of those that know the header; to a tenant that shares.

    Returns with each at least how many say so: 3, 5 or 10. Empty for a tenant that does not share. Raises UsageError
    for an unknown one.
    """
    with database.tenant_session(tenant) as session:
        return {SharedLesson(*row[:4]): row[4] for row in session.execute(SHARED)}
