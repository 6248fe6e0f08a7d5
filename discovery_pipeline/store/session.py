"""The one place that opens a tenant's session, and the checks before the first one.

Keep out: what is read or written in a session.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.failures import translating
from discovery_pipeline.store.roles import refuse_unsafe_role
from discovery_pipeline.store.schema_version import SchemaState, refuse_other_schema, schema_state
from discovery_pipeline.store.urls import DatabaseUrls, connection_parameters, shown

CONNECT_TIMEOUT_S = 10
SET_TENANT = text("SELECT set_config('app.tenant', name, true) FROM tenants WHERE name = :tenant")


class Database:
    """A pool of connections as the application role.

    where: host:port/database, for messages. Raises Unreachable when the server can't be reached.
    """

    def __init__(self, url: str) -> None:
        self.where = shown(url, "DATABASE_URL")
        self._url = url
        has_timeout = "connect_timeout" in connection_parameters(url, "DATABASE_URL")
        self._defaults = {} if has_timeout else {"connect_timeout": CONNECT_TIMEOUT_S}
        # The pool asks before it hands out a connection: the server may have been restarted since.
        self._engine = create_engine("postgresql+psycopg://", creator=self.connect, pool_pre_ping=True)

    def connect(self, **options: object) -> psycopg.Connection:
        """A connection of its own, outside the pool; the caller closes it. options: psycopg's."""
        # libpq reads the URL itself: every form of it, several hosts too.
        return psycopg.connect(self._url, **{**self._defaults, **options})  # type: ignore[arg-type]

    @contextmanager
    def tenant_session(self, tenant: str) -> Iterator[Session]:
        """A transaction that sees, adds, changes and deletes rows of this tenant only; committed when the block ends.

        Raises UsageError when there is no such tenant.
        """
        with self.catalogue_session() as session:
            if session.execute(SET_TENANT, {"tenant": tenant}).scalar() is None:
                raise unknown_tenant(session, tenant)
            yield session

    @contextmanager
    def catalogue_session(self) -> Iterator[Session]:
        """A transaction without a tenant: it can read the catalogue of tenants, and no tenant's rows."""
        with translating(self.where), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close the pool's connections."""
        self._engine.dispose()


def unknown_tenant(session: Session, tenant: str) -> UsageError:
    """The error that names the tenants nearby."""
    from difflib import get_close_matches

    names = list(session.execute(text("SELECT name FROM tenants ORDER BY name")).scalars())
    near = get_close_matches(tenant, names, n=3, cutoff=0.5) or names[:10]
    advice = f"known: {', '.join(near)}" if near else f"discovery tenant add {tenant}"
    return UsageError(f"there is no tenant {tenant!r}", advice=advice)


def database_urls(settings: Settings) -> DatabaseUrls:
    """The three URLs: those of the environment ("" for an owner that isn't set), or the embedded server's, started."""
    if settings.uses_embedded_database:
        return embedded.ensure_running(settings.home)
    return DatabaseUrls(settings.database_url or "", settings.owner_url or "", settings.dagster_url or "")


def open_database(settings: Settings) -> Database:
    """The tenants' database, ready for use: started and migrated where it is the embedded one.

    Raises Unreachable; ConfigurationError when the schema isn't this version's (`discovery db migrate`) or the
    application role could get round row-level security.
    """
    urls = database_urls(settings)
    database = Database(urls.app)
    try:
        if settings.uses_embedded_database:
            _migrate_if_behind(database, urls)
        with database.catalogue_session() as session:
            refuse_unsafe_role(session)
            refuse_other_schema(session, database.where)
    except BaseException:
        database.dispose()
        raise
    return database


def _migrate_if_behind(database: Database, urls: DatabaseUrls) -> None:
    with database.catalogue_session() as session:
        state = schema_state(session)
    if state in (SchemaState.MISSING, SchemaState.OLDER):
        from discovery_pipeline.store.migrate import migrate_database

        migrate_database(urls.owner, urls.app)
