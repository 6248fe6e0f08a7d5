"""A PostgreSQL server for the session; every test that asks for a database finds it migrated and empty.

One database is emptied between tests rather than made for each: 10 ms instead of 50 to 3,000, by how busy the disk is.
"""

from __future__ import annotations

import gc
import json
import signal
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.session import Database, open_database
from discovery_pipeline.store.tables import Base
from discovery_pipeline.store.urls import DatabaseUrls

if TYPE_CHECKING:
    from discovery_pipeline_tests.homes import RunHome

pytest_plugins = ["pytester", "discovery_pipeline_tests.no_skips"]

with warnings.catch_warnings():
    # Typer below 0.26 uses what Click deprecates: its import may warn, our code may not.
    warnings.simplefilter("ignore", DeprecationWarning)
    import typer  # noqa: F401

END_SESSIONS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname IN ('discovery', 'dagster') AND backend_type = 'client backend'
"""
EMPTY_TABLES = f"TRUNCATE {', '.join(Base.metadata.tables)}"

EMPTY_DAGSTER = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public AUTHORIZATION discovery_dagster")


def pytest_collection_finish() -> None:
    """Look for garbage less often, and never among what was imported: it is a fifth of the processor time of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


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


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """A shell starts background jobs with SIGINT ignored, and whatever they start inherits that; tests send it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def pg_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests, its database `discovery` migrated."""
    home = tmp_path_factory.mktemp("postgres_home")
    open_database(Settings(home=home)).dispose()
    state = json.loads((home / "postgres" / "state.json").read_text())
    admin = make_conninfo(host="127.0.0.1", port=state["port"], user="postgres", password=state["admin_password"])
    server = Server(home, embedded.ensure_running(home), make_conninfo(admin, dbname="postgres"))
    server.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server
    embedded.stop(home)


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """The packaged sample tenant after its first run, to be copied."""
    from discovery_pipeline_tests.defs.conftest import TENANT, new_home  # what it takes is imported by few tests
    from discovery_pipeline_tests.homes import run_and_stopped

    return run_and_stopped(new_home(tmp_path_factory.mktemp("sample")), TENANT)


@pytest.fixture
def database_urls(pg_server: Server) -> Iterator[DatabaseUrls]:
    """The three URLs of a migrated database without a tenant, and of an empty one for Dagster."""
    yield pg_server.urls
    pg_server.execute(END_SESSIONS)
    pg_server.execute(EMPTY_TABLES, dbname="discovery")
    pg_server.execute(*EMPTY_DAGSTER, dbname="dagster")


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
