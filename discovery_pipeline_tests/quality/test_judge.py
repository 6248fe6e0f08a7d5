"""The judge's process: the same outcomes as here, and none left behind."""

import os
import signal

import polars as pl
import pytest

from discovery_pipeline.quality.judge import Judge, a_judge, standing_judge
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.quality.validation import Batch, BrokenCheck, validate

BATCHES = [
    Batch(pl.DataFrame({"a": ["x", None]}), (Rule("not_null", "a"), Rule("in_set", "a", choices=("x",)))),
    Batch(pl.DataFrame(), ()),
    Batch(pl.DataFrame({"a_not_null": [3]}), (Rule("not_null", "a"),), counted=True),
]


def test_outcomes_are_those_of_this_process() -> None:
    with Judge() as judge:
        assert judge(BATCHES) == [validate(batch) for batch in BATCHES]


def test_broken_check_is_raised_here_and_the_judge_goes_on() -> None:
    with Judge() as judge:
        with pytest.raises(BrokenCheck):
            judge([Batch(pl.DataFrame({"a": ["x"]}), (Rule("between", "a", low=0),))])
        assert judge(BATCHES[:1]) == [validate(BATCHES[0])]


def test_a_judge_that_died_is_stood_in_for() -> None:
    with Judge() as judge:
        assert judge._process is not None
        os.kill(judge._process.pid, signal.SIGKILL)
        judge._process.wait()
        assert judge(BATCHES[:1]) == [validate(BATCHES[0])]


def test_leaving_ends_the_process() -> None:
    with Judge() as judge:
        process = judge._process
        assert process is not None
    assert process.poll() is not None


def test_a_judge_started_ahead_is_the_one_that_is_asked_and_outlives_its_asker() -> None:
    with standing_judge():
        with a_judge() as first:
            assert first(BATCHES[:1]) == [validate(BATCHES[0])]
        with a_judge() as second:
            assert second is first
        process = first._process
        assert process is not None
        assert process.poll() is None
    assert process.poll() is not None
    with a_judge() as own:
        assert own is not first
