"""What crosses between tenants: nothing below three that share, nothing to others, and never a value or a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.learning.corrections import NewCorrection
from discovery_pipeline.domain.learning.sharing import SharedLesson
from discovery_pipeline.store.corrections import forget, record, undo
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sharing import shared_lessons, switch_sharing
from discovery_pipeline.store.tables import SharedLessonRow
from discovery_pipeline.store.tenant_settings import write_setting
from discovery_pipeline.store.tenants import add_tenant, remove_tenant
from discovery_pipeline_tests.conftest import Server
from discovery_pipeline_tests.domain.learning.corrected import OWNER, VALUE, elsewhere, mapped

LESSON = SharedLesson("managed by", "asset", "", "technical_owner")
FUNCTION = "lessons_of_sharing_tenants()"


def sharing(database: Database, *tenants: str, decided: Sequence[NewCorrection] = (OWNER,)) -> None:
    """Tenants that share and decided this."""
    for tenant in tenants:
        add_tenant(database, tenant)
        switch_sharing(database, tenant, "on")
        record(database, tenant, decided)


def rows(database: Database, tenant: str) -> list[SharedLesson]:
    """What the tenant shares."""
    with database.tenant_session(tenant) as session:
        found = session.execute(sa.select(SharedLessonRow)).scalars().all()
    return [SharedLesson(row.header_key, row.record, row.product, row.field) for row in found]


@pytest.mark.parametrize(
    ("tenants", "given"),
    [("a", {}), ("ab", {}), ("abc", {LESSON: 3}), ("abcd", {LESSON: 3}), ("abcdefghij", {LESSON: 10})],
    ids=["one", "two", "three", "four", "ten"],
)
def test_from_three_tenants_on_a_lesson_is_given(
    database: Database, tenants: str, given: dict[SharedLesson, int]
) -> None:
    sharing(database, *tenants)
    sharing(database, "asking", decided=())
    assert shared_lessons(database, "asking") == given
    assert shared_lessons(database, "a") == given


def test_saying_it_often_is_not_saying_it_by_many(database: Database) -> None:
    sharing(database, "a", "b", decided=[elsewhere(OWNER, table=str(number)) for number in range(5)])
    assert shared_lessons(database, "a") == {}
    assert rows(database, "a") == [LESSON]


def test_who_does_not_share_neither_gives_nor_gets(database: Database) -> None:
    sharing(database, "a", "b", "c")
    for tenant in ("silent", "never"):
        add_tenant(database, tenant)
    record(database, "silent", [OWNER, elsewhere(OWNER, "Rack")])
    switch_sharing(database, "never", "off")
    assert (rows(database, "silent"), shared_lessons(database, "silent")) == ([], {})
    assert shared_lessons(database, "never") == {}
    assert shared_lessons(database, "a") == {LESSON: 3}


def test_two_that_share_and_one_that_does_not_are_two(database: Database) -> None:
    sharing(database, "a", "b")
    add_tenant(database, "c")
    record(database, "c", [OWNER])
    assert shared_lessons(database, "a") == {}
    switch_sharing(database, "c", "on")
    assert shared_lessons(database, "a") == {LESSON: 3}


@pytest.mark.parametrize("gone", ["opted out", "forgotten", "all forgotten", "undone", "changed", "removed"])
def test_what_the_third_takes_back_is_gone_for_all(database: Database, gone: str) -> None:
    sharing(database, "a", "b", "c")
    take_back: dict[str, Callable[[], object]] = {
        "opted out": lambda: switch_sharing(database, "c", "off"),
        "forgotten": lambda: forget(database, "c", [1], "ann"),
        "all forgotten": lambda: forget(database, "c", None, "ann"),
        "undone": lambda: undo(database, "c", [1], "ann"),
        "changed": lambda: record(database, "c", [mapped("department")]),
        "removed": lambda: remove_tenant(database, "c"),
    }
    take_back[gone]()
    assert shared_lessons(database, "a") == {}
    if gone not in ("changed", "removed"):
        assert rows(database, "c") == []


def test_sharing_again_gives_what_stands(database: Database) -> None:
    sharing(database, "a", "b", "c", decided=[OWNER, elsewhere(OWNER, "Rack")])
    switch_sharing(database, "c", "off")
    undo(database, "c", [2], "ann")
    switch_sharing(database, "c", "on")
    assert rows(database, "c") == [LESSON]
    assert shared_lessons(database, "c") == {LESSON: 3}


def test_a_lesson_stays_while_another_table_says_it(database: Database) -> None:
    sharing(database, "a", decided=[OWNER, elsewhere(OWNER, table="vms")])
    forget(database, "a", [1], "ann")
    assert rows(database, "a") == [LESSON]
    forget(database, "a", [2], "ann")
    assert rows(database, "a") == []


def test_rows_are_of_the_same_transaction(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sharing(database, "a", decided=())

    def failing(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("discovery_pipeline.store.patterns.follow", failing)
    with pytest.raises(RuntimeError, match="power cut"):
        record(database, "a", [OWNER])
    monkeypatch.undo()
    assert rows(database, "a") == []
    assert record(database, "a", [OWNER])[0].number == 1


def test_kinds_and_tools_are_not_mixed(database: Database) -> None:
    of_tool = replace(OWNER, context={**OWNER.context, "product": "servicenow"})
    sharing(database, "a", "b")
    sharing(database, "c", decided=[of_tool])
    assert shared_lessons(database, "a") == {}
    sharing(database, "d", "e", decided=[of_tool])
    assert shared_lessons(database, "a") == {replace(LESSON, product="servicenow"): 3}


def test_where_tenants_disagree_most_of_them_have_to_say_it(database: Database) -> None:
    sharing(database, "a", "b", "c")
    sharing(database, "d", "e", decided=[mapped("department")])
    assert shared_lessons(database, "a") == {LESSON: 3}
    sharing(database, "f", decided=[mapped("department")])
    assert shared_lessons(database, "a") == {}
    sharing(database, "g")
    assert shared_lessons(database, "a") == {LESSON: 3}


def test_a_switch_that_was_only_written_gives_nothing_away(database: Database) -> None:
    """The function asks the switch itself, whatever rows there are."""
    sharing(database, "a", "b", "c")
    write_setting(database, "c", "share-learning", "off")
    assert rows(database, "c") == [LESSON]
    assert shared_lessons(database, "a") == {}
    assert shared_lessons(database, "c") == {}


def test_there_is_no_sharing_for_nobody(database: Database) -> None:
    for asking in (lambda: shared_lessons(database, "nobody"), lambda: switch_sharing(database, "nobody", "on")):
        with pytest.raises(UsageError, match="no tenant"):
            asking()


SECRETS = ("secret", "müller", "4711", "sharer")


def test_no_value_author_file_or_tenant_crosses(database: Database, pg_server: Server) -> None:
    """Everything in the table of all tenants, read by a superuser, and everything that the function returns."""
    private = replace(
        OWNER, author="Secret Author", reason="secret reason", was={**OWNER.was, "cell": "secret-4711"},
        said={**OWNER.said, "unit": "secret unit", "transform": "secret"},
        context={**OWNER.context, "file": "secret.csv", "header": "SECRET Managed by", "x": "secret"},
        target={**OWNER.target, "source": "secret feed", "series": "secret.csv", "table": "secret"},
    )  # fmt: skip
    decided = [
        private,
        elsewhere(private, "Kunde Müller"),
        elsewhere(private, "Ticket 4711"),
        replace(VALUE, target={**VALUE.target, "raw": "secret-4711"}, said={"value": "production"}),
        replace(VALUE, kind="type", target={"asset_id": "secret-4711"}, said={"type": "storage"}),
    ]
    sharing(database, "sharer-1", "sharer-2", "sharer-3", decided=decided)
    given = shared_lessons(database, "sharer-1")
    assert given == {LESSON: 3}
    with psycopg.connect(pg_server.admin_url, dbname="discovery") as connection:
        everything = connection.execute("SELECT * FROM shared_lessons").fetchall()
    assert len(everything) == 3
    texts = [str(text).lower() for row in everything for text in row[1:]]
    texts += [str(text).lower() for lesson in given for text in vars(lesson).values()]
    assert set(texts) == {"managed by", "asset", "", "technical_owner"}
    assert not any(secret in text for secret in SECRETS for text in texts)


@pytest.fixture
def as_a(database: Database) -> Iterator[psycopg.Connection]:
    """The application role as tenant a, of three that share."""
    sharing(database, "a", "b", "c", decided=[OWNER, elsewhere(OWNER, "Rack")])
    sharing(database, "b", decided=[elsewhere(OWNER, "Site")])
    with database.connect(autocommit=True) as connection:
        connection.execute("SET app.tenant = 'a'")
        yield connection


def fetched(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


@pytest.mark.parametrize("condition", ["", "WHERE tenant_id = 'b'", "WHERE true OR tenant_id = 'b'"])
def test_the_application_reads_its_tenants_rows_only(as_a: psycopg.Connection, condition: str) -> None:
    assert {row[0] for row in fetched(as_a, f"SELECT tenant_id FROM shared_lessons {condition}")} <= {"a"}
    assert {row[0] for row in fetched(as_a, f"SELECT tenant_id FROM tenant_settings {condition}")} <= {"a"}
    assert len(fetched(as_a, "SELECT * FROM shared_lessons")) == 2


def test_the_function_tells_no_tenant_and_no_exact_number(as_a: psycopg.Connection) -> None:
    found = as_a.execute(f"SELECT * FROM {FUNCTION}".encode())
    assert [column.name for column in found.description or ()] == [
        "header_key", "record", "product", "field", "tenants",
    ]  # fmt: skip
    assert {row[0] for row in found.fetchall()} == {"managed by", "rack"}


@pytest.mark.parametrize(
    "attack",
    [
        "CREATE TEMPORARY TABLE tenant_settings AS SELECT 'a' AS tenant_id, 'share-learning' AS name, 'on' AS value",
        "CREATE TEMPORARY TABLE shared_lessons AS SELECT 'x' AS tenant_id",
        "CREATE FUNCTION pg_temp.count(text) RETURNS bigint LANGUAGE sql AS 'SELECT 99'",
        "SET search_path = pg_temp, public",
        "SET app.tenant = 'a'",
    ],
    ids=["settings of its own", "lessons of its own", "a count of its own", "another path", "itself again"],
)
def test_the_function_cannot_be_led_astray(as_a: psycopg.Connection, attack: str) -> None:
    before = sorted(fetched(as_a, f"SELECT * FROM public.{FUNCTION}"))
    as_a.execute(attack.encode())
    assert sorted(fetched(as_a, f"SELECT * FROM public.{FUNCTION}")) == before


@pytest.mark.parametrize(
    "statement",
    [
        f"CREATE OR REPLACE FUNCTION public.{FUNCTION} RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"ALTER FUNCTION public.{FUNCTION} RESET ALL",
        f"DROP FUNCTION public.{FUNCTION}",
        "DROP POLICY counted_for_all ON shared_lessons",
        "CREATE POLICY all_of_them ON shared_lessons USING (true)",
    ],
)
def test_the_application_cannot_change_the_function(as_a: psycopg.Connection, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_a.execute(statement.encode())


def test_without_a_tenant_the_function_fails(database: Database) -> None:
    sharing(database, "a", "b", "c")
    with (
        database.connect(autocommit=True) as connection,
        pytest.raises(errors.InsufficientPrivilege, match="no tenant is set"),
    ):
        connection.execute(f"SELECT * FROM {FUNCTION}".encode())


def test_a_tenant_cannot_switch_for_another(as_a: psycopg.Connection) -> None:
    assert as_a.execute("UPDATE tenant_settings SET value = 'off' WHERE tenant_id = 'b'").rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        as_a.execute("INSERT INTO tenant_settings (tenant_id, name, value) VALUES ('z', 'share-learning', 'on')")
