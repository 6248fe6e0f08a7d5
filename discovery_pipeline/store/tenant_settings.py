"""What is set for a tenant. Keep out: which settings there are and what they may be (services/tenant_settings.py)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import TenantSetting


def read_settings(database: Database, tenant: str) -> dict[str, str]:
    """Every setting that was ever set, by name. Raises UsageError for an unknown tenant."""
    with database.tenant_session(tenant) as session:
        return {row.name: row.value for row in session.execute(select(TenantSetting.name, TenantSetting.value))}


def write_setting(database: Database, tenant: str, name: str, value: str) -> None:
    """Set it, whatever it was. Raises UsageError for an unknown tenant."""
    with database.tenant_session(tenant) as session:
        put_setting(session, tenant, name, value)


def put_setting(session: Session, tenant: str, name: str, value: str) -> None:
    """Set it inside a transaction that changes more."""
    adding = insert(TenantSetting).values(tenant_id=tenant, name=name, value=value)
    changed = {"value": value, "changed_at": func.now()}
    session.execute(adding.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=changed))
