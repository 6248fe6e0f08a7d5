"""Migrations: they make what the models say, once, as the owner."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.domain.learning.patterns import fold
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import migrate as module
from discovery_pipeline.store.corrections import corrections, record
from discovery_pipeline.store.migrate import migrate
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.schema_version import HEAD
from discovery_pipeline.store.session import open_database
from discovery_pipeline.store.tables import Base
from discovery_pipeline.store.urls import sqlalchemy_url
from discovery_pipeline_tests.conftest import Server
from discovery_pipeline_tests.domain.learning.corrected import OWNER


@pytest.fixture
def empty(pg_server: Server, settings: Settings) -> Iterator[Settings]:
    """Settings of a database that has not been migrated."""
    pg_server.execute(
        "CREATE DATABASE bare OWNER discovery_owner", "GRANT CONNECT, TEMPORARY ON DATABASE bare TO discovery_app"
    )
    yield replace(
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
        migrate(replace(empty, owner_url=None))


def test_the_application_must_not_be_the_owner(empty: Settings) -> None:
    with pytest.raises(ConfigurationError, match="the same role, discovery_owner"):
        migrate(replace(empty, database_url=empty.owner_url))


def test_a_missing_extension_is_asked_for_before_anything_is_changed(pg_server: Server, empty: Settings) -> None:
    pg_server.execute("DROP EXTENSION vector", dbname="bare")
    with pytest.raises(ConfigurationError, match="CREATE EXTENSION vector"):
        migrate(empty)
    with pytest.raises(ConfigurationError, match="has no tables"):
        open_database(empty)


@pytest.fixture
def at_0002(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database of the version before corrections of every kind."""
    from alembic import command

    with monkeypatch.context() as patched:
        upgrade = command.upgrade
        patched.setattr(command, "upgrade", lambda config, _: upgrade(config, "0002"))
        assert migrate(empty) == "0002"
    return empty


OLD = {
    "number": 1, "kind": "mapping", "action": "changed", "source": "cmdb", "file": "cmdb_2025.csv",
    "series": "cmdb.csv", "table": "cmdb_2025", "table_series": "cmdb", "position": 3, "header": "Managed by",
    "header_key": "managed by", "occurrence": 0, "record": "asset", "product": None, "field": "technical_owner",
    "unit": None, "transform": None, "was_field": "business_owner", "was_status": "review", "was_confidence": 0.68,
    "author": "ann", "reason": "they run it",
}  # fmt: skip
# The older version did not say how the run had chosen.
KEPT = replace(OWNER, was={name: value for name, value in OWNER.was.items() if name != "method"})


def keep_old(settings: Settings, tenant: str, rows: Sequence[dict[str, object]]) -> None:
    with psycopg.connect(settings.database_url or "") as connection:
        connection.execute("INSERT INTO tenants (name) VALUES (%s)", [tenant])
        connection.execute("SELECT set_config('app.tenant', %s, true)", [tenant])
        for row in rows:
            columns = ", ".join(f'"{name}"' for name in ("tenant_id", *row))
            marks = ", ".join(["%s"] * (len(row) + 1))
            connection.execute(
                f"INSERT INTO corrections ({columns}) VALUES ({marks})".encode(), [tenant, *row.values()]
            )


def test_corrections_of_an_older_version_are_kept_and_learned_from(at_0002: Settings) -> None:
    later = {**OLD, "number": 2, "author": "bob", "file": "cmdb_2026.csv", "position": 4}
    keep_old(at_0002, "acme", [OLD, later])
    keep_old(at_0002, "other", [{**OLD, "action": "unmapped", "field": None, "was_field": None}])
    keep_old(at_0002, "empty", [])
    assert migrate(at_0002) == HEAD
    database = open_database(at_0002)
    try:
        first, second = corrections(database, "acme")
        assert first.what == KEPT
        assert second.what.target_key == first.what.target_key
        by_polarity = {p.polarity: p for p in current_patterns(database, "acme")}
        assert by_polarity == {p.polarity: p for p in fold([first, second])}
        assert (by_polarity[1].said["field"], by_polarity[1].corrections) == ("technical_owner", (1, 2))
        assert [p.said["field"] for p in current_patterns(database, "other")] == [None]
        assert current_patterns(database, "empty") == ()
        assert record(database, "acme", [KEPT])[0].number == 3
        assert len(current_patterns(database, "acme")) == 2
    finally:
        database.dispose()
