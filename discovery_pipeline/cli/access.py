"""`discovery access`: who may see a tenant in the analysts' application."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace

app = typer.Typer(help="Say who may see a tenant in the app, once people sign in to it (docs/sign-in.md).")
Email = Annotated[str, typer.Argument(metavar="EMAIL")]


@app.command()
def grant(
    tenant: TenantName,
    email: Email,
    role: Annotated[str, typer.Option("--role", help="viewer, analyst or admin.")] = "viewer",
    json: Json = False,
) -> None:
    """Give a person a role for a tenant, in place of the one they had.

    A viewer sees everything of the tenant; an analyst corrects and starts runs too; an admin also says who may.
    """
    from discovery_pipeline.domain.access import checked_role
    from discovery_pipeline.services.access import grant as give

    wanted = checked_role(role)
    with tenant_workspace(tenant) as opened:
        known = give(opened.database, tenant, email, wanted, getpass.getuser())
    if json:
        emit_json({"tenant": tenant, "email": known, "role": wanted})
    else:
        say(f"{known} is {wanted} of {tenant}")


@app.command()
def revoke(tenant: TenantName, email: Email, json: Json = False) -> None:
    """Take a person's access to a tenant; it counts from their next click on."""
    from discovery_pipeline.domain.access import checked_email
    from discovery_pipeline.services.access import revoke as take

    known = checked_email(email)
    with tenant_workspace(tenant) as opened:
        role = take(opened.database, tenant, known)
    if json:
        emit_json({"tenant": tenant, "email": known, "revoked": role})
    else:
        say(f"{known} was {role} of {tenant} and sees it no more")


@app.command("list")
def list_(tenant: TenantName, json: Json = False) -> None:
    """List who may see a tenant, and who granted it when."""
    from discovery_pipeline.store.access import grants

    with tenant_workspace(tenant) as opened:
        granted = grants(opened.database, tenant)
    if json:
        emit_json({"tenant": tenant, "access": [vars(each) for each in granted]})
    elif granted:
        rows = [[each.email, each.role, each.granted_by, f"{each.granted_at:%Y-%m-%d %H:%M}"] for each in granted]
        table(["e-mail", "role", "granted by", "since"], rows)
    else:
        note(f"nobody yet: discovery access grant {tenant} EMAIL --role analyst")
