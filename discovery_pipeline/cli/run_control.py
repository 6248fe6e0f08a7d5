"""`discovery pause`, `resume`, `cancel`: a run that goes on in whatever process, or what is left of a paused one."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    import dagster as dg

RunId = Annotated[str | None, typer.Argument(metavar="[RUN]", help="Its id; the tenant's run of now if absent.")]


def pause(tenant: TenantName, run: RunId = None, json: Json = False) -> None:
    """Let a run stop before its next phase; what it made is kept, and `discovery resume` goes on from there."""
    from discovery_pipeline.defs.instance import open_instance
    from discovery_pipeline.defs.run_control import unfinished_run
    from discovery_pipeline.store.run_holds import ask_to_pause

    with tenant_workspace(tenant) as opened, open_instance(opened.settings) as instance:
        found = unfinished_run(instance, tenant, run)
        ask_to_pause(opened.database, tenant, found.run_id, "the command line")
    _told(tenant, found.run_id, "pausing", json, "will pause before its next phase")
    note(f"next: discovery resume {tenant}")


def resume(tenant: TenantName, run: RunId = None, json: Json = False) -> None:
    """Run what is left of a paused run, in this process."""
    from discovery_pipeline.cli.runs import finish, run_shown
    from discovery_pipeline.services.run_control import paused_run

    with tenant_workspace(tenant) as opened:
        hold = paused_run(opened.database, tenant, run)
    finish(run_shown(tenant, resumes=hold.run_id), json)


def cancel(tenant: TenantName, run: RunId = None, json: Json = False) -> None:
    """End a run that goes on or waits; a paused one is then not to be resumed. What it published stays."""
    from discovery_pipeline.defs.instance import open_instance
    from discovery_pipeline.defs.run_control import cancel_run
    from discovery_pipeline.services.run_control import drop, paused_run

    with tenant_workspace(tenant) as opened, open_instance(opened.settings) as instance:
        unfinished = _unfinished(instance, tenant, run)
        if unfinished:
            cancel_run(instance, unfinished)
            run_id = unfinished.run_id
        else:
            run_id = paused_run(opened.database, tenant, run).run_id
            drop(opened.database, tenant, run_id)
    _told(tenant, run_id, "cancelled", json, "was told to end" if unfinished else "is not to be resumed any more")


def _unfinished(instance: dg.DagsterInstance, tenant: str, run: str | None) -> dg.DagsterRun | None:
    from discovery_pipeline.defs.run_control import unfinished_run

    with suppress(UsageError):
        return unfinished_run(instance, tenant, run)
    return None


def _told(tenant: str, run_id: str, state: str, json: bool, words: str) -> None:
    if json:
        emit_json({"tenant": tenant, "run_id": run_id, "state": state})
    else:
        say(f"{tenant}: run {run_id} {words}")
