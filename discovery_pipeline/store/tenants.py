"""The catalogue of tenants. Keep out: a tenant's files and frames, which the composition root removes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.tenancy import TENANT_NAME_RULE, is_tenant_name
from discovery_pipeline.store.session import Database, unknown_tenant
from discovery_pipeline.store.tables import Base, Tenant, tenant_tables


@dataclass(frozen=True)
class TenantRecord:
    """A tenant and when it was added."""

    name: str
    created_at: datetime


def check_name(name: str) -> str:
    """The name itself. Raises UsageError when it breaks the rule for names."""
    if not is_tenant_name(name):
        raise UsageError(f"{name!r} is not a name for a tenant", advice=TENANT_NAME_RULE)
    return name


def add_tenant(database: Database, name: str) -> bool:
    """Add a tenant. Returns False when it was there already: adding twice is no mistake. Raises UsageError."""
    check_name(name)
    with database.catalogue_session() as session:
        adding = insert(Tenant).values(name=name).on_conflict_do_nothing().returning(Tenant.name)
        return session.execute(adding).scalar() is not None


def list_tenants(database: Database) -> list[TenantRecord]:
    """Every tenant, by name."""
    with database.catalogue_session() as session:
        tenants = session.execute(select(Tenant).order_by(Tenant.name)).scalars()
        return [TenantRecord(tenant.name, tenant.created_at) for tenant in tenants]


def tenants_after(database: Database, name: str, limit: int) -> list[str]:
    """The next names after one ("" = from the first), in the database's order, at most `limit` of them."""
    with database.catalogue_session() as session:
        after = select(Tenant.name).where(Tenant.name > name).order_by(Tenant.name).limit(limit)
        return list(session.execute(after).scalars())


def require_tenant(database: Database, name: str) -> TenantRecord:
    """The tenant. Raises UsageError, naming those nearby, when there is none of this name."""
    with database.catalogue_session() as session:
        tenant = session.get(Tenant, name)
        if tenant is None:
            raise unknown_tenant(session, name)
        return TenantRecord(tenant.name, tenant.created_at)


def remove_tenant(database: Database, name: str) -> int:
    """Delete the tenant and its rows of every table; returns how many rows those were.

    The caller holds the tenant's writer lock. Raises UsageError when there is no such tenant.
    """
    with database.tenant_session(name) as session:
        tables = [Base.metadata.tables[table] for table in tenant_tables()]
        counts = [session.execute(delete(table).where(table.c.tenant_id == name)) for table in tables]
        session.execute(delete(Tenant).where(Tenant.name == name))
        return sum(count.rowcount for count in counts)  # type: ignore[attr-defined]  # CursorResult for a delete
