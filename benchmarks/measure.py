"""Runs a command and says what it cost: wall, CPU, peak memory, its own and that of the embedded PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

SAMPLE_S = 0.2
MIB = 2**20


@dataclass(frozen=True)
class Cost:
    """Seconds and MiB. cpu_s, peak_mib: the command and what it waited for; database_mib: the servers of its home."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    database_mib: float


@dataclass
class CommandFailed(Exception):
    """The command did not succeed."""

    command: Sequence[str]
    exit_code: int
    output: str

    def __str__(self) -> str:
        return f"{' '.join(self.command)} ended with {self.exit_code}:\n{self.output[-4000:]}"


@dataclass
class DatabaseMemory:
    """Samples the resident memory of the PostgreSQL processes that work below a folder, until stopped.

    Shared pages count once (PSS) where the system tells, else in every process.
    """

    folder: Path
    peak_bytes: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.done.wait(SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, sum(memory(p) for p in self.processes()))

    def processes(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for process in psutil.process_iter(["name", "cmdline"]):
            if process.info["name"] == "postgres" and str(self.folder) in " ".join(process.info["cmdline"] or ()):
                found += [process, *process.children()]
        return found


def memory(process: psutil.Process) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", 0)) or int(process.memory_info().rss)
    except psutil.Error:
        return 0


def measured(command: Sequence[str], home: Path, environment: Mapping[str, str]) -> tuple[str, Cost]:
    """Run to the end; its standard output and cost. Raises CommandFailed when it does not end with 0."""
    watcher = DatabaseMemory(home)
    thread = threading.Thread(target=watcher.watch)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **environment})
        thread.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        watcher.done.set()
        thread.join()
        out.seek(0)
        err.seek(0)
        if child.returncode:
            raise CommandFailed(command, child.returncode, out.read() + err.read())
        cost = Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, watcher.peak_bytes / MIB)
        return out.read(), cost
