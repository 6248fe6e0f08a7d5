"""Wishes of many threads, done together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from discovery_pipeline.services.agents.merging import Merging


def test_who_comes_during_one_go_is_part_of_the_next() -> None:
    goes: list[list[int]] = []
    first_begun, rest_waits = threading.Event(), threading.Event()

    def work(wishes: Sequence[int]) -> list[int]:
        goes.append(list(wishes))
        first_begun.set()
        assert rest_waits.wait(60)
        return [wish * 2 for wish in wishes]

    merging = Merging(work)
    with ThreadPoolExecutor(10) as threads:
        first = threads.submit(merging.do, 0)
        assert first_begun.wait(60)
        rest = [threads.submit(merging.do, number) for number in range(1, 10)]
        while len(merging._waiting) < 9:
            threading.Event().wait(0.001)
        rest_waits.set()
        assert [job.result(60) for job in (first, *rest)] == [2 * number for number in range(10)]
    assert [sorted(go) for go in goes] == [[0], list(range(1, 10))]


def test_every_wish_of_a_go_that_failed_is_told_and_the_next_go_works() -> None:
    def work(wishes: Sequence[int]) -> list[int]:
        if 0 in wishes:
            raise ConnectionError("gone")
        return list(wishes)

    merging = Merging(work)
    with pytest.raises(ConnectionError, match="gone"):
        merging.do(0)
    assert merging.do(1) == 1


def test_a_result_too_few_is_a_fault_of_the_work() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Merging(lambda _: []).do(1)  # type: ignore[var-annotated]
