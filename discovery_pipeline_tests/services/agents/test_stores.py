"""A run's limits, kept answers and ledger over a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from discovery_pipeline.agents.ports import KeptAnswer, Page, Refused, Reservation, Wanted
from discovery_pipeline.agents.prices import Price, PriceList
from discovery_pipeline.domain.calls import Call, CallOutcome, Prices
from discovery_pipeline.domain.spending import Limits, Spent, read_limits
from discovery_pipeline.services.agents.stores import TenantAccounts
from discovery_pipeline.store import model_accounts
from discovery_pipeline.store.budgets import WantedCall, reserve_calls, spent_so_far
from discovery_pipeline.store.kept_answers import count_answers
from discovery_pipeline.store.ledger import ledger_lines
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelCall, ModelReservation
from discovery_pipeline.store.tenants import add_tenant

PRICES = PriceList({}, {"m": Price(Prices(1.0, 2.0), "mine")})
# At these prices at most 1,000 + 2 * 500 millionths of a dollar.
WANTED = Wanted("p", "m", 1_000, 500)
MOST = 2_000
KEPT = KeptAnswer('{"i1": "none"}', "m", 10, 2, "p", "mapping@1")


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    return database


def accounts(database: Database, limits: str = "none", run: str = "run-1") -> TenantAccounts:
    return TenantAccounts(database, "acme", run, read_limits(limits), PRICES)


def spent(database: Database, run: str = "run-1") -> Spent:
    return spent_so_far(database, "acme", run, datetime.now(UTC))["run"]


def granted(found: Reservation | Refused) -> Reservation:
    assert isinstance(found, Reservation)
    return found


def call(
    tokens: tuple[int | None, int | None] = (100, 10), outcome: CallOutcome = "answered", model: str = "m"
) -> Call:
    asked_at = datetime(2026, 1, 2, tzinfo=UTC)
    return Call("mapping", model, "q", 20, asked_at, 5.0, outcome, "", *tokens, "p", "mapping@1", "repair", 0.002)


def test_a_call_is_set_aside_at_its_most_and_settled_at_its_cost(acme: Database) -> None:
    mine = accounts(acme, "run 1")
    reservation = granted(mine.reserve(WANTED))
    assert reservation.usd == pytest.approx(MOST / 1e6)
    assert spent(acme) == Spent(1, MOST)
    mine.write(Page({reservation.key: call()}))
    assert spent(acme) == Spent(1, 120)


def test_a_page_that_is_written_again_changes_nothing(acme: Database) -> None:
    mine = accounts(acme)
    page = Page({granted(mine.reserve(WANTED)).key: call()}, answers={"q": KEPT})
    mine.write(page)
    mine.write(page)
    assert (spent(acme), len(ledger_lines(acme, "acme")), count_answers(acme, "acme")) == (Spent(1, 120), 1, 1)


def test_a_page_is_written_as_a_whole_or_not_at_all(acme: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = accounts(acme)
    page = Page({granted(mine.reserve(WANTED)).key: call()}, answers={"q": KEPT})

    def fail(*_: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(model_accounts, "settle_calls", fail)
        with pytest.raises(TimeoutError):
            mine.write(page)
    assert (spent(acme), len(ledger_lines(acme, "acme")), count_answers(acme, "acme")) == (Spent(1, MOST), 0, 0)
    mine.write(page)
    assert (spent(acme), len(ledger_lines(acme, "acme")), count_answers(acme, "acme")) == (Spent(1, 120), 1, 1)


@pytest.mark.parametrize(
    ("made", "left"),
    [
        (call((None, None), "timed_out"), MOST),
        (call((5, None)), MOST),
        (call((None, None), "refused"), 0),
        (call((5_000, 0)), 5_000),
    ],
)
def test_what_nobody_counted_costs_what_was_set_aside(acme: Database, made: Call, left: int) -> None:
    mine = accounts(acme)
    mine.write(Page({granted(mine.reserve(WANTED)).key: made}))
    assert spent(acme) == Spent(1, left)


def test_a_reservation_that_is_not_used_costs_nothing(acme: Database) -> None:
    mine = accounts(acme)
    mine.write(Page(unused=[granted(mine.reserve(WANTED)).key]))
    assert spent(acme) == Spent(1, 0)
    assert ledger_lines(acme, "acme").is_empty()


def test_a_model_without_a_price_is_held_to_calls_and_not_asked_under_a_limit_in_dollars(acme: Database) -> None:
    unknown = Wanted("p", "unknown", 1, 1)
    mine = accounts(acme, "calls 1")
    reservation = granted(mine.reserve(unknown))
    assert reservation.usd is None
    mine.write(Page({reservation.key: call((10, 10), model="unknown")}))
    assert spent(acme) == Spent(1, 0)
    assert mine.reserve(unknown) == Refused("the run's limit of 1 calls is reached")
    assert accounts(acme, "tenant 5", "run-2").reserve(unknown) == Refused(
        "no price of the model is known, and there is a limit in US dollars"
    )


def test_a_hundred_threads_stop_exactly_at_the_limit_and_go_on_when_money_is_free_again(acme: Database) -> None:
    mine = accounts(acme, f"run {37 * MOST / 1e6}")
    with ThreadPoolExecutor(100) as threads:
        found = list(threads.map(mine.reserve, [WANTED] * 100))
    reservations = [one for one in found if isinstance(one, Reservation)]
    assert len(reservations) == 37
    assert spent(acme) == Spent(37, 37 * MOST)
    mine.write(Page({one.key: call((100, 0)) for one in reservations}))
    assert spent(acme) == Spent(37, 3_700)
    assert isinstance(mine.reserve(WANTED), Reservation)


def test_what_a_killed_run_set_aside_counts_as_spent(acme: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    reserve_calls(acme, "acme", "killed", [WantedCall("lost", MOST)], Limits(), long_ago)
    mine = accounts(acme, f"tenant {2 * MOST / 1e6}")
    reservation = granted(mine.reserve(WANTED))
    assert isinstance(mine.reserve(WANTED), Refused)
    with acme.tenant_session("acme") as session:
        assert session.execute(sa.select(ModelReservation.call_id)).scalars().all() == [reservation.key]


def test_the_ledger_prices_by_provider_and_model(acme: Database) -> None:
    accounts(acme).write(Page({"one": call(), "two": call(model="other")}))
    with acme.tenant_session("acme") as session:
        rows = session.execute(sa.select(ModelCall).order_by(ModelCall.model)).scalars().all()
    first = rows[0]
    assert (first.provider, first.prompt, first.attempt, first.reserved_usd) == ("p", "mapping@1", "repair", 0.002)
    assert [row.cost_usd for row in rows] == [pytest.approx(0.00012), None]
