"""`discovery tenant`: add, list, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.cli.stores import holder, tenant_workspace, workspace
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.services.workspace import Workspace

app = typer.Typer(help="Add, list and remove tenants.")
Name = Annotated[str, typer.Argument(metavar="NAME")]


@app.command()
def add(name: Name, json: Json = False) -> None:
    """Add a tenant; adding it again changes nothing.

    NAME: 1-63 of a-z 0-9 - _, starting with a letter or digit.
    """
    from discovery_pipeline.defs.instance import add_tenant_to_dagster
    from discovery_pipeline.store.tenants import add_tenant

    with workspace() as opened:
        added = add_tenant(opened.database, name)
        add_tenant_to_dagster(opened.settings, name)
    if json:
        emit_json({"tenant": name, "added": added})
    else:
        say(f"tenant {name} {'added' if added else 'was there already'}; next: discovery ingest {name} PATH...")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the tenants."""
    from discovery_pipeline.store.tenants import list_tenants

    with workspace() as opened:
        tenants = list_tenants(opened.database)
    if json:
        emit_json({"tenants": [{"name": t.name, "created_at": t.created_at.isoformat()} for t in tenants]})
    elif tenants:
        table(["tenant", "since"], [[t.name, f"{t.created_at:%Y-%m-%d %H:%M}"] for t in tenants])
    else:
        note("no tenant yet: discovery tenant add NAME, or discovery demo")


@app.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Really remove; there is no way back.")] = False,
    json: Json = False,
) -> None:
    """Remove a tenant: its files, frames, rows, partition and runs."""
    with tenant_workspace(name) as opened:
        if not yes:
            raise UsageError("this wipes all of its data", where=f"tenant {name}", advice="add --yes to do it")
        rows = _wipe(opened, name)
    if json:
        emit_json({"tenant": name, "removed": True, "rows": rows})
    else:
        say(f"tenant {name} is gone: files, frames, {rows:,} rows, partition, runs")


def _wipe(opened: Workspace, name: str) -> int:
    """Rows go last: while the tenant is listed, a removal that was cut short can be repeated."""
    from discovery_pipeline.defs.instance import remove_tenant_from_dagster
    from discovery_pipeline.store.locks import tenant_writer
    from discovery_pipeline.store.tenants import remove_tenant

    with tenant_writer(opened.database, name, holder("tenant remove")):
        remove_tenant_from_dagster(opened.settings, name)
        opened.frames.remove(name)
        opened.landing.remove(name)
        return remove_tenant(opened.database, name)
