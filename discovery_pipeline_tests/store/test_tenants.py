from __future__ import annotations

import pytest
import sqlalchemy as sa

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import Base, tenant_tables
from discovery_pipeline.store.tenants import add_tenant, list_tenants, remove_tenant, require_tenant
from discovery_pipeline_tests.store.conftest import fill


@pytest.mark.parametrize("name", ["a", "0", "northwind-bank", "a_b-c", "9" * 63])
def test_names_that_are_taken(database: Database, name: str) -> None:
    assert add_tenant(database, name)
    assert require_tenant(database, name).name == name


@pytest.mark.parametrize(
    "name", ["", "-a", "_a", "A", "a b", "a/b", "..", "a.b", "ä", "a" * 64, "a\n", "a'; DROP TABLE tenants; --"]
)
def test_names_that_are_refused(database: Database, name: str) -> None:
    with pytest.raises(UsageError, match="is not a name"):
        add_tenant(database, name)
    assert list_tenants(database) == []


def test_adding_twice_says_so_and_changes_nothing(database: Database) -> None:
    assert add_tenant(database, "acme")
    before = list_tenants(database)
    assert not add_tenant(database, "acme")
    assert list_tenants(database) == before


def test_tenants_are_listed_by_name(database: Database) -> None:
    for name in ("b", "a", "c-1", "c"):
        add_tenant(database, name)
    assert [tenant.name for tenant in list_tenants(database)] == ["a", "b", "c", "c-1"]


def test_an_unknown_tenant_is_told_those_nearby(database: Database) -> None:
    for name in ("northwind-bank", "contoso"):
        add_tenant(database, name)
    with pytest.raises(UsageError, match=r"no tenant 'northwnd' \(known: northwind-bank\)"):
        require_tenant(database, "northwnd")
    with pytest.raises(UsageError, match="no tenant 'northwnd'"), database.tenant_session("northwnd"):
        pass


def test_without_tenants_the_advice_is_to_add_one(database: Database) -> None:
    with pytest.raises(UsageError, match="discovery tenant add acme"):
        require_tenant(database, "acme")


def test_removing_wipes_every_table_and_leaves_the_others_alone(database: Database) -> None:
    for name in ("a", "b"):
        add_tenant(database, name)
        with database.tenant_session(name) as session:
            fill(session, name)
    assert remove_tenant(database, "a") == len(tenant_tables())
    assert [tenant.name for tenant in list_tenants(database)] == ["b"]
    add_tenant(database, "a")
    for name, rows in (("a", 0), ("b", 1)):
        with database.tenant_session(name) as session:
            tables = [Base.metadata.tables[table] for table in tenant_tables()]
            counts = [session.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in tables]
        assert set(counts) == {rows}


def test_removing_an_unknown_tenant_is_an_error(database: Database) -> None:
    with pytest.raises(UsageError):
        remove_tenant(database, "acme")
