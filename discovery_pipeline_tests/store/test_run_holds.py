"""What becomes of a run that somebody asks to pause: asked, paused, then resumed, replaced or dropped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from discovery_pipeline.store.run_holds import (
    HoldEnd,
    ask_to_pause,
    end_every_hold,
    end_hold,
    hold_of,
    only_launch,
    record_pause,
    resuming,
    standing_hold,
    take_back_pause,
)
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant

LEFT = ("mapping_proposals", "column_mapping")


@pytest.fixture
def held(database: Database) -> Database:
    """acme has a run that paused; other has nothing."""
    for tenant in ("acme", "other"):
        add_tenant(database, tenant)
    ask_to_pause(database, "acme", "run-1", "ada")
    record_pause(database, "acme", "run-1", "discovery", "mapping", LEFT)
    return database


def state_of(database: Database, run_id: str = "run-1") -> str:
    hold = hold_of(database, "acme", run_id)
    return hold.state if hold else ""


def test_what_is_left_is_kept(held: Database) -> None:
    hold = standing_hold(held, "acme")
    assert hold == hold_of(held, "acme", "run-1")
    assert hold is not None
    assert (hold.asked_by, hold.job, hold.before, hold.remaining) == ("ada", "discovery", "mapping", LEFT)
    assert hold.paused_at is not None
    assert standing_hold(held, "other") is None
    assert hold_of(held, "other", "run-1") is None


@pytest.mark.parametrize("how", ["resumed", "replaced", "dropped"])
def test_a_hold_ends_once(held: Database, how: HoldEnd) -> None:
    assert end_hold(held, "acme", "run-1", how)
    assert state_of(held) == how
    assert not end_hold(held, "acme", "run-1", "resumed")
    assert standing_hold(held, "acme") is None


def test_another_tenants_runs_end_no_hold(held: Database) -> None:
    end_every_hold(held, "other", "replaced")
    assert not end_hold(held, "other", "run-1", "dropped")
    assert state_of(held) == "paused"
    end_every_hold(held, "acme", "replaced")
    assert state_of(held) == "replaced"


def test_who_asks_first_is_named_and_what_was_taken_back_can_be_asked_again(held: Database) -> None:
    ask_to_pause(held, "acme", "run-2", "ada")
    ask_to_pause(held, "acme", "run-2", "bo")
    hold = hold_of(held, "acme", "run-2")
    assert hold is not None
    assert (hold.asked_by, hold.state) == ("ada", "asked")
    assert take_back_pause(held, "acme", "run-2")
    assert not take_back_pause(held, "acme", "run-2")
    ask_to_pause(held, "acme", "run-2", "bo")
    again = hold_of(held, "acme", "run-2")
    assert again is not None
    assert (again.asked_by, again.state) == ("bo", "asked")


def test_a_run_that_has_paused_is_not_asked_again(held: Database) -> None:
    ask_to_pause(held, "acme", "run-1", "bo")
    assert not take_back_pause(held, "acme", "run-1")
    assert state_of(held) == "paused"


def test_a_claim_that_comes_to_nothing_is_given_back(held: Database) -> None:
    def fails() -> None:
        with resuming(held, "acme", "run-1") as hold:
            assert hold is not None
            assert (hold.state, hold.remaining) == ("paused", LEFT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert state_of(held) == "paused"
    with resuming(held, "acme", "run-1"):
        pass
    assert state_of(held) == "resumed"


@pytest.mark.parametrize("tenant", ["acme", "other"])
def test_what_does_not_wait_is_not_claimed(held: Database, tenant: str) -> None:
    end_hold(held, "acme", "run-1", "dropped")
    with resuming(held, tenant, "run-1") as hold:
        assert hold is None
    assert state_of(held) == "dropped"


def test_one_after_the_other_resumes_and_starts(held: Database) -> None:
    at_once = Barrier(2)
    seen: list[str] = []

    def start(_: int) -> None:
        at_once.wait()
        with only_launch(held, "acme") as asked:
            seen.append("start")
            with resuming(held, "acme", "run-1") as hold:
                assert hold is not None
                seen.append(hold.state)
            assert asked == {"run-2"}
            seen.append("end")

    ask_to_pause(held, "acme", "run-2", "ada")
    with ThreadPoolExecutor(2) as people:
        list(people.map(start, range(2)))
    assert seen == ["start", "paused", "end", "start", "resumed", "end"]
