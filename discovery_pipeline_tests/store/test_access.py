"""Who may see which tenant: kept per tenant, asked across tenants about one address alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from psycopg import errors

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.access import drop_grant, grants, put_grant, tenants_of
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant, remove_tenant

ADA, BO = "ada@example.com", "bo@example.com"


@pytest.fixture
def granted(database: Database) -> Database:
    """ada: analyst of acme, viewer of umbrella. bo: admin of umbrella. Nobody: closed."""
    for tenant in ("acme", "closed", "umbrella"):
        add_tenant(database, tenant)
    put_grant(database, "acme", ADA, "analyst", "root")
    put_grant(database, "umbrella", ADA, "viewer", BO)
    put_grant(database, "umbrella", BO, "admin", "root")
    return database


def test_a_person_has_the_tenants_that_were_granted(granted: Database) -> None:
    assert tenants_of(granted, ADA) == {"acme": "analyst", "umbrella": "viewer"}
    assert tenants_of(granted, BO) == {"umbrella": "admin"}
    assert tenants_of(granted, "cy@example.com") == {}


@pytest.mark.parametrize("asked", ["%", "", "ADA@example.com", "ada@example.com ", "x' OR true --"])
def test_only_the_very_address_is_answered(granted: Database, asked: str) -> None:
    assert tenants_of(granted, asked) == {}


def test_a_tenant_lists_its_own_people_alone(granted: Database) -> None:
    assert [(g.email, g.role, g.granted_by) for g in grants(granted, "umbrella")] == [
        (ADA, "viewer", BO),
        (BO, "admin", "root"),
    ]
    assert grants(granted, "closed") == []


def test_a_grant_replaces_the_one_before(granted: Database) -> None:
    put_grant(granted, "acme", ADA, "admin", BO)
    assert tenants_of(granted, ADA)["acme"] == "admin"
    assert [(g.email, g.granted_by) for g in grants(granted, "acme")] == [(ADA, BO)]


def test_a_grant_is_taken_back_in_one_tenant_alone(granted: Database) -> None:
    assert drop_grant(granted, "umbrella", ADA) == "viewer"
    assert drop_grant(granted, "umbrella", ADA) is None
    assert tenants_of(granted, ADA) == {"acme": "analyst"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(partial(drop_grant, email=BO), id="revoked"),
        pytest.param(partial(put_grant, email=BO, role="viewer", granted_by=BO), id="made a viewer"),
    ],
)
def test_the_last_administrator_stays_one(granted: Database, change: Callable[..., object]) -> None:
    with pytest.raises(UsageError, match="the last administrator stays one"):
        change(granted, "umbrella", admin=BO)
    assert tenants_of(granted, BO) == {"umbrella": "admin"}


def test_two_administrators_who_revoke_each_other_at_once_leave_one(granted: Database) -> None:
    put_grant(granted, "umbrella", ADA, "admin", BO)
    at_once = Barrier(2)

    def revoke(email: str, admin: str) -> str:
        at_once.wait()
        try:
            return drop_grant(granted, "umbrella", email, admin) or ""
        except UsageError as error:
            return error.message

    with ThreadPoolExecutor(2) as people:
        told = sorted(people.map(revoke, (ADA, BO), (BO, ADA)))
    assert told == ["admin", "this takes the role admin for umbrella"]
    assert len(grants(granted, "umbrella")) == 1


def test_removing_a_tenant_removes_its_grants(granted: Database) -> None:
    assert remove_tenant(granted, "umbrella") == 2
    assert tenants_of(granted, BO) == {}
    assert tenants_of(granted, ADA) == {"acme": "analyst"}


def test_an_unknown_tenant_is_told(granted: Database) -> None:
    with pytest.raises(UsageError, match="there is no tenant 'nowhere'"):
        put_grant(granted, "nowhere", ADA, "viewer", "root")


def test_the_function_is_the_only_way_across(granted: Database) -> None:
    """Whatever tenant is set, the table yields its rows and the function those of one address; without one, neither."""
    asked = "SELECT tenant FROM tenants_of_person('ada@example.com') ORDER BY tenant"
    with granted.connect(autocommit=True) as connection:
        for statement in (asked, "SELECT * FROM tenant_access"):
            with pytest.raises(errors.InsufficientPrivilege, match="no tenant is set"):
                connection.execute(statement.encode())
        for tenant, seen in (("acme", [("acme",)]), ("closed", []), ("-", [])):
            connection.execute("SELECT set_config('app.tenant', %s, false)", [tenant])
            assert connection.execute(asked).fetchall() == [("acme",), ("umbrella",)]
            assert connection.execute("SELECT DISTINCT tenant_id FROM tenant_access").fetchall() == seen
