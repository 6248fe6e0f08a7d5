"""`discovery tenant`: add, list, set, remove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from discovery_pipeline.cli.automation import note_idle_schedule
from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.cli.stores import holder, tenant_workspace, workspace
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.settings import load_settings

if TYPE_CHECKING:
    from discovery_pipeline.services.workspace import Workspace

app = typer.Typer(help="Add, list, set up and remove tenants.")
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
        drops = opened.landing.make_drop_folder(name)
    if json:
        emit_json({"tenant": name, "added": added, "drop_folder": str(drops)})
    else:
        say(f"tenant {name} {'added' if added else 'was there already'}; next: discovery ingest {name} PATH...")
        say(f"or drop files into {drops} while the sensor landing_files is on (discovery automation)")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the tenants and what is set for them."""
    from discovery_pipeline.services.tenant_settings import SETTINGS, tenant_settings
    from discovery_pipeline.store.tenants import list_tenants

    with workspace() as opened:
        tenants = [(t, tenant_settings(opened.database, t.name)) for t in list_tenants(opened.database)]
    if json:
        known = [{"name": t.name, "created_at": t.created_at.isoformat(), "settings": s} for t, s in tenants]
        emit_json({"tenants": known})
    elif tenants:
        rows = [[t.name, f"{t.created_at:%Y-%m-%d %H:%M}", *(s[name] for name in SETTINGS)] for t, s in tenants]
        table(["tenant", "since", *SETTINGS], rows)
    else:
        note("no tenant yet: discovery tenant add NAME, or discovery demo")


@app.command("set")
def set_(
    name: Name,
    setting: Annotated[str, typer.Argument(metavar="SETTING")],
    value: Annotated[str | None, typer.Argument(metavar="[VALUE]")] = None,
    json: Json = False,
) -> None:
    """Set a switch of a tenant; without VALUE, show it.

    SETTING: schedule (off, hourly, daily, weekly, monthly) - how often the tenant is discovered anew;
    share-learning (off, on) - share which header means which field with tenants that do too, and use what at least
    three of them say. No cell, file, author or tenant is ever named; off takes back what was shared;
    precedence (default, or such as "os_name=agent>cmdb; sizing=hypervisor>cmdb") - which sources are believed, the
    best first: per field or group of fields, names of sources (discovery files) or kinds of them (hypervisor, agent,
    cmdb, list, ...);
    plan (default, or YAML such as "waves: {capacity: 150}") - how the estate is to be moved, see docs/plan.md.
    @FILE reads a value from a file. The next run, or the sensor new_corrections, makes anew what rests on it.
    """
    from discovery_pipeline.services.analysis_basis import check_plan
    from discovery_pipeline.services.tenant_settings import PLAN, set_tenant_setting, tenant_setting

    with tenant_workspace(name) as opened:
        if value is not None:
            text = _text(value)
            if setting == PLAN:
                check_plan(text, opened.settings.frames_location)
            set_tenant_setting(opened.database, name, setting, text)
        value_now = tenant_setting(opened.database, name, setting)
    if json:
        emit_json({"tenant": name, "setting": setting, "value": value_now})
    else:
        say(f"{setting} of {name}: {value_now}")
    if value is not None:
        note_idle_schedule(load_settings(), setting, value_now)


def _text(value: str) -> str:
    """What stands in a file, where the value is @ and its name. Raises UsageError where it can't be read."""
    if not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read {value[1:]!r}", where=value, advice="name a text file") from error


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
        rows = wipe(opened, name)
    if json:
        emit_json({"tenant": name, "removed": True, "rows": rows})
    else:
        say(f"tenant {name} is gone: files, frames, {rows:,} rows, partition, runs")


def wipe(opened: Workspace, name: str) -> int:
    """Remove all of a tenant; returns its rows. Raises TenantBusy while it is written or its drops are taken.

    Rows go last: while the tenant is listed, a removal that was cut short can be repeated.
    """
    from discovery_pipeline.defs.instance import remove_tenant_from_dagster
    from discovery_pipeline.store.locks import drops_taker, tenant_writer
    from discovery_pipeline.store.tenants import remove_tenant

    with tenant_writer(opened.database, name, holder("tenant remove")), drops_taker(opened.database, name):
        remove_tenant_from_dagster(opened.settings, name)
        opened.frames.remove(name)
        opened.landing.remove(name)
        return remove_tenant(opened.database, name)
