"""The one reader of the environment. Everything else is handed a Settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DATABASE_VARIABLES = ("DATABASE_URL", "DISCOVERY_OWNER_URL", "DAGSTER_DATABASE_URL")


@dataclass(frozen=True)
class Settings:
    """What the environment decides, read once at a composition root.

    home: landing zone, frames, embedded database and Dagster's instance live below it; nothing is written elsewhere.
    database_url / owner_url / dagster_url: libpq form. Without database_url the embedded server under home is used;
    with it, dagster_url is set too and owner_url is needed for migrations only.
    frames_url: fsspec URL of the frames; None = home/frames.
    model_base_url / model_api_key / model_name: OpenAI-compatible endpoint; without key and base URL no model is used.
    model_deadline_s: seconds a phase may spend on model calls.
    """

    home: Path
    database_url: str | None = field(default=None, repr=False)
    owner_url: str | None = field(default=None, repr=False)
    dagster_url: str | None = field(default=None, repr=False)
    frames_url: str | None = field(default=None, repr=False)
    model_base_url: str | None = None
    model_api_key: str | None = field(default=None, repr=False)
    model_name: str = "gpt-4o-mini"
    model_deadline_s: float = 60.0

    @property
    def uses_embedded_database(self) -> bool:
        return self.database_url is None

    @property
    def frames_location(self) -> str:
        """fsspec URL or absolute path below which every tenant's frames lie."""
        return self.frames_url or str(self.home / "frames")

    @property
    def landing_dir(self) -> Path:
        return self.home / "landing"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment. Raises ConfigurationError when it contradicts itself."""
    from discovery_pipeline.domain.errors import ConfigurationError

    def value(name: str) -> str | None:
        return environ.get(name) or None

    database_url, owner_url, dagster_url = (value(n) for n in DATABASE_VARIABLES)
    if database_url is None and (owner_url or dagster_url):
        raise ConfigurationError(
            "DISCOVERY_OWNER_URL or DAGSTER_DATABASE_URL is set while DATABASE_URL is not",
            where="environment",
            advice="set DATABASE_URL too, or none of the three for the embedded server",
        )
    if database_url and dagster_url is None:
        raise ConfigurationError(
            "DATABASE_URL is set while DAGSTER_DATABASE_URL is not",
            where="environment",
            advice="give Dagster its own database, or unset both for the embedded server",
        )
    deadline = value("DISCOVERY_MODEL_DEADLINE_S") or "60"
    try:
        deadline_s = float(deadline)
    except ValueError:
        raise ConfigurationError(
            f"{deadline!r} is not a number of seconds", where="DISCOVERY_MODEL_DEADLINE_S", advice="for example 60"
        ) from None
    return Settings(
        home=Path(value("DISCOVERY_HOME") or ".discovery").expanduser().resolve(),
        database_url=database_url,
        owner_url=owner_url,
        dagster_url=dagster_url,
        frames_url=value("DISCOVERY_FRAMES_URL"),
        model_base_url=value("OPENAI_BASE_URL"),
        model_api_key=value("OPENAI_API_KEY"),
        model_name=value("DISCOVERY_MODEL") or "gpt-4o-mini",
        model_deadline_s=deadline_s,
    )
