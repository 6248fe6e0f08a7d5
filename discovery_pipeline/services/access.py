"""Granting and revoking access to a tenant. Keep out: who is signed in (streamlit_app.sign_in)."""

from __future__ import annotations

from discovery_pipeline.domain.access import Role, checked_email
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.access import Grant, drop_grant, grants, put_grant
from discovery_pipeline.store.session import Database


def grant(database: Database, tenant: str, email: str, role: Role, by: str) -> str:
    """Give a person a role, in place of the one they had; returns the address as it is kept. by: who grants it.

    Raises UsageError for what is no address and for an unknown tenant.
    """
    known = checked_email(email)
    put_grant(database, tenant, known, role, by)
    return known


def revoke(database: Database, tenant: str, email: str) -> Role:
    """Take a person's role; returns it. Raises UsageError where they have none, and for an unknown tenant."""
    known = checked_email(email)
    role = drop_grant(database, tenant, known)
    if role is None:
        names = ", ".join(each.email for each in grants(database, tenant)[:5])
        advice = f"it has: {names}" if names else "nobody has access to it"
        raise UsageError(f"{known} has no access to {tenant}", where=f"tenant {tenant}", advice=advice)
    return role


def keeps_an_admin(granted: list[Grant], email: str, role: Role | None) -> bool:
    """Whether an administrator is left once this person has this role (None = no access)."""
    left = {each.email: each.role for each in granted} | ({email: role} if role else {})
    if role is None:
        left.pop(email, None)
    return "admin" in left.values()
