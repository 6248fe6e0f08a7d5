"""Processes are told apart by who started them and when, not by their ids alone; a stuck one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from discovery_pipeline.defs.machine import processes
from discovery_pipeline.defs.machine.processes import end_marked, mark, marked
from discovery_pipeline.defs.machine.state import (
    ProcessId,
    UpState,
    forget_state,
    read_state,
    state_file,
    write_state,
)

SLEEPS = "print(1, flush=True); import time; time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]).wait()"

Start = Callable[[Path, str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program marked with a home, and returns when it has begun."""
    started = []

    def start_one(home: Path, program: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", program], env={**os.environ, **mark(home)}, stdout=subprocess.PIPE
        )
        started.append(process)
        assert process.stdout
        process.stdout.readline()
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def test_children_are_ended_when_their_parent_is_gone(start: Start, tmp_path: Path) -> None:
    parent = start(tmp_path / "a", PARENT)
    assert len(list(marked(tmp_path / "a"))) == 2
    parent.kill()
    parent.wait()
    assert end_marked(tmp_path / "a") == 1
    assert list(marked(tmp_path / "a")) == []


def test_other_homes_are_left_alone(start: Start, tmp_path: Path) -> None:
    other = start(tmp_path / "other", SLEEPS)
    assert end_marked(tmp_path / "a") == 0
    assert other.poll() is None


def test_who_does_not_end_when_asked_is_killed(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ORDERLY_END_S", 0.3)
    stubborn = start(tmp_path, STUBBORN)
    assert end_marked(tmp_path) == 1
    assert stubborn.wait() == -signal.SIGKILL


def test_an_id_that_is_used_again_is_another_process() -> None:
    this = ProcessId.of(os.getpid())
    assert this.find() == psutil.Process()
    assert replace(this, started=this.started - 60).find() is None


def test_the_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = UpState(ProcessId(7, 1.25), {"app": ProcessId(8, 2.5)}, {"app": "http://127.0.0.1:8501"})
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    forget_state(tmp_path)
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"supervisor": 7}'])
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    state_file(tmp_path).write_text(text)
    assert read_state(tmp_path) is None
