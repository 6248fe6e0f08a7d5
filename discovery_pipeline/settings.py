"""The one reader of the environment. Everything else is handed a Settings."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DATABASE_VARIABLES = ("DATABASE_URL", "DISCOVERY_OWNER_URL", "DAGSTER_DATABASE_URL")
OPENAI_API = "https://api.openai.com/v1"
DAGSTER_API = "http://127.0.0.1:3000"


@dataclass(frozen=True)
class Settings:
    """What the environment decides, read once at a composition root.

    home: landing zone, frames, embedded database and Dagster's instance live below it; nothing is written elsewhere.
    database_url / owner_url / dagster_url: libpq form. Without database_url the embedded server under home is used;
    with it, dagster_url is set too and owner_url is needed for migrations only.
    frames_url: fsspec URL of the frames; None = home/frames.
    model_base_url / model_api_key / model_name: OpenAI-compatible endpoint; without key and base URL no model is used.
    model_deadline_s: seconds a phase may spend on model calls. model_concurrency: calls in flight at once.
    model_input_price / model_output_price: US dollars per million tokens, for the ledger; None = cost unknown.
    mapping_precision: share of the mappings accepted without a person's look that is to be right, between 0.5 and 1.
    embeddings: whether headers are also compared by meaning. embedding_model: for headers that no word explains, at the
    model's endpoint; None = the local model. Corrected headers are always recalled with the local model.
    dagster_api_url: Dagster's webserver, through which the analysts' application starts runs; None = nothing is set.
    dagster_ui_url: the same as people's browsers reach it, for links.
    webhook_url: receives a JSON document when a run fails.
    deployed_dagster_home: folder of a deployment's own dagster.yaml, which is left as it is; None = home/dagster, whose
    configuration this program writes.
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
    model_concurrency: int = 4
    model_input_price: float | None = None
    model_output_price: float | None = None
    mapping_precision: float = 0.98
    embeddings: bool = True
    embedding_model: str | None = None
    dagster_api_url: str | None = None
    dagster_ui_url: str = DAGSTER_API
    webhook_url: str | None = field(default=None, repr=False)
    deployed_dagster_home: Path | None = None

    @property
    def uses_model(self) -> bool:
        return bool(self.model_api_key or self.model_base_url)

    @property
    def model_url(self) -> str:
        """Base URL of the endpoint, without a slash at its end."""
        return (self.model_base_url or OPENAI_API).rstrip("/")

    @property
    def dagster_api(self) -> str:
        """Dagster's webserver where nothing says otherwise: that of `discovery up` on its usual port."""
        return self.dagster_api_url or DAGSTER_API

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
        return self.deployed_dagster_home or self.home / "dagster"


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

    embedding_model = value("DISCOVERY_EMBEDDING_MODEL")
    if embedding_model and not (value("OPENAI_API_KEY") or value("OPENAI_BASE_URL")):
        raise ConfigurationError(
            "it is set while neither OPENAI_API_KEY nor OPENAI_BASE_URL is",
            where="DISCOVERY_EMBEDDING_MODEL",
            advice="set one of them, or unset it for the local model",
        )

    def number(name: str) -> float | None:
        return _number(name, value(name))

    api_url = (value("DISCOVERY_DAGSTER_API") or "").rstrip("/") or None
    deadline_s = number("DISCOVERY_MODEL_DEADLINE_S")
    return Settings(
        home=Path(value("DISCOVERY_HOME") or ".discovery").expanduser().resolve(),
        database_url=database_url,
        owner_url=owner_url,
        dagster_url=dagster_url,
        frames_url=value("DISCOVERY_FRAMES_URL"),
        model_base_url=value("OPENAI_BASE_URL"),
        model_api_key=value("OPENAI_API_KEY"),
        model_name=value("DISCOVERY_MODEL") or "gpt-4o-mini",
        model_deadline_s=Settings.model_deadline_s if deadline_s is None else deadline_s,
        model_concurrency=int(number("DISCOVERY_MODEL_CONCURRENCY") or Settings.model_concurrency),
        model_input_price=number("DISCOVERY_MODEL_INPUT_PRICE"),
        model_output_price=number("DISCOVERY_MODEL_OUTPUT_PRICE"),
        mapping_precision=_precision(value("DISCOVERY_MAPPING_PRECISION")),
        embeddings=_switch("DISCOVERY_EMBEDDINGS", value("DISCOVERY_EMBEDDINGS") or "on"),
        embedding_model=embedding_model,
        dagster_api_url=api_url,
        dagster_ui_url=(value("DISCOVERY_DAGSTER_UI") or api_url or DAGSTER_API).rstrip("/"),
        webhook_url=value("DISCOVERY_WEBHOOK_URL"),
        deployed_dagster_home=_folder(value("DISCOVERY_DAGSTER_HOME")),
    )


def _folder(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


def _number(name: str, text: str | None) -> float | None:
    """A finite number from 0. Raises ConfigurationError."""
    from discovery_pipeline.domain.errors import ConfigurationError

    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise ConfigurationError(f"{text!r} is not a number from 0", where=name, advice="for example 60")
    return number


def _precision(text: str | None) -> float:
    """An error budget. Raises ConfigurationError."""
    from discovery_pipeline.domain.errors import ConfigurationError

    name = "DISCOVERY_MAPPING_PRECISION"
    share = _number(name, text)
    if share is None:
        return Settings.mapping_precision
    if not 0.5 < share <= 0.99:
        raise ConfigurationError(
            f"{text!r} is not between 0.5 and 0.99, the highest confidence there is",
            where=name,
            advice="for example 0.98",
        )
    return share


def _switch(name: str, text: str) -> bool:
    """on or off. Raises ConfigurationError."""
    from discovery_pipeline.domain.errors import ConfigurationError

    if text not in ("on", "off"):
        raise ConfigurationError(f"{text!r} is neither on nor off", where=name, advice="on or off")
    return text == "on"
