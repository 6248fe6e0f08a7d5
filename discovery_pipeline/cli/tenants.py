"""`discovery tenant`: add, list, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace, workspace
from discovery_pipeline.domain.errors import UsageError

app = typer.Typer(help="Add, list and remove tenants.")


@app.command()
def add(name: TenantName, json: Json = False) -> None:
    """Add a tenant. NAME: 1-63 of a-z 0-9 - _, starting with a letter or digit."""
    from discovery_pipeline.store.tenants import add_tenant

    with workspace() as opened:
        add_tenant(opened.database, name)
    if json:
        emit_json({"tenant": name, "added": True})
    else:
        say(f"tenant {name} is there; next: discovery ingest {name} PATH...")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the tenants."""
    from discovery_pipeline.store.tenants import list_tenants

    with workspace() as opened:
        names = sorted(list_tenants(opened.database))
    if json:
        emit_json({"tenants": [{"name": name} for name in names]})
    elif names:
        table(["tenant"], [[name] for name in names])
    else:
        note("no tenant yet; discovery tenant add NAME, or discovery demo")


@app.command()
def remove(
    name: TenantName,
    yes: Annotated[bool, typer.Option("--yes", help="Really remove; there is no way back.")] = False,
    json: Json = False,
) -> None:
    """Remove a tenant: files, frames, rows, its partition and its runs."""
    if not yes:
        raise UsageError(f"this wipes everything of tenant {name}", where="tenant remove", advice="add --yes to do it")
    from discovery_pipeline.defs.launch import remove_tenant_from_dagster
    from discovery_pipeline.store.tenants import remove_tenant

    with tenant_workspace(name) as opened:
        remove_tenant_from_dagster(opened.settings, name)
        opened.frames.remove(name)
        opened.landing.remove(name)
        remove_tenant(opened.database, name)
    if json:
        emit_json({"tenant": name, "removed": True})
    else:
        say(f"tenant {name} is gone: files, frames, rows, partition, runs")
