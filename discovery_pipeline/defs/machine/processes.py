"""The processes below one `discovery up`: marked by a variable of their environment, which their children inherit.

So they are found wherever they are, when their parents and the record of them are gone too. Keep out: which they are
(parts).
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "DISCOVERY_UP"
# A run that is interrupted puts itself in order: it is recorded as ended, its tenant is freed.
ORDERLY_END_S = 15.0
POLL_S = 0.1


def mark(home: Path) -> dict[str, str]:
    """The variable that marks what is started from this home."""
    return {MARK: str(home)}


def marked(home: Path) -> Iterator[psutil.Process]:
    """Every other living process that was started from this home's `up`, directly or not."""
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        # Zombies and other users' processes don't tell.
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(home):
                yield process


def end_marked(home: Path) -> int:
    """Ask every marked process to end, insist when one does not; returns how many there were."""
    asked: set[psutil.Process] = set()
    deadline = time.monotonic() + ORDERLY_END_S
    while left := list(marked(home)):
        is_late = time.monotonic() > deadline
        for process in left:
            if is_late or process not in asked:
                _signal(process, signal.SIGKILL if is_late or _holds_nothing(process) else signal.SIGTERM)
        asked.update(left)
        time.sleep(POLL_S)
    return len(asked)


def _holds_nothing(process: psutil.Process) -> bool:
    """Dagster's code server answers questions and keeps nothing; asked to end, it waits for its clients for minutes."""
    try:
        return {"dagster", "api", "grpc"} <= set(process.cmdline())
    except psutil.Error:
        return False


def _signal(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
