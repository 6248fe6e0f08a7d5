"""The stores of a process, opened together: what commands, runs and the analysts' application work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.files.landing import LandingZone
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.session import Database, open_database


@dataclass(frozen=True)
class Workspace:
    """database: tenants, sources, decisions. frames: what the phases published. landing: the files as they came.

    As a context manager it closes its connections at the end.
    """

    settings: Settings
    database: Database
    frames: FrameStore
    landing: LandingZone

    def close(self) -> None:
        """Close the database's connections; the embedded server goes on."""
        self.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(settings: Settings) -> Workspace:
    """Open the stores, starting the embedded server where it is used. Raises Unreachable, ConfigurationError."""
    database = open_database(settings)
    return Workspace(settings, database, FrameStore(settings.frames_location), LandingZone(settings.landing_dir))
