"""Every HTTP call is granted before and settled after it, whatever becomes of it; no line of the ledger is lost."""

from __future__ import annotations

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

import pytest

from discovery_pipeline.agents import line
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.ports import Page, Reservation, Wanted
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline_tests.agents.desk_questions import RIGHT, outcomes, question, questions, telling, values
from discovery_pipeline_tests.agents.fault_server import (
    Behaviour,
    Request,
    completion,
    first,
    hanging_up,
    saying,
    serving,
    silent,
)
from discovery_pipeline_tests.agents.fault_server import Endpoint as Server
from discovery_pipeline_tests.agents.stand_ins import InMemory

GOOD = telling(RIGHT)
MOST = 100
CONCURRENCY = 4


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_FIRST_WAIT_S", 0.02)


def desk(url: str, accounts: InMemory, seconds: float = 10.0, concurrency: int = CONCURRENCY) -> Desk:
    endpoint = Endpoint(url, "m", concurrency=concurrency, most_tokens=MOST)
    return Desk((endpoint,), seconds, accounts)


def test_every_call_is_granted_first_retries_and_repairs_too() -> None:
    till = InMemory()
    failing = first(saying(b"", 503), hanging_up, telling({"a": "maybe", "b": "no"}), then=GOOD)
    with serving(failing) as endpoint:
        asked = desk(endpoint.url, till).ask("mapping", questions(1))
    assert [call.attempt for call in asked.calls] == ["first", "retry", "retry", "repair"]
    assert outcomes(asked) == till.outcomes == ["refused", "broken", "rejected", "answered"]
    assert till.settled == [0, None, 20, 20]
    assert (till.held, till.spent) == ({}, MOST + 20 + 20)
    assert [call.reserved_usd for call in asked.calls] == [0.1] * 4
    (wanted, *_) = till.wanted
    assert (wanted.provider, wanted.model, wanted.answer_tokens) == ("model", "m", MOST)
    assert all(
        wanted.prompt_bytes >= len(request.body) - 200
        for wanted, request in zip(till.wanted, endpoint.requests, strict=True)
    )


def test_a_call_that_is_broken_off_is_settled_as_if_it_had_cost_all() -> None:
    till = InMemory()
    with serving(silent) as endpoint:
        desk(endpoint.url, till, seconds=0.4, concurrency=2).ask("mapping", questions(5))
    assert till.settled == [None] * 2
    assert (till.held, till.spent) == ({}, 2 * MOST)
    assert till.outcomes == ["timed_out"] * 2


def test_without_a_grant_there_is_no_call_and_it_is_told() -> None:
    till = InMemory(limit=MOST - 1)
    with serving(GOOD) as endpoint:
        asked = desk(endpoint.url, till).ask("mapping", questions(3))
    assert (endpoint.requests, asked.calls, asked.over_budget) == ([], (), 3)
    assert (asked.unanswered, asked.why) == (3, "the run's limit is reached")
    assert till.outcomes == ["over_budget"] * 3


def test_what_calls_under_way_turn_out_not_to_cost_is_spent_on_others() -> None:
    till = InMemory(limit=2 * MOST)  # two calls at once; each then costs 20
    with serving(GOOD) as endpoint:
        asked = desk(endpoint.url, till, concurrency=8).ask("mapping", questions(5))
    assert values(asked) == [RIGHT] * 5
    assert till.most_at_once == 2
    assert (till.spent, asked.over_budget) == (100, 0)


def test_a_repair_that_is_not_granted_leaves_what_was_right() -> None:
    till = InMemory(limit=MOST)
    with serving(telling({"a": "yes", "b": "maybe"})) as endpoint:
        asked = desk(endpoint.url, till).ask("mapping", questions(1))
    assert values(asked) == [{"a": "yes", "b": None}]
    assert (outcomes(asked), asked.over_budget) == (["rejected"], 1)


def test_a_hundred_runs_at_once_never_exceed_the_limit() -> None:
    till = InMemory(limit=37 * 20)
    with serving(GOOD) as endpoint, ThreadPoolExecutor(20) as runs:
        endpoints = Endpoint(endpoint.url, "m", most_tokens=20)
        asked = list(runs.map(lambda n: Desk((endpoints,), accounts=till).ask("mapping", [question(n)]), range(100)))
        assert len(endpoint.requests) == 37
    assert (till.spent, sum(len(one.calls) for one in asked)) == (37 * 20, 37)
    assert sum(one.over_budget for one in asked) == 63


class Stopping(InMemory):
    """A store that stops answering."""

    def reserve(self, wanted: Wanted) -> Reservation:  # type: ignore[override]
        if len(self.wanted) == 2:
            raise Unreachable("gone", where="database")
        granted = super().reserve(wanted)
        assert isinstance(granted, Reservation)
        return granted


def test_a_store_that_stops_answering_is_told_and_what_was_made_is_written() -> None:
    till = Stopping()
    with serving(GOOD) as endpoint, pytest.raises(Unreachable, match="gone"):
        desk(endpoint.url, till, concurrency=1).ask("mapping", questions(5))
    assert till.outcomes == ["answered"] * 2
    assert till.held == {}


class Forgetful(InMemory):
    """A ledger that can't be written."""

    def write(self, page: Page) -> None:
        raise Unreachable("no ledger", where="database")


def test_a_ledger_that_can_not_be_written_ends_the_asking() -> None:
    with serving(GOOD) as endpoint, pytest.raises(Unreachable, match="no ledger"):
        desk(endpoint.url, Forgetful(), concurrency=1).ask("mapping", questions(50))
    assert len(endpoint.requests) < 50


class Failing(InMemory):
    """A store that takes its time and fails so many times, as a database that is failed over."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def write(self, page: Page) -> None:
        if self.times:
            self.times -= 1
            time.sleep(0.1)
            raise Unreachable("failed over", where="database")
        super().write(page)


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_store_that_fails_once_loses_nothing(count: int) -> None:
    failing = Failing(1)
    with serving(GOOD) as endpoint:
        with suppress(Unreachable):  # where others were still to be asked
            desk(endpoint.url, failing).ask("mapping", questions(count))
        made = len(endpoint.requests)
    # Those under way when the asking ended are broken off, and written too.
    answered, broken_off = (failing.outcomes.count(outcome) for outcome in ("answered", "timed_out"))
    assert len(failing.outcomes) == answered + broken_off >= made >= answered >= 1
    assert broken_off < CONCURRENCY
    assert (len(failing.answers), failing.held) == (answered, {})
    assert failing.spent == 20 * answered + MOST * broken_off


@pytest.mark.parametrize("count", [1, 3])
def test_a_store_that_goes_on_failing_is_told_after_the_last_answer_too(count: int) -> None:
    with serving(GOOD) as endpoint, pytest.raises(Unreachable, match="failed over"):
        desk(endpoint.url, Failing(100)).ask("mapping", questions(count))


def test_what_ends_together_is_written_together() -> None:
    pages: list[Page] = []

    class Slow(InMemory):
        def write(self, page: Page) -> None:
            """The first write takes until every question is asked and about answered."""
            while not pages and len(endpoint.requests) < 20:
                time.sleep(0.02)
            time.sleep(0.1 if pages else 0.5)
            pages.append(page)
            super().write(page)

    accounts = Slow()
    with serving(GOOD) as endpoint:
        desk(endpoint.url, accounts, concurrency=20).ask("mapping", questions(20))
    assert len(pages) < 10
    assert [len(accounts.ledger), len(accounts.answers), sum(len(page.calls) for page in pages)] == [20, 20, 20]


@pytest.mark.parametrize(
    ("usage", "believed", "spent"),
    [
        ({"prompt_tokens": 100, "completion_tokens": MOST}, (100, MOST), MOST),
        ({"prompt_tokens": 2**31 - 1, "completion_tokens": 20}, (None, 20), 20),
        ({"prompt_tokens": 100, "completion_tokens": MOST + 1}, (100, None), MOST),
        ({"prompt_tokens": 100, "completion_tokens": 10**30}, (100, None), MOST),
    ],
)
def test_no_more_tokens_are_counted_than_were_set_aside(
    usage: dict[str, int], believed: tuple[int | None, int | None], spent: int
) -> None:
    till = InMemory()
    with serving(saying(completion(json.dumps(RIGHT), usage))) as endpoint:
        (call,) = desk(endpoint.url, till).ask("mapping", questions(1)).calls
    assert (call.prompt_tokens, call.completion_tokens) == believed
    assert till.spent == spent


@pytest.mark.parametrize("behaviour", [GOOD, silent], ids=["answers", "silence"])
def test_slow_stores_delay_no_call_of_another_question(behaviour: Behaviour) -> None:
    class Slow(InMemory):
        def reserve(self, wanted: Wanted) -> object:  # type: ignore[override]
            time.sleep(0.4)
            return super().reserve(wanted)

    till, begun = Slow(), time.monotonic()
    with serving(behaviour) as endpoint:
        desk(endpoint.url, till, seconds=0.5, concurrency=30).ask("mapping", questions(30))
    assert time.monotonic() - begun < 12.0  # one after another they would take more
    assert till.held == {}


def test_an_interruption_leaves_no_call_unwritten() -> None:
    def interrupt(request: Request, handler: BaseHTTPRequestHandler, endpoint: Server) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        silent(request, handler, endpoint)

    till = InMemory()
    with serving(first(GOOD, then=interrupt)) as endpoint, pytest.raises(KeyboardInterrupt):
        desk(endpoint.url, till, concurrency=1).ask("mapping", questions(5))
    assert till.outcomes == ["answered", "timed_out"]
    assert till.held == {}


def test_answers_that_came_before_a_store_failed_are_kept() -> None:
    stopping = Stopping()
    with serving(GOOD) as endpoint:
        with pytest.raises(Unreachable):
            desk(endpoint.url, stopping, concurrency=1).ask("mapping", questions(5))
        again = InMemory(answers=stopping.answers)
        asked = desk(endpoint.url, again).ask("mapping", questions(5))
    assert asked.kept == 2
