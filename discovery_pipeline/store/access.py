"""Who may see which tenant: one row per tenant and address. Keep out: what a role may do (domain/access.py).

Addresses are handed over in the spelling of domain.access.checked_email.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from discovery_pipeline.domain.access import Role
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import TenantAccess

# No tenant is called so: nothing of any tenant is seen, only what the function tells.
NO_TENANT = text("SELECT set_config('app.tenant', '-', true)")
OF_PERSON = text("SELECT tenant, role FROM tenants_of_person(:email) ORDER BY tenant")


@dataclass(frozen=True)
class Grant:
    """A person's role for one tenant. granted_by: an address, or a user of the operating system."""

    email: str
    role: Role
    granted_by: str
    granted_at: datetime


def put_grant(database: Database, tenant: str, email: str, role: Role, granted_by: str) -> None:
    """Give the role, in place of the one the person had. Raises UsageError for an unknown tenant."""
    adding = insert(TenantAccess).values(tenant_id=tenant, email=email, role=role, granted_by=granted_by)
    changed = {"role": role, "granted_by": granted_by, "granted_at": func.now()}
    with database.tenant_session(tenant) as session:
        session.execute(adding.on_conflict_do_update(index_elements=["tenant_id", "email"], set_=changed))


def drop_grant(database: Database, tenant: str, email: str) -> Role | None:
    """Take the person's role; returns the one there was. Raises UsageError for an unknown tenant."""
    dropping = delete(TenantAccess).where(TenantAccess.email == email).returning(TenantAccess.role)
    with database.tenant_session(tenant) as session:
        return cast("Role | None", session.execute(dropping).scalar())


def grants(database: Database, tenant: str) -> list[Grant]:
    """Everybody who has a role for the tenant, by address. Raises UsageError for an unknown tenant."""
    with database.tenant_session(tenant) as session:
        rows = session.execute(select(TenantAccess).order_by(TenantAccess.email)).scalars()
        return [Grant(row.email, cast(Role, row.role), row.granted_by, row.granted_at) for row in rows]


def tenants_of(database: Database, email: str) -> dict[str, Role]:
    """The person's tenants and the role in each, by name; of nobody else."""
    with database.catalogue_session() as session:
        session.execute(NO_TENANT)
        return {row.tenant: cast(Role, row.role) for row in session.execute(OF_PERSON, {"email": email})}
