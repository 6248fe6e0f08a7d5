"""What concerns this machine: `up`, `down`, `health`, `db migrate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.settings import load_settings

if TYPE_CHECKING:
    from discovery_pipeline.defs.machine.state import UpState

database_app = typer.Typer(help="The database's schema.")


@database_app.callback()
def database() -> None:
    """The database's schema."""


@database_app.command()
def migrate(json: Json = False) -> None:
    """Bring the schema up to date, as the owner role."""
    from discovery_pipeline.store.migrate import migrate as run_migrations

    revision = run_migrations(load_settings())
    if json:
        emit_json({"revision": revision})
    else:
        say(f"the schema is at revision {revision}")


def up(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Of Dagster's UI.")] = 3000,
    app_port: Annotated[int, typer.Option("--app-port", min=1, max=65535, help="Of the analysts' application.")] = 8501,
    json: Json = False,
) -> None:
    """Start Dagster's UI and daemon and the analysts' application on this machine, print the addresses and stay.

    Ctrl-C or `discovery down` ends everything, the embedded database included unless another process is using it.
    """
    from discovery_pipeline.defs.machine.parts import Ports
    from discovery_pipeline.defs.machine.supervisor import up as run_everything

    settings = load_settings()

    def announce(state: UpState) -> None:
        logs = str(settings.home / "logs")
        if json:
            emit_json({"process": state.supervisor.pid, "addresses": dict(state.addresses), "logs": logs})
            return
        say(f"the app, where mappings are corrected: {state.addresses['app']}")
        say(f"Dagster's UI: {state.addresses['dagster']}")
        say(f"logs: {logs}; Ctrl-C or `discovery down` ends everything")

    run_everything(settings, Ports(port, app_port), announce, note)


def down(json: Json = False) -> None:
    """End what `up` started, wherever it runs, and the embedded database server."""
    from discovery_pipeline.defs.machine.ending import down as end_everything

    stopped = end_everything(load_settings())
    if json:
        emit_json({"stopped": stopped})
    else:
        for part, was_running in stopped.items():
            say(f"{part}: {'stopped' if was_running else 'was not running'}")


def health(json: Json = False) -> None:
    """Say what works: database, roles, frames, model endpoint, Dagster; exit 3 when something needed is down.

    Also whether `discovery up` runs, which nothing else needs.
    """
    from discovery_pipeline.defs.instance import dagster_health
    from discovery_pipeline.defs.machine.health import machine_health
    from discovery_pipeline.services.health import HealthReport, check_health

    settings = load_settings()
    report = check_health(settings, {"dagster": dagster_health})
    report = HealthReport((*report.parts, *machine_health(settings)))
    if json:
        emit_json(report.to_json())
    else:
        table(["part", "state", "detail", "advice"], [[p.name, p.state, p.detail, p.advice] for p in report.parts])
    if report.exit_code:
        raise typer.Exit(report.exit_code)
