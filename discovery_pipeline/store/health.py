"""Is the store fit for use? Plain results, for the command line to show.

A stopped embedded server is no fault: it is started, as any other command would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.errors import DiscoveryError, TransientError
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.failures import translating
from discovery_pipeline.store.roles import refuse_unsafe_role
from discovery_pipeline.store.schema_version import refuse_other_schema
from discovery_pipeline.store.session import CONNECT_TIMEOUT_S, Database, database_urls, open_database
from discovery_pipeline.store.urls import DatabaseUrls, shown

UNPROTECTED = text("""
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
   AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
 ORDER BY 1
""")


@dataclass(frozen=True)
class HealthResult:
    """One thing looked at. is_down: it is needed and can't be reached, which is another matter than a fault in it."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    is_down: bool = False


def check(settings: Settings) -> list[HealthResult]:
    """Every result, the first failures included: what rests on a database that is down is left out."""
    return list(_checks(settings))


def _checks(settings: Settings) -> Iterator[HealthResult]:
    try:
        urls = _urls(settings)
        database = Database(urls.app)
        server = _server(database, settings)
    except DiscoveryError as error:
        yield _failed("database", error)
        return
    yield HealthResult("database", True, server)
    try:
        yield _result("role", "the application role can't get round row-level security", lambda: _role(database))
        yield _result("schema", "up to date", lambda: _schema(database))
        yield _isolation(database)
        yield _vector(database)
    finally:
        database.dispose()
    yield _result("dagster database", shown(urls.dagster, "DAGSTER_DATABASE_URL"), lambda: _connects(urls.dagster))


def _urls(settings: Settings) -> DatabaseUrls:
    if settings.uses_embedded_database:
        open_database(settings).dispose()  # makes and migrates it
    return database_urls(settings)


def _result(name: str, fine: str, looked_at: Callable[[], None]) -> HealthResult:
    try:
        looked_at()
    except DiscoveryError as error:
        return _failed(name, error)
    return HealthResult(name, True, fine)


def _failed(name: str, error: DiscoveryError) -> HealthResult:
    place = f"{error.where}: " if error.where else ""
    return HealthResult(name, False, f"{place}{error.message}", error.advice, isinstance(error, TransientError))


def _server(database: Database, settings: Settings) -> str:
    kind = "embedded PostgreSQL" if settings.uses_embedded_database else "PostgreSQL"
    with database.catalogue_session() as session:
        return f"{kind} {_scalar(session, 'SHOW server_version')} at {database.where}"


def _role(database: Database) -> None:
    with database.catalogue_session() as session:
        refuse_unsafe_role(session)


def _schema(database: Database) -> None:
    with database.catalogue_session() as session:
        refuse_other_schema(session, database.where)


def _isolation(database: Database) -> HealthResult:
    with database.catalogue_session() as session:
        open_tables = list(session.execute(UNPROTECTED).scalars())
    if open_tables:
        detail = f"not forced on {', '.join(open_tables)}"
        return HealthResult("row-level security", False, detail, "run `discovery db migrate`")
    return HealthResult("row-level security", True, "forced on every tenant table")


def _vector(database: Database) -> HealthResult:
    with database.catalogue_session() as session:
        version = _scalar(session, "SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    advice = "" if version else "as a superuser: CREATE EXTENSION vector"
    return HealthResult("pgvector", bool(version), str(version or "not installed"), advice)


def _connects(url: str) -> None:
    with (
        translating(shown(url, "DAGSTER_DATABASE_URL")),
        psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as connection,
    ):
        connection.execute("SELECT 1")


def _scalar(session: Session, query: str) -> object:
    return session.execute(text(query)).scalar()
