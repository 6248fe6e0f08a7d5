"""A hundred questions at once against a limit, over real HTTP and a real database: not one call too many."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest

from discovery_pipeline.agents.choices import ChoiceQuestion
from discovery_pipeline.agents.desk import Asked, Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.prices import Price, PriceList
from discovery_pipeline.agents.prompts import Prompt
from discovery_pipeline.domain.calls import Prices
from discovery_pipeline.domain.spending import Scope, Spent, read_limits
from discovery_pipeline.services.agents.desk import open_desk
from discovery_pipeline.services.agents.stores import TenantAccounts
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.budgets import spent_so_far
from discovery_pipeline.store.ledger import ledger_lines
from discovery_pipeline.store.provider_slots import ProviderSlots
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.agents.fault_server import Endpoint as Server
from discovery_pipeline_tests.agents.fault_server import Request, choosing, counting, serving

# 100 tokens of prompt and 20 of answer, as the server counts.
PRICES = PriceList({}, {"m": Price(Prices(1.0, 1.0), "test")})
COST = 120


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    return database


def questions(count: int) -> list[ChoiceQuestion]:
    return [
        ChoiceQuestion(
            Prompt("choose", "choose"),
            json.dumps({"items": [{"key": "c1", "header": str(n), "choices": ["hostname", "none"]}]}),
            {"c1": ("hostname", "none")},
        )
        for n in range(count)
    ]


def desk(database: Database, server: Server, limits: str, run: str) -> Desk:
    return Desk(
        (Endpoint(server.url, "m", "key", 50, "p", most_tokens=100),),
        60.0,
        TenantAccounts(database, "acme", run, read_limits(limits), PRICES),
    )


def spent(database: Database, scope: Scope) -> Spent:
    return spent_so_far(database, "acme", "run-0", datetime.now(UTC))[scope]


def test_two_runs_at_once_share_what_the_tenant_may_call(acme: Database) -> None:
    with serving(choosing(lambda *_: "hostname")) as server, ThreadPoolExecutor(2) as runs:

        def ask(number: int) -> Asked:
            asked = questions(100)[50 * number : 50 * (number + 1)]
            return desk(acme, server, "tenant-calls 37", f"run-{number}").ask("mapping", asked)

        asked = list(runs.map(ask, range(2)))
        assert len(server.requests) == 37
    assert sum(len(one.calls) for one in asked) == 37
    assert sum(one.unanswered for one in asked) == sum(one.over_budget for one in asked) == 63
    assert spent(acme, "tenant") == Spent(37, 37 * COST)
    lines = ledger_lines(acme, "acme")
    assert dict(lines.group_by("outcome").len().iter_rows()) == {"answered": 37, "over_budget": 63}
    assert lines["cost_usd"].sum() == pytest.approx(37 * COST / 1e6)


def test_dollars_are_spent_to_the_last_call_that_fits_and_no_further(acme: Database) -> None:
    with serving(choosing(lambda *_: "hostname")) as server:
        asked = desk(acme, server, "run 0.005", "run-0").ask("mapping", questions(100))
        calls = len(server.requests)
    most = max(ledger_lines(acme, "acme")["reserved_usd"].drop_nulls())
    assert 0 < calls == len(asked.calls) < 100
    left = 0.005 - calls * COST / 1e6
    assert 0 <= left < most
    assert spent(acme, "run") == Spent(calls, calls * COST)


def test_kept_answers_cost_nothing_and_are_in_the_ledger(acme: Database) -> None:
    with serving(choosing(lambda *_: "hostname")) as server:
        for run in ("run-0", "run-1"):
            desk(acme, server, "run-calls 3", run).ask("mapping", questions(3))
        assert len(server.requests) == 3
    kept = ledger_lines(acme, "acme", run="run-1")
    assert (kept["outcome"].to_list(), kept["cost_usd"].to_list()) == (["kept"] * 3, [0.0] * 3)
    assert spent(acme, "tenant").calls == 3


@pytest.mark.parametrize("slots", [True, False], ids=["told of each other", "not told"])
def test_two_runs_at_once_call_a_provider_no_more_often_at_once_than_it_takes(acme: Database, slots: bool) -> None:
    at_once = 2 if slots else 4

    def slow(request: Request, handler: BaseHTTPRequestHandler, endpoint: Server) -> None:
        """Answers a moment after as many as are expected were asked at once."""
        for _ in range(200):
            if endpoint.ending.wait(0.05) or most() >= at_once:
                break
        choosing(lambda *_: "hostname")(request, handler, endpoint)

    behave, most = counting(slow)
    with serving(behave) as server, ThreadPoolExecutor(2) as runs:

        def ask(number: int) -> Asked:
            endpoints = (Endpoint(server.url, "m", "key", 2, f"p{number}"),)
            made = Desk(endpoints, slots=lambda: ProviderSlots(acme)) if slots else Desk(endpoints)
            return made.ask("mapping", questions(20)[10 * number : 10 * (number + 1)])

        asked = list(runs.map(ask, range(2)))
    assert sum(one.unanswered for one in asked) == 0
    assert most() == at_once


def test_an_ask_waits_for_its_turn_no_longer_than_its_run_may(acme: Database) -> None:
    with serving(choosing(lambda *_: "hostname")) as server:
        other = ProviderSlots(acme)
        assert other.take(server.url, 1) is not None
        waiting = Desk((Endpoint(server.url, "m", concurrency=1),), 0.3, slots=lambda: ProviderSlots(acme))
        asked = waiting.ask("mapping", questions(3))
        assert (asked.unanswered, server.requests, waiting.seconds) == (3, [], 0)
        other.free_all()


def test_what_a_run_asks_at_waits_for_others(acme: Database, settings: Settings) -> None:
    made = open_desk(replace(settings, model_base_url="http://127.0.0.1:9/v1"), acme, "acme", "run-0")
    assert isinstance(made.slots(), ProviderSlots)
