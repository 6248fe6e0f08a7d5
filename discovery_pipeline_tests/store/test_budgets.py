"""Budgets under concurrency: never one call or one millionth of a dollar too much, never one too few."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.spending import Limits, Spent, read_limits
from discovery_pipeline.store.budgets import (
    WantedCall,
    close_reservations,
    reserve_calls,
    spent_so_far,
)
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelReservation
from discovery_pipeline.store.tenants import add_tenant, remove_tenant
from discovery_pipeline.store.urls import DatabaseUrls
from discovery_pipeline_tests.store.model_rows import settle_calls

NOW = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    return database


def one(micro_usd: int | None = 10) -> WantedCall:
    return WantedCall(uuid4().hex, micro_usd)


def reserved(
    database: Database, wanted: Sequence[WantedCall], limits: str = "none", run: str = "run-1", now: datetime = NOW
) -> list[str | None]:
    return reserve_calls(database, "acme", run, wanted, read_limits(limits), now)


def spent(database: Database, run: str = "run-1", now: datetime = NOW) -> dict[str, Spent]:
    return dict(spent_so_far(database, "acme", run, now))


def under_way(database: Database) -> int | None:
    with database.tenant_session("acme") as session:
        return session.execute(sa.select(sa.func.count()).select_from(ModelReservation)).scalar()


def test_a_reservation_counts_in_every_scope(acme: Database) -> None:
    assert reserved(acme, [one(10), one(5), one(None)]) == [None, None, None]
    assert spent(acme) == dict.fromkeys(("run", "day", "tenant"), Spent(3, 15))
    assert spent(acme, "run-2") == {"run": Spent(), "day": Spent(3, 15), "tenant": Spent(3, 15)}
    assert spent(acme, "run-2", NOW + timedelta(minutes=1))["day"] == Spent()
    assert under_way(acme) == 3


def test_what_is_refused_counts_nowhere_and_what_is_cheaper_may_still_go(acme: Database) -> None:
    refused = reserved(acme, [one(60), one(60), one(40)], "run 0.0001")
    assert [why is None for why in refused] == [True, False, True]
    assert spent(acme)["run"] == Spent(2, 100)


def test_settling_frees_what_was_not_spent_and_counts_what_was_spent_beyond(acme: Database) -> None:
    cheap, dear, unknown, unpriced = calls = [one(100), one(100), one(100), one(None)]
    reserved(acme, calls)
    settle_calls(acme, "acme", {cheap.call_id: 1, dear.call_id: 150, unknown.call_id: None, unpriced.call_id: 7})
    assert spent(acme) == dict.fromkeys(("run", "day", "tenant"), Spent(4, 258))
    assert under_way(acme) == 0


def test_a_call_is_settled_once(acme: Database) -> None:
    call = one(100)
    reserved(acme, [call])
    for _ in range(3):
        settle_calls(acme, "acme", {call.call_id: 1})
    settle_calls(acme, "acme", {"nobody's": 5})
    settle_calls(acme, "acme", {})
    assert spent(acme)["tenant"] == Spent(1, 1)


def test_a_call_belongs_to_the_day_on_which_it_began(acme: Database) -> None:
    call = one(100)
    reserved(acme, [call])
    reserved(acme, [one(3)], now=NOW + timedelta(minutes=2))
    settle_calls(acme, "acme", {call.call_id: 20})
    assert spent(acme)["day"] == Spent(1, 20)
    assert spent(acme, now=NOW + timedelta(minutes=2))["day"] == Spent(1, 3)
    assert spent(acme)["tenant"] == Spent(2, 23)


def test_the_day_is_utcs(acme: Database) -> None:
    from datetime import timezone

    west = NOW.astimezone(timezone(timedelta(hours=-8)))
    reserved(acme, [one(1)], now=west)
    assert spent(acme)["day"] == Spent(1, 1)


def test_a_crashed_runs_reservations_stay_spent_and_block_nobody_for_ever(acme: Database) -> None:
    lost, mine = one(40), one(10)
    reserved(acme, [lost], run="crashed")
    reserved(acme, [mine])
    assert close_reservations(acme, "acme", NOW + timedelta(hours=1), "run-1") == 1
    assert under_way(acme) == 1
    settle_calls(acme, "acme", {lost.call_id: 0})  # it was not dead after all
    assert spent(acme)["tenant"] == Spent(2, 50)
    settle_calls(acme, "acme", {mine.call_id: 1})
    assert spent(acme)["tenant"] == Spent(2, 41)


def test_tenants_spend_apart(acme: Database) -> None:
    add_tenant(acme, "other")
    reserved(acme, [one()], "tenant-calls 1")
    assert reserve_calls(acme, "other", "run-1", [one()], read_limits("tenant-calls 1"), NOW) == [None]
    assert reserved(acme, [one()], "tenant-calls 1") == ["the tenant's limit of 1 calls is reached"]


def test_a_removed_tenant_leaves_nothing(acme: Database) -> None:
    reserved(acme, [one()])
    remove_tenant(acme, "acme")
    add_tenant(acme, "acme")
    assert spent(acme)["tenant"] == Spent()


def test_an_unknown_tenant_is_named(database: Database) -> None:
    with pytest.raises(UsageError, match="nobody"):
        reserve_calls(database, "nobody", "run-1", [one()], Limits(), NOW)


@pytest.fixture
def many(acme: Database, database_urls: DatabaseUrls) -> Iterator[list[Database]]:
    """Twenty pools of connections, as of twenty processes."""
    with ExitStack() as stack:
        databases = [Database(database_urls.app) for _ in range(20)]
        for database in databases:
            stack.callback(database.dispose)
        yield databases


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [("calls 37", 37), ("run 0.00037", 37), ("day 0.000375", 37), ("tenant-calls 37, run 1", 37), ("calls 500", 100)],
)
def test_a_hundred_parallel_calls_stop_exactly_at_the_limit(
    acme: Database, many: list[Database], limits: str, allowed: int
) -> None:
    def ask(number: int) -> str | None:
        return reserved(many[number % 20], [one(10)], limits)[0]

    with ThreadPoolExecutor(100) as threads:
        refused = list(threads.map(ask, range(100)))
    assert refused.count(None) == allowed
    assert spent(acme)["run"] == Spent(allowed, 10 * allowed)


def test_runs_that_reserve_and_settle_at_once_neither_deadlock_nor_lose_a_millionth(
    acme: Database, many: list[Database]
) -> None:
    def ask(number: int) -> int:
        database, call = many[number % 20], one(100)
        now = NOW + timedelta(minutes=number % 2)  # both sides of midnight
        if reserved(database, [call], "tenant 0.005", f"run-{number % 4}", now) != [None]:
            return 0
        settle_calls(database, "acme", {call.call_id: number % 7})
        return number % 7

    with ThreadPoolExecutor(60) as threads:
        paid = sum(threads.map(ask, range(300)))
    assert paid > 0
    assert spent(acme)["tenant"].micro_usd == paid
    days = [spent(acme, now=NOW + timedelta(minutes=minutes))["day"].micro_usd for minutes in (0, 1)]
    runs = [spent(acme, f"run-{number}")["run"].micro_usd for number in range(4)]
    assert sum(days) == sum(runs) == paid


OTHER_PROCESS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from discovery_pipeline.domain.spending import read_limits
from discovery_pipeline.store.budgets import WantedCall, reserve_calls
from discovery_pipeline.store.session import Database
url, name = sys.argv[1:]
database, limits, now = Database(url), read_limits("day-calls 31"), datetime(2026, 3, 1, tzinfo=UTC)
def ask(number):
    return reserve_calls(database, "acme", name, [WantedCall(f"{name}-{number}", 1)], limits, now) == [None]
with ThreadPoolExecutor(10) as threads:
    print(sum(threads.map(ask, range(50))))
"""


def test_processes_share_the_limit(acme: Database, database_urls: DatabaseUrls) -> None:
    others = [
        subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, database_urls.app, f"run-{number}"], stdout=subprocess.PIPE, text=True
        )
        for number in range(3)
    ]
    counts = [int(other.communicate(timeout=240)[0]) for other in others]
    assert sum(counts) == 31
    assert under_way(acme) == 31
