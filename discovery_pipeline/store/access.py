"""Who may see which tenant: one row per tenant and address. Keep out: what a role may do (domain/access.py).

Addresses are handed over in the spelling of domain.access.checked_email.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.domain.access import Role
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.locks import lock_key
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


def put_grant(database: Database, tenant: str, email: str, role: Role, granted_by: str, admin: str = "") -> None:
    """Give the role, in place of the one the person had.

    admin: the tenant's administrator who does it, "" = who runs the machine. Raises UsageError for an unknown tenant,
    where they are no administrator any more, and where none would be left.
    """
    adding = insert(TenantAccess).values(tenant_id=tenant, email=email, role=role, granted_by=granted_by)
    changed = {"role": role, "granted_by": granted_by, "granted_at": func.now()}
    with _changing(database, tenant, email, admin) as session:
        session.execute(adding.on_conflict_do_update(index_elements=["tenant_id", "email"], set_=changed))


def drop_grant(database: Database, tenant: str, email: str, admin: str = "") -> Role | None:
    """Take the person's role; returns the one there was. admin, and what is raised: as for put_grant."""
    dropping = delete(TenantAccess).where(TenantAccess.email == email).returning(TenantAccess.role)
    with _changing(database, tenant, email, admin) as session:
        return cast("Role | None", session.execute(dropping).scalar())


@contextmanager
def _changing(database: Database, tenant: str, email: str, admin: str) -> Iterator[Session]:
    """A transaction in which nobody else changes the tenant's grants: two who revoke each other leave one."""
    with database.tenant_session(tenant) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("access", tenant)})
        if admin and admin not in _admins(session):
            raise UsageError(f"this takes the role admin for {tenant}", advice="ask an administrator")
        yield session
        if admin and not _admins(session):
            raise UsageError("the last administrator stays one", where=email, advice="make somebody else admin first")


def _admins(session: Session) -> set[str]:
    return set(session.execute(select(TenantAccess.email).where(TenantAccess.role == "admin")).scalars())


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
