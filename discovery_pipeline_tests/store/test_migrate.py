"""Migrations: they make what the models say, once, as the owner."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import migrate as module
from discovery_pipeline.store.migrate import migrate
from discovery_pipeline.store.schema_version import HEAD
from discovery_pipeline.store.session import open_database
from discovery_pipeline.store.tables import Base
from discovery_pipeline.store.urls import sqlalchemy_url
from discovery_pipeline_tests.conftest import Server


@pytest.fixture
def empty(pg_server: Server, settings: Settings) -> Iterator[Settings]:
    """Settings of a database that has not been migrated."""
    pg_server.execute(
        "CREATE DATABASE bare OWNER discovery_owner", "GRANT CONNECT, TEMPORARY ON DATABASE bare TO discovery_app"
    )
    yield dataclasses.replace(
        settings,
        database_url=pg_server.urls.app.replace("/discovery?", "/bare?"),
        owner_url=pg_server.urls.owner.replace("/discovery?", "/bare?"),
    )
    pg_server.execute("DROP DATABASE bare WITH (FORCE)")


def test_the_tables_are_those_of_the_models(settings: Settings) -> None:
    engine = sa.create_engine(sqlalchemy_url(settings.owner_url or "", "psycopg", ""), poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_revision_is_the_one_the_program_expects() -> None:
    folder = Path(module.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_heads() == [HEAD]


def test_a_database_is_migrated_once_however_often_it_is_asked(empty: Settings) -> None:
    reached: list[str] = []
    threads = [threading.Thread(target=lambda: reached.append(migrate(empty))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reached == [HEAD] * 3
    open_database(empty).dispose()


def test_an_unmigrated_database_says_what_to_do(empty: Settings) -> None:
    with pytest.raises(ConfigurationError, match="discovery db migrate"):
        open_database(empty)


def test_without_an_owner_nothing_is_migrated(empty: Settings) -> None:
    with pytest.raises(ConfigurationError, match="DISCOVERY_OWNER_URL: is not set"):
        migrate(dataclasses.replace(empty, owner_url=None))


def test_the_application_must_not_be_the_owner(empty: Settings) -> None:
    with pytest.raises(ConfigurationError, match="the same role, discovery_owner"):
        migrate(dataclasses.replace(empty, database_url=empty.owner_url))


def test_a_missing_extension_is_asked_for_before_anything_is_changed(pg_server: Server, empty: Settings) -> None:
    pg_server.execute("DROP EXTENSION vector", dbname="bare")
    with pytest.raises(ConfigurationError, match="CREATE EXTENSION vector"):
        migrate(empty)
    with pytest.raises(ConfigurationError, match="has no tables"):
        open_database(empty)
