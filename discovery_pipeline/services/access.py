"""Granting and revoking access to a tenant. Keep out: who is signed in (streamlit_app.sign_in)."""

from __future__ import annotations

from discovery_pipeline.domain.access import Role, checked_email
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.access import drop_grant, grants, put_grant
from discovery_pipeline.store.session import Database


def grant(database: Database, tenant: str, email: str, role: Role, by: str, admin: str = "") -> str:
    """Give a person a role, in place of the one they had; returns the address as it is kept. by: who grants it.

    admin: the administrator who does it, "" = who runs the machine. Raises UsageError for what is no address, for an
    unknown tenant, where they are no administrator any more, and where none would be left.
    """
    known = checked_email(email)
    put_grant(database, tenant, known, role, by, admin)
    return known


def revoke(database: Database, tenant: str, email: str, admin: str = "") -> Role:
    """Take a person's role; returns it. admin: as for grant. Raises UsageError where they have none, and as grant."""
    known = checked_email(email)
    role = drop_grant(database, tenant, known, admin)
    if role is None:
        names = ", ".join(each.email for each in grants(database, tenant)[:5])
        advice = f"it has: {names}" if names else "nobody has access to it"
        raise UsageError(f"{known} has no access to {tenant}", where=f"tenant {tenant}", advice=advice)
    return role
