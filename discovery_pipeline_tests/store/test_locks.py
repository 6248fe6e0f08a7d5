from __future__ import annotations

import subprocess
import sys

import pytest

from discovery_pipeline.domain.errors import TenantBusy
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.urls import DatabaseUrls

HOLD = """
import sys, time
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.session import Database
with tenant_writer(Database(sys.argv[1]), "acme", "the other process"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_holds_the_tenant(database: Database) -> None:
    with (
        tenant_writer(database, "acme", "discovery run, process 4711 on host-a"),
        pytest.raises(TenantBusy, match=r"tenant acme: .*discovery run, process 4711 on host-a, since \d{4}-"),
        tenant_writer(database, "acme", "somebody else"),
    ):
        pytest.fail("two writers at once")


def test_the_lock_ends_with_the_block(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), tenant_writer(database, "acme", "first"):
        raise ZeroDivisionError
    with tenant_writer(database, "acme", "second"):
        pass


def test_tenants_do_not_hinder_each_other(database: Database) -> None:
    with tenant_writer(database, "a", "one"), tenant_writer(database, "b", "two"):
        pass


@pytest.mark.parametrize("holder", ["x" * 200, "ä" * 60, ""], ids=["long", "many bytes", "empty"])
def test_any_holder_can_be_named(database: Database, holder: str) -> None:
    with (
        tenant_writer(database, "acme", holder),
        pytest.raises(TenantBusy, match="is being written by"),
        tenant_writer(database, "acme", "second"),
    ):
        pytest.fail("two writers at once")


def test_a_killed_holder_frees_the_tenant(database: Database, database_urls: DatabaseUrls) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, database_urls.app], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(TenantBusy, match="the other process"), tenant_writer(database, "acme", "me"):
            pytest.fail("two writers at once")
        other.kill()
        other.wait()
    for _ in range(100):  # the server notices the closed connection within milliseconds
        try:
            with tenant_writer(database, "acme", "me"):
                return
        except TenantBusy:
            continue
    pytest.fail("the lock outlived its holder")
