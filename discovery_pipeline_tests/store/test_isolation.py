"""Attacks on row-level security: as the application role, with and without a tenant, on every table there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors

from discovery_pipeline.settings import Settings
from discovery_pipeline.store.roles import CALLABLE
from discovery_pipeline.store.session import Database, database_urls
from discovery_pipeline.store.tables import APPEND_ONLY, Base, tenant_tables
from discovery_pipeline_tests.store.conftest import sample_row

NOT_A_TENANTS = {"tenants", "alembic_version"}

each_table = pytest.mark.parametrize("table", tenant_tables())
each_changeable = pytest.mark.parametrize("table", [name for name in tenant_tables() if name not in APPEND_ONLY])


@pytest.fixture
def as_a(two_tenants: Database) -> Iterator[psycopg.Connection]:
    """The application role with tenant a set; what an attacker with SQL access would have."""
    with two_tenants.connect(autocommit=True) as connection:
        connection.execute("SET app.tenant = 'a'")
        yield connection


def rows_of(database: Database, table: str, tenant: str) -> list[Any]:
    with database.tenant_session(tenant) as session:
        return list(session.execute(sa.select(Base.metadata.tables[table])).all())


def query(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


def changed(connection: psycopg.Connection, sql: str) -> int:
    return connection.execute(sql.encode()).rowcount


def inserting(table: str, tenant: str) -> tuple[str, list[Any]]:
    row = sample_row(Base.metadata.tables[table], tenant)
    columns = ", ".join(f'"{name}"' for name in row)
    # As the driver alone takes them: JSON wrapped, a vector as text.
    driver = {"alternatives": psycopg.types.json.Json, "embedding": str}
    values = [driver.get(name, lambda value: value)(value) for name, value in row.items()]
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", values


@each_table
@pytest.mark.parametrize(
    "condition",
    ["", "WHERE tenant_id = 'b'", "WHERE tenant_id <> 'a'", "WHERE true OR tenant_id = 'b'"],
    ids=["no where", "b", "not a", "or"],
)
def test_reading_yields_only_ones_own(as_a: psycopg.Connection, table: str, condition: str) -> None:
    assert {row[0] for row in query(as_a, f"SELECT tenant_id FROM {table} {condition}")} <= {"a"}


@each_table
def test_one_does_see_ones_own(as_a: psycopg.Connection, table: str) -> None:
    assert query(as_a, f"SELECT count(*) FROM {table}") == [(1,)]


@each_table
def test_a_join_or_a_copy_reaches_no_further(as_a: psycopg.Connection, table: str) -> None:
    assert query(as_a, f"SELECT t.name FROM tenants t JOIN {table} x ON x.tenant_id = t.name") == [("a",)]
    with as_a.cursor().copy(f"COPY {table} (tenant_id) TO STDOUT".encode()) as copy:
        assert b"".join(copy) == b"a\n"


each_condition = pytest.mark.parametrize("condition", ["", "WHERE tenant_id = 'b'"], ids=["no where", "b"])


@each_table
@each_condition
def test_deleting_reaches_only_ones_own(
    two_tenants: Database, as_a: psycopg.Connection, table: str, condition: str
) -> None:
    before = rows_of(two_tenants, table, "b")
    assert changed(as_a, f"DELETE FROM {table} {condition}") == (0 if condition else 1)
    assert rows_of(two_tenants, table, "b") == before


@each_changeable
@each_condition
def test_updating_reaches_only_ones_own(
    two_tenants: Database, as_a: psycopg.Connection, table: str, condition: str
) -> None:
    before = rows_of(two_tenants, table, "b")
    assert changed(as_a, f"UPDATE {table} SET tenant_id = tenant_id {condition}") == (0 if condition else 1)
    assert rows_of(two_tenants, table, "b") == before


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_what_was_decided_or_called_cannot_be_rewritten(
    two_tenants: Database, as_a: psycopg.Connection, table: str
) -> None:
    before = rows_of(two_tenants, table, "a")
    for column in Base.metadata.tables[table].columns:
        with pytest.raises(errors.InsufficientPrivilege, match="permission denied for table"):
            changed(as_a, f'UPDATE {table} SET "{column.name}" = "{column.name}"')
    sql, values = inserting(table, "a")
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied for table"):
        as_a.execute(f"{sql} ON CONFLICT ON CONSTRAINT pk_{table} DO UPDATE SET tenant_id = 'a'".encode(), values)
    assert rows_of(two_tenants, table, "a") == before


@each_changeable
def test_a_row_cannot_be_handed_over(two_tenants: Database, as_a: psycopg.Connection, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        changed(as_a, f"UPDATE {table} SET tenant_id = 'b'")
    assert len(rows_of(two_tenants, table, "b")) == 1


@each_table
def test_a_row_cannot_be_made_for_another(two_tenants: Database, as_a: psycopg.Connection, table: str) -> None:
    sql, values = inserting(table, "b")
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        as_a.execute(sql.encode(), values)
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        as_a.execute(f"{sql} ON CONFLICT DO NOTHING".encode(), values)
    assert len(rows_of(two_tenants, table, "b")) == 1


@each_table
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE {table}",
        "TRUNCATE tenants CASCADE",
        "COPY {table} FROM STDIN",
        "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_tenant ON {table}",
        "CREATE POLICY mine ON {table} USING (true)",
        "DROP TABLE {table}",
        "CREATE VIEW public.all_rows AS SELECT * FROM {table}",
        "CREATE OR REPLACE FUNCTION public.current_tenant() RETURNS text LANGUAGE sql AS 'SELECT ''b'''",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE ROLE more BYPASSRLS",
        "GRANT SELECT ON {table} TO PUBLIC; SET ROLE pg_read_all_data",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_the_rules_cannot_be_changed(as_a: psycopg.Connection, table: str, statement: str) -> None:
    refusals = (errors.InsufficientPrivilege, errors.FeatureNotSupported)
    with pytest.raises(refusals):
        as_a.execute(statement.format(table=table).encode())


@each_table
def test_switching_the_policies_off_is_an_error(as_a: psycopg.Connection, table: str) -> None:
    as_a.execute("SET row_security = off")
    with pytest.raises(errors.InsufficientPrivilege):
        query(as_a, f"SELECT * FROM {table}")


@each_table
def test_becoming_the_owner_is_refused(as_a: psycopg.Connection, table: str) -> None:
    owner = query(as_a, f"SELECT tableowner FROM pg_tables WHERE tablename = '{table}'")[0][0]
    with pytest.raises(errors.InsufficientPrivilege):
        as_a.execute(f"SET ROLE {owner}".encode())


@each_table
@pytest.mark.parametrize(
    "statement", ["SELECT * FROM {table}", "DELETE FROM {table}", "UPDATE {table} SET tenant_id = 'a'"]
)
@pytest.mark.parametrize("used_before", [False, True], ids=["fresh connection", "after a tenant's transaction"])
def test_without_a_tenant_everything_fails(
    two_tenants: Database, table: str, statement: str, used_before: bool
) -> None:
    with two_tenants.connect(autocommit=True) as connection:
        if used_before:
            with connection.transaction():
                connection.execute("SELECT set_config('app.tenant', 'a', true)")
        refusal = "permission denied" if table in APPEND_ONLY and "UPDATE" in statement else "no tenant is set"
        with pytest.raises(errors.InsufficientPrivilege, match=refusal):
            connection.execute(statement.format(table=table).encode())


@each_table
def test_inserting_without_a_tenant_fails(two_tenants: Database, table: str) -> None:
    sql, values = inserting(table, "a")
    with two_tenants.connect(autocommit=True) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.encode(), values)


@each_table
def test_the_owner_is_bound_as_well(two_tenants: Database, owner_url: str, table: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        with pytest.raises(errors.InsufficientPrivilege, match="no tenant is set"):
            query(connection, f"SELECT * FROM {table}")
        connection.execute("SET app.tenant = 'a'")
        assert query(connection, f"SELECT tenant_id FROM {table}") == [("a",)]


def test_a_tenants_session_cannot_go_on_after_its_transaction(two_tenants: Database) -> None:
    with two_tenants.tenant_session("a") as session:
        session.commit()
        with pytest.raises(sa.exc.InvalidRequestError, match="closed transaction"):
            session.execute(sa.select(Base.metadata.tables["source_files"]))


def test_the_catalogue_session_sees_no_tenants_rows(two_tenants: Database) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="no tenant is set"), two_tenants.catalogue_session() as session:
        session.execute(sa.select(Base.metadata.tables["source_files"]))


def test_every_table_is_protected_or_known_not_to_need_it(two_tenants: Database) -> None:
    with two_tenants.connect() as connection:
        found: dict[str, bool] = dict(
            connection.execute("""
                SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            """).fetchall()
        )
    assert set(found) == set(Base.metadata.tables) | {"alembic_version"}
    assert {name for name, protected in found.items() if not protected} == NOT_A_TENANTS


def test_every_key_begins_with_the_tenant(two_tenants: Database) -> None:
    """Otherwise one tenant's insert could collide with another's row, and so learn of it."""
    with two_tenants.connect() as connection:
        first_columns = connection.execute("""
            SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
             WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique
        """).fetchall()
    assert {column for name, column in first_columns if name not in NOT_A_TENANTS} == {"tenant_id"}
    assert {name for name, _ in first_columns} >= set(tenant_tables())


def test_the_other_databases_are_closed_to_each_role(embedded_settings: Settings) -> None:
    urls = database_urls(embedded_settings)
    for url in (urls.app.replace("/discovery?", "/dagster?"), urls.dagster.replace("/dagster?", "/discovery?")):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url)


def test_only_known_functions_run_with_the_owners_rights(two_tenants: Database, owner_url: str) -> None:
    """Each with a fixed search_path, owned by who owns the tables, and called by the application role alone."""
    with psycopg.connect(owner_url) as owner, two_tenants.connect() as app:
        found = query(
            owner,
            """SELECT p.proname, p.proconfig, p.proowner = c.relowner, p.proacl::text[]
                 FROM pg_proc p, pg_class c
                WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND c.oid = 'tenants'::regclass""",
        )
        ((role,),) = query(app, "SELECT current_user")
        ((own,),) = query(owner, "SELECT current_user")
    assert {name for name, *_ in found} == set(CALLABLE)
    for _, config, is_owners, rights in found:
        assert (config, is_owners) == (["search_path=pg_catalog, pg_temp"], True)
        assert {right.split("=")[0] for right in rights} == {role, own}


def test_the_owner_counts_for_others_only_inside_the_function(two_tenants: Database, owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SET app.tenant = 'a'")
        for table in ("shared_lessons", "tenant_settings"):
            assert query(connection, f"SELECT DISTINCT tenant_id FROM {table}") == [("a",)]
