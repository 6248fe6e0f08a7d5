"""`discovery automation`: the sensors and schedules of the running Dagster, on and off."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.domain.errors import DiscoveryError, Unreachable
from discovery_pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from discovery_pipeline.services.dagster_api.automation import Automation
    from discovery_pipeline.services.dagster_api.client import DagsterApi

app = typer.Typer(
    help="Show and switch what Dagster does by itself: sensors and schedules.", invoke_without_command=True
)
Names = Annotated[list[str], typer.Argument(metavar="NAME...")]


@app.callback()
def automation(context: typer.Context, json: Json = False) -> None:
    """Show the sensors and schedules: what they do, on or off, what their last look said.

    They belong to the running Dagster (`discovery up`) and are all off until you switch them on.
    """
    if context.invoked_subcommand is None:
        from discovery_pipeline.services.dagster_api.automation import list_automation

        with _dagster(load_settings()) as api:
            _show(list_automation(api), json)


@app.command()
def on(names: Names, json: Json = False) -> None:
    """Switch on; `all` means every sensor and schedule."""
    _switch(names, True, json)


@app.command()
def off(names: Names, json: Json = False) -> None:
    """Switch off; `all` means every sensor and schedule."""
    _switch(names, False, json)


def note_idle_schedule(settings: Settings, setting: str, value: str) -> None:
    """Say on stderr when a schedule that a tenant asks for does not run."""
    from discovery_pipeline.services.tenant_settings import CADENCES, SCHEDULE, schedule_name

    for cadence in CADENCES:
        if setting == SCHEDULE and value == cadence:
            name = schedule_name(cadence)
            reason = _why_idle(settings, name)
            if reason:
                note(f"nothing happens yet: {reason}; switch it on with: discovery automation on {name}")


def _why_idle(settings: Settings, name: str) -> str:
    """Why a schedule does nothing now; "" when it is on."""
    from discovery_pipeline.services.dagster_api.automation import list_automation

    try:
        with _dagster(settings) as api:
            if not api.is_up():
                return "schedules run while Dagster does (discovery up)"
            is_on = any(item.name == name and item.is_on for item in list_automation(api))
    except Unreachable:
        return "schedules run while Dagster does (discovery up)"
    except DiscoveryError as error:
        return f"Dagster could not be asked ({error})"
    return "" if is_on else f"schedule {name} is off"


def _switch(names: Sequence[str], on: bool, json: bool) -> None:
    from discovery_pipeline.services.dagster_api.automation import switch

    with _dagster(load_settings()) as api:
        _show(switch(api, names, on), json)


def _dagster(settings: Settings) -> closing[DagsterApi]:
    from discovery_pipeline.services.dagster_api.client import DagsterApi

    return closing(DagsterApi(_address(settings)))


def _address(settings: Settings) -> str:
    """Dagster's as the environment says, else as the `discovery up` of this home announced it.

    Never whatever listens on the usual port: that may be another home's. Raises Unreachable when nothing was announced.
    """
    from discovery_pipeline.defs.machine.state import read_state

    if settings.dagster_api_url:
        return settings.dagster_api_url
    state = read_state(settings.home)
    if state is None or "dagster" not in state.addresses:
        raise Unreachable(
            "Dagster does not run",
            where=str(settings.home),
            advice="discovery up; for one of your own set DISCOVERY_DAGSTER_API",
        )
    return state.addresses["dagster"]


def _show(found: Sequence[Automation], json: bool) -> None:
    if json:
        emit_json({"automation": [_document(item) for item in found]})
        return
    rows = [[a.name, a.kind, "on" if a.is_on else "off", a.when, _moment(a.last_at), a.last_said] for a in found]
    table(["name", "kind", "state", "when", "last look (UTC)", "said"], rows)
    say()
    for item in found:
        say(f"{item.name}: {item.description}")


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _document(item: Automation) -> dict[str, Any]:
    return {
        "name": item.name,
        "kind": item.kind,
        "on": item.is_on,
        "when": item.when or None,
        "description": item.description,
        "last_look": item.last_at.isoformat() if item.last_at else None,
        "said": item.last_said or None,
    }
