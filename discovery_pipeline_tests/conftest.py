"""A PostgreSQL server for the session, and a migrated database of its own for every test that asks for one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.session import Database, open_database
from discovery_pipeline.store.urls import DatabaseUrls


@dataclass(frozen=True)
class Server:
    """The session's embedded server: its home, its URLs, and a superuser's URL for tests that need more rights."""

    home: Path
    urls: DatabaseUrls
    admin_url: str

    def execute(self, *statements: str, dbname: str = "postgres") -> None:
        with psycopg.connect(make_conninfo(self.admin_url, dbname=dbname), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@pytest.fixture(scope="session")
def pg_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests; its database `discovery` is migrated and serves as the template."""
    home = tmp_path_factory.mktemp("postgres_home")
    open_database(Settings(home=home)).dispose()
    state = json.loads((home / "postgres" / "state.json").read_text())
    admin = make_conninfo(host="127.0.0.1", port=state["port"], user="postgres", password=state["admin_password"])
    server = Server(home, embedded.ensure_running(home), make_conninfo(admin, dbname="postgres"))
    server.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server
    embedded.stop(home)


@pytest.fixture
def database_urls(pg_server: Server) -> Iterator[DatabaseUrls]:
    """The three URLs of a fresh, migrated database (Dagster's is a database of its own), dropped after the test."""
    name = f"test_{secrets.token_hex(4)}"
    pg_server.execute(
        f"CREATE DATABASE {name} TEMPLATE discovery STRATEGY file_copy OWNER discovery_owner",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO discovery_app",
        f"CREATE DATABASE {name}_dagster STRATEGY file_copy OWNER discovery_dagster",
    )
    urls = pg_server.urls
    yield DatabaseUrls(
        app=urls.app.replace("/discovery?", f"/{name}?"),
        owner=urls.owner.replace("/discovery?", f"/{name}?"),
        dagster=urls.dagster.replace("/dagster?", f"/{name}_dagster?"),
    )
    pg_server.execute(f"DROP DATABASE {name} WITH (FORCE)", f"DROP DATABASE {name}_dagster WITH (FORCE)")


@pytest.fixture
def settings(database_urls: DatabaseUrls, tmp_path: Path) -> Settings:
    """Settings of a fresh home whose database is the test's own, reached by URL."""
    return Settings(
        home=tmp_path / "home",
        database_url=database_urls.app,
        owner_url=database_urls.owner,
        dagster_url=database_urls.dagster,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The test's own database, opened as the application role."""
    opened = open_database(settings)
    yield opened
    opened.dispose()
