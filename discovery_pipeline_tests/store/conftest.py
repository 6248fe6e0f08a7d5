"""Rows of two tenants in every tenant table, in an embedded database and in one reached by URL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from pgvector.sqlalchemy import Vector
from psycopg.conninfo import make_conninfo
from sqlalchemy.orm import Session

from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.migrate import migrate
from discovery_pipeline.store.session import Database, database_urls, open_database
from discovery_pipeline.store.tables import EMBEDDING_DIMENSIONS, Base, tenant_tables
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.conftest import Server

VALUES: dict[type, Any] = {
    str: "x",
    int: 1,
    float: 0.5,
    bool: True,
    datetime: datetime(2025, 3, 1, tzinfo=UTC),
    list: [],
    object: [],  # JSON
}


def sample_row(table: sa.Table, tenant: str) -> dict[str, Any]:
    """A valid row of a table, whatever its columns."""
    made = {column.name: sample_value(column) for column in table.columns}
    return {**made, "tenant_id": tenant}


def sample_value(column: sa.Column[Any]) -> Any:
    """A value that the column takes."""
    if isinstance(column.type, Vector):
        return [0.5] * EMBEDDING_DIMENSIONS
    return VALUES[column.type.python_type]


@pytest.fixture(scope="session")
def embedded_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings(home=tmp_path_factory.mktemp("embedded_home"))
    open_database(settings).dispose()
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(scope="session")
def url_settings(pg_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database that an administrator prepared with roles of other names, migrated as its owner."""
    pg_server.execute(
        "CREATE ROLE acme_owner LOGIN PASSWORD 'owner-secret'",
        "CREATE ROLE acme_app LOGIN PASSWORD 'app-secret'",
        "CREATE DATABASE acme OWNER acme_owner",
    )

    def url(user: str, password: str) -> str:
        return make_conninfo(pg_server.admin_url, user=user, password=password, dbname="acme")

    settings = Settings(
        home=tmp_path_factory.mktemp("url_home"),
        database_url=url("acme_app", "app-secret"),
        owner_url=url("acme_owner", "owner-secret"),
        dagster_url=pg_server.urls.dagster,
    )
    migrate(settings)
    yield settings
    pg_server.execute("DROP DATABASE acme WITH (FORCE)", "DROP ROLE acme_app", "DROP ROLE acme_owner")


@pytest.fixture(scope="session", params=["embedded", "by url"])
def store_settings(request: pytest.FixtureRequest) -> Settings:
    name = "embedded_settings" if request.param == "embedded" else "url_settings"
    found: Settings = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def opened_store(store_settings: Settings) -> Iterator[Database]:
    database = open_database(store_settings)
    for tenant in ("a", "b"):
        add_tenant(database, tenant)
    yield database
    database.dispose()


@pytest.fixture
def two_tenants(opened_store: Database) -> Database:
    """Tenants a and b with one row each in every tenant table."""
    for tenant in ("a", "b"):
        with opened_store.tenant_session(tenant) as session:
            fill(session, tenant)
    return opened_store


def fill(session: Session, tenant: str) -> None:
    """One row of the tenant in every table, and no other."""
    tables = [Base.metadata.tables[name] for name in tenant_tables()]
    for table in tables:
        session.execute(sa.delete(table))
    for table in reversed(tables):
        session.execute(sa.insert(table).values(sample_row(table, tenant)))


@pytest.fixture
def owner_url(store_settings: Settings) -> str:
    return database_urls(store_settings).owner
