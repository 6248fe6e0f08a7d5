"""Opening a database: what is refused, what is reported, what a password never gets into."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError, TransientError, Unreachable
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.session import Database, open_database
from discovery_pipeline.store.tables import Tenant
from discovery_pipeline.store.tenants import add_tenant, list_tenants
from discovery_pipeline_tests.conftest import Server


@pytest.fixture
def intruder(pg_server: Server, settings: Settings) -> Iterator[Settings]:
    """Settings that connect as a role of its own, for a test to give it more than it should have."""
    pg_server.execute("CREATE ROLE intruder LOGIN PASSWORD 'secret'", "GRANT CONNECT ON DATABASE discovery TO intruder")
    rights = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO intruder"
    pg_server.execute(rights, dbname="discovery")
    url = make_conninfo(pg_server.admin_url, user="intruder", password="secret", dbname="discovery")
    yield dataclasses.replace(settings, database_url=url)
    pg_server.execute(
        "ALTER TABLE source_files OWNER TO discovery_owner",
        "REASSIGN OWNED BY intruder TO discovery_owner",
        "DROP OWNED BY intruder",
        dbname="discovery",
    )
    pg_server.execute("DROP ROLE intruder")


def test_a_role_with_no_more_than_it_needs_is_accepted(intruder: Settings) -> None:
    open_database(intruder).dispose()


@pytest.mark.parametrize(
    ("power", "problem"),
    [
        pytest.param("ALTER ROLE intruder SUPERUSER", "superuser", id="superuser"),
        pytest.param("ALTER ROLE intruder BYPASSRLS", "BYPASSRLS", id="bypassrls"),
        pytest.param("ALTER TABLE source_files OWNER TO intruder", "owns or can own source_files", id="owner"),
        pytest.param("GRANT discovery_owner TO intruder", "owns or can own", id="member of the owner"),
        pytest.param("GRANT postgres TO intruder WITH INHERIT FALSE", "superuser", id="may become a superuser"),
        pytest.param("GRANT TRUNCATE ON source_files TO intruder", "may truncate source_files", id="truncate"),
        pytest.param("GRANT pg_execute_server_program TO intruder", "files of the server", id="runs programs"),
    ],
)
def test_a_role_that_could_get_round_the_policies_is_refused(
    pg_server: Server, intruder: Settings, power: str, problem: str
) -> None:
    pg_server.execute(power, dbname="discovery")
    with pytest.raises(ConfigurationError, match=f"role intruder .*{problem}"):
        open_database(intruder)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param("DROP TABLE alembic_version", "has no tables.*discovery db migrate", id="never migrated"),
        pytest.param("UPDATE alembic_version SET version_num = '0000'", "older.*discovery db migrate", id="older"),
        pytest.param("UPDATE alembic_version SET version_num = '9999'", "newer.*install that version", id="newer"),
    ],
)
def test_another_schema_is_refused(pg_server: Server, settings: Settings, change: str, problem: str) -> None:
    keep = "CREATE TABLE kept AS SELECT * FROM alembic_version"
    pg_server.execute(keep, change, dbname="discovery")
    try:
        with pytest.raises(ConfigurationError, match=problem):
            open_database(settings)
    finally:
        pg_server.execute(
            "DROP TABLE IF EXISTS alembic_version",
            "ALTER TABLE kept RENAME TO alembic_version",
            "ALTER TABLE alembic_version OWNER TO discovery_owner",
            "GRANT SELECT ON alembic_version TO discovery_app",
            dbname="discovery",
        )


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        pytest.param("postgresql://u:hunter2@127.0.0.1:1/d", Unreachable, id="nobody listens"),
        pytest.param("postgresql://u:hunter2@no-such-host.invalid/d", Unreachable, id="no such host"),
        pytest.param("postgresql+psycopg2://u:hunter2@h/d", ConfigurationError, id="another form"),
    ],
)
def test_failing_to_connect_is_one_clear_error(settings: Settings, url: str, kind: type[DiscoveryError]) -> None:
    with pytest.raises(kind) as caught:
        open_database(dataclasses.replace(settings, database_url=url))
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param({"password": "hunter2"}, "password authentication failed", id="wrong password"),
        pytest.param(
            {"dbname": "nowhere"}, 'database "nowhere" does not exist|permission denied', id="no such database"
        ),
    ],
)
def test_being_turned_away_is_a_matter_of_configuration(
    pg_server: Server, settings: Settings, changed: dict[str, str], problem: str
) -> None:
    url = make_conninfo(settings.database_url or "", **changed)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        open_database(dataclasses.replace(settings, database_url=url))
    assert "hunter2" not in str(caught.value)


def test_a_failed_block_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.catalogue_session() as session:
            session.add(Tenant(name="acme"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list_tenants(database) == []


def test_connections_that_broke_while_idle_are_replaced(pg_server: Server, database: Database) -> None:
    add_tenant(database, "acme")
    pg_server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'discovery_app'")
    assert [tenant.name for tenant in list_tenants(database)] == ["acme"]


def test_a_connection_that_breaks_in_use_is_unreachable(pg_server: Server, database: Database) -> None:
    def lose_connection() -> None:
        with database.catalogue_session() as session:
            session.execute(sa.text("SELECT 1"))
            pg_server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'discovery_app'")
            session.execute(sa.text("SELECT 1"))

    with pytest.raises(Unreachable):
        lose_connection()


def test_what_passes_is_transient_and_a_fault_of_ours_is_neither(database: Database) -> None:
    def run(*statements: str) -> None:
        with database.catalogue_session() as session:
            for statement in statements:
                session.execute(sa.text(statement))

    with database.connect() as other:
        other.execute("LOCK TABLE tenants IN ROW EXCLUSIVE MODE")
        with pytest.raises(TransientError, match="lock timeout"):
            run("SET LOCAL lock_timeout = '1ms'", "LOCK TABLE tenants IN SHARE ROW EXCLUSIVE MODE")
    with pytest.raises(sa.exc.ProgrammingError, match="nonsense"):
        run("SELECT nonsense")


def test_the_time_to_connect_is_bounded_unless_the_url_says_otherwise(settings: Settings) -> None:
    url = settings.database_url or ""
    for given, expected in ((url, "10"), (make_conninfo(url, connect_timeout=3), "3")):
        database = Database(given)
        with database.connect() as connection:
            assert isinstance(connection, psycopg.Connection)
            assert connection.info.get_parameters()["connect_timeout"] == expected
        database.dispose()
