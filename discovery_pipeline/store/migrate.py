"""Bringing the schema up to date, as the owner role."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.failures import translating
from discovery_pipeline.store.roles import grant_application_rights
from discovery_pipeline.store.session import database_urls
from discovery_pipeline.store.urls import shown, sqlalchemy_url, user_of

MIGRATION_LOCK = 7_311_904_001


def migrate(settings: Settings) -> str:
    """Run the migrations that are missing and renew the application role's rights. Returns the revision reached.

    Raises ConfigurationError when no owner is configured or it lacks a right, Unreachable when there is no server.
    """
    urls = database_urls(settings)
    if not urls.owner:
        raise ConfigurationError(
            "is not set", where="DISCOVERY_OWNER_URL", advice="migrations run as the role that owns the tables"
        )
    return migrate_database(urls.owner, urls.app)


def migrate_database(owner_url: str, app_url: str) -> str:
    """Migrate one database in one transaction; a second caller waits and finds nothing left to do."""
    application = user_of(app_url, "DATABASE_URL")
    if application == user_of(owner_url, "DISCOVERY_OWNER_URL"):
        raise ConfigurationError(
            f"application and owner are the same role, {application}",
            where="DATABASE_URL",
            advice="the application connects as a role that owns nothing",
        )
    where = shown(owner_url, "DISCOVERY_OWNER_URL")
    engine = create_engine(sqlalchemy_url(owner_url, "psycopg", "DISCOVERY_OWNER_URL"), poolclass=NullPool)
    with translating(where), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        _require_vector(connection, where)
        revision = _upgrade(connection)
        grant_application_rights(connection, application)
    return revision


def _upgrade(connection: Connection) -> str:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
    return MigrationContext.configure(connection).get_current_revision() or ""


def _require_vector(connection: Connection, where: str) -> None:
    """The extension needs a superuser where it isn't there yet: say so before anything is changed."""
    if connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'vector'")).scalar():
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION vector"))
    except ProgrammingError as error:
        raise ConfigurationError(
            "has no pgvector", where=where, advice="as a superuser of that database: CREATE EXTENSION vector"
        ) from error
