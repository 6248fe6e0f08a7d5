"""What concerns this machine: `up`, `down`, `health`, `db migrate`."""

from __future__ import annotations

import typer

from discovery_pipeline.cli.output import Json, emit_json, say, table
from discovery_pipeline.settings import load_settings

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


def up() -> None:
    """Start Dagster's UI and daemon on this machine, print the addresses and stay; Ctrl-C or `discovery down` ends."""
    from discovery_pipeline.defs.machine import webserver_up

    webserver_up(load_settings(), say)


def down(json: Json = False) -> None:
    """Stop what `up` started and the embedded database server."""
    from discovery_pipeline.defs.machine import webserver_down
    from discovery_pipeline.store import embedded

    settings = load_settings()
    stopped = {
        "dagster": webserver_down(settings),
        "database": settings.uses_embedded_database and embedded.stop(settings.home),
    }
    if json:
        emit_json({"stopped": stopped})
    else:
        for part, was_running in stopped.items():
            say(f"{part}: {'stopped' if was_running else 'was not running'}")


def health(json: Json = False) -> None:
    """Say what works: database, roles, frames, model endpoint, Dagster; exit 3 when something needed is down."""
    from discovery_pipeline.defs.instance import dagster_health
    from discovery_pipeline.services.health import check_health

    report = check_health(load_settings(), {"dagster": dagster_health})
    if json:
        emit_json(report.to_json())
    else:
        table(["part", "state", "detail", "advice"], [[p.name, p.state, p.detail, p.advice] for p in report.parts])
    if report.exit_code:
        raise typer.Exit(report.exit_code)
