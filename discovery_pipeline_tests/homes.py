"""Homes with a finished run: made once for the session, copied for each module, which costs a second."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded


@dataclass(frozen=True)
class RunHome:
    """A home whose server is stopped, and the run that filled it."""

    folder: Path
    summary: RunSummary


def run_and_stopped(settings: Settings, tenant: str) -> RunHome:
    """The home after a run over all phases of the tenant."""
    try:
        return RunHome(settings.home, run_tenant(settings, tenant, None, lambda _: None))
    finally:
        embedded.stop(settings.home)


@contextmanager
def copied(home: RunHome, to: Path) -> Iterator[Settings]:
    """A copy in this folder to write to, owners and modes as they were; its server runs until the block is left."""
    subprocess.run(["cp", "--archive", home.folder, to], check=True)
    copy = to / home.folder.name
    try:
        yield Settings(home=copy)
    finally:
        embedded.stop(copy)
