"""What `discovery up` leaves on record in the home while it runs: who it is, what it started, where that answers."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]

# Start times are counted from the system's clock: setting it moves those of all processes.
CLOCK_MOVES_S = 60.0


@dataclass(frozen=True)
class ProcessId:
    """A process for good: ids are used again, an id with about its start time (seconds since 1970) is not."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """Raises psutil.NoSuchProcess."""
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, or None when it has ended."""
        try:
            process = psutil.Process(self.pid)
            is_it = abs(process.create_time() - self.started) < CLOCK_MOVES_S
            is_it = is_it and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if is_it else None


@dataclass(frozen=True)
class UpState:
    """supervisor: the `discovery up` itself. parts: by name, what it started. addresses: by name, where people go."""

    supervisor: ProcessId
    parts: Mapping[str, ProcessId] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


def state_file(home: Path) -> Path:
    return home / "up.json"


def workspace_file(home: Path) -> Path:
    """Leads Dagster's web server and daemon to the code server of this `up`."""
    return home / "workspace.yaml"


def read_state(home: Path) -> UpState | None:
    """The record, None when there is none or it is damaged: processes are found without it too."""
    try:
        document = json.loads(state_file(home).read_text(encoding="utf-8"))
        parts = {name: ProcessId(**part) for name, part in document["parts"].items()}
        return UpState(ProcessId(**document["supervisor"]), parts, document["addresses"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_state(home: Path, state: UpState) -> None:
    """Replace the record in one step, readable by its owner only."""
    aside = home / f"up.{os.getpid()}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump(asdict(state), stream)
    aside.replace(state_file(home))


def forget_state(home: Path) -> None:
    for path in (state_file(home), workspace_file(home)):
        path.unlink(missing_ok=True)
