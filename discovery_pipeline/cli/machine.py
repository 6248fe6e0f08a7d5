"""What concerns this machine: `up`, `down`, `health`, `db migrate`."""

from __future__ import annotations

import typer

from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.settings import load_settings

database_app = typer.Typer(help="The database's schema.")


@database_app.callback()
def database() -> None:
    """The database's schema."""


@database_app.command()
def migrate(json: Json = False) -> None:
    """Bring the schema up to date, as the owner role."""
    from discovery_pipeline.store.migrate import migrate_database

    revision = migrate_database(load_settings())
    if json:
        emit_json({"revision": revision})
    else:
        say(f"the schema is at revision {revision}")


def up() -> None:
    """Start Dagster's UI and daemon on this machine and print the addresses; Ctrl-C or `discovery down` ends them."""
    from discovery_pipeline.defs.launch import webserver_up

    webserver_up(load_settings())


def down(json: Json = False) -> None:
    """Stop what `up` started and the embedded database server."""
    from discovery_pipeline.defs.launch import webserver_down
    from discovery_pipeline.store import embedded

    settings = load_settings()
    webserver_down(settings)
    if settings.uses_embedded_database:
        embedded.stop(settings.home)
    if json:
        emit_json({"stopped": True})
    else:
        note("stopped")


def health(json: Json = False) -> None:
    """Say what works: database, roles, frames, model endpoint, Dagster; exit 3 when something needed is down."""
    from discovery_pipeline.services.health import check_health

    report = check_health(load_settings())
    if json:
        emit_json(report.to_json())
    else:
        table(["part", "state", "detail"], [[p.name, p.state, p.detail] for p in report.parts])
    if report.exit_code:
        raise typer.Exit(report.exit_code)
