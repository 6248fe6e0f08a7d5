"""The breaker opens after failures in a row, lets one call through after a while, and waits longer each time."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(allowed=3, cool_down_s=10, clock=clock)
    for _ in range(3):
        breaker.failed()
    return breaker


def test_it_opens_after_failures_in_a_row_only(clock: Clock) -> None:
    breaker = Breaker(allowed=3, clock=clock)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert (breaker.state, breaker.admits()) == ("closed", True)
    assert (opened(clock).state, opened(clock).admits()) == ("open", False)


def test_a_failure_may_weigh_more(clock: Clock) -> None:
    breaker = Breaker(allowed=8, clock=clock)
    breaker.failed(4)
    assert breaker.state == "closed"
    breaker.failed(4)
    assert breaker.state == "open"


def test_one_call_is_let_through_when_it_has_cooled(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now = 9.9
    assert not breaker.admits()
    clock.now = 10
    assert breaker.state == "half-open"
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    assert breaker.state == "half-open"
    breaker.succeeded()
    assert (breaker.state, breaker.admits()) == ("closed", True)


def test_a_call_that_fails_again_makes_it_wait_twice_as_long(clock: Clock) -> None:
    breaker = opened(clock)
    for waited in (10, 20, 40):
        clock.now += waited
        assert breaker.admits()
        breaker.failed()
        assert breaker.state == "open"
        clock.now += waited
        assert not breaker.admits()
        clock.now -= waited


def test_calls_still_under_way_when_it_opened_do_not_prolong_it(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now = 5
    breaker.failed()
    clock.now = 10
    assert breaker.admits()


def test_a_call_that_was_never_made_leaves_its_turn_to_another(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now = 10
    assert breaker.admits()
    breaker.abandoned()
    assert breaker.admits()
