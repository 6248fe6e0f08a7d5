"""The one reader of the environment. Everything else is handed a Settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, cast, get_args

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.environment import (
    SignIn,
    read_count,
    read_folder,
    read_key,
    read_number,
    read_prices,
    read_share,
    read_sign_in,
    read_switch,
)

DATABASE_VARIABLES = ("DATABASE_URL", "DISCOVERY_OWNER_URL", "DAGSTER_DATABASE_URL")
OPENAI_API = "https://api.openai.com/v1"
DAGSTER_API = "http://127.0.0.1:3000"

# ask: kept answers, then calls. replay: kept answers alone, nothing goes out. off: no model is used.
ModelMode = Literal["ask", "replay", "off"]


@dataclass(frozen=True)
class ModelProvider:
    """An OpenAI-compatible endpoint. base_url: without a slash at its end. models: in the order they are asked.

    key: None where the provider asks for none; key_env: the variable it comes from. concurrency: calls at once. call_s:
    seconds that one call may take; None = as many as the run has. most_tokens: of one answer.
    """

    name: str
    base_url: str
    models: tuple[str, ...]
    key: str | None = field(default=None, repr=False)
    key_env: str | None = None
    concurrency: int = 4
    call_s: float | None = None
    most_tokens: int = 8_000


@dataclass(frozen=True)
class Settings:
    """What the environment decides, read once at a composition root.

    home: landing zone, frames, embedded database and Dagster's instance live below it; nothing is written elsewhere.
    database_url / owner_url / dagster_url: libpq form. Without database_url the embedded server under home is used;
    with it, dagster_url is set too and owner_url is needed for migrations only.
    frames_url: fsspec URL of the frames; None = home/frames.
    model_base_url / model_api_key / model_name: OpenAI-compatible endpoint; without key and base URL no model is used.
    model_providers: those of a file, in the order of fail-over; () = the one endpoint above. model_mode: see ModelMode.
    model_deadline_s: seconds that a run may spend on model calls. model_concurrency: calls in flight at once.
    model_input_price / model_output_price: US dollars per million tokens of model_name, before any other source; None =
    as the price file or the price library says.
    model_prices: YAML file of prices by model, before the library's. None = only the library's.
    model_budget_run / _day / _tenant: US dollars that a tenant's run, day (UTC) and whole life may cost; None = no
    limit. With such a limit a model without a known price is not asked. model_calls_run / _day / _tenant: the same in
    calls. A tenant's own model-budget counts where it is stricter.
    mapping_precision: share of the mappings accepted without a person's look that is to be right, between 0.5 and 1.
    embeddings: whether headers are also compared by meaning. embedding_model: for headers that no word explains, and
    corrected ones, at the model's endpoint; None = the local model.
    dagster_api_url: Dagster's webserver, through which the analysts' application starts runs; None = nothing is set.
    dagster_ui_url: the same as people's browsers reach it, for links.
    sign_in: how people sign in to the analysts' application.
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
    model_providers: tuple[ModelProvider, ...] = ()
    model_mode: ModelMode = "ask"
    model_deadline_s: float = 60.0
    model_concurrency: int = 4
    model_input_price: float | None = None
    model_output_price: float | None = None
    model_prices: Path | None = None
    model_budget_run: float | None = None
    model_budget_day: float | None = None
    model_budget_tenant: float | None = None
    # Every agent's questions of a run, each tried again as often as it may be: more is a mistake.
    model_calls_run: int | None = 300
    model_calls_day: int | None = None
    model_calls_tenant: int | None = None
    mapping_precision: float = 0.98
    embeddings: bool = True
    embedding_model: str | None = None
    dagster_api_url: str | None = None
    dagster_ui_url: str = DAGSTER_API
    sign_in: SignIn = field(default_factory=SignIn)
    webhook_url: str | None = field(default=None, repr=False)
    deployed_dagster_home: Path | None = None

    @property
    def uses_model(self) -> bool:
        return bool(self.providers) and self.model_mode != "off"

    @property
    def providers(self) -> tuple[ModelProvider, ...]:
        """In the order of fail-over; none where no model is configured."""
        if self.model_providers or not (self.model_api_key or self.model_base_url):
            return self.model_providers
        key_env = "OPENAI_API_KEY" if self.model_api_key else None
        at_once = max(1, self.model_concurrency)
        return (ModelProvider("model", self.model_url, (self.model_name,), self.model_api_key, key_env, at_once),)

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
        return read_number(name, value(name))

    api_url = (value("DISCOVERY_DAGSTER_API") or "").rstrip("/") or None
    deadline_s = number("DISCOVERY_MODEL_DEADLINE_S")
    input_price, output_price = read_prices(environ)
    settings = Settings(
        home=Path(value("DISCOVERY_HOME") or ".discovery").expanduser().resolve(),
        database_url=database_url,
        owner_url=owner_url,
        dagster_url=dagster_url,
        frames_url=value("DISCOVERY_FRAMES_URL"),
        model_base_url=value("OPENAI_BASE_URL"),
        model_api_key=read_key("OPENAI_API_KEY", environ),
        model_name=value("DISCOVERY_MODEL") or "gpt-4o-mini",
        model_providers=_providers(environ),
        model_deadline_s=Settings.model_deadline_s if deadline_s is None else deadline_s,
        model_concurrency=int(number("DISCOVERY_MODEL_CONCURRENCY") or Settings.model_concurrency),
        model_input_price=input_price,
        model_output_price=output_price,
        model_prices=read_folder(value("DISCOVERY_MODEL_PRICES")),
        model_budget_run=number("DISCOVERY_MODEL_BUDGET_RUN"),
        model_budget_day=number("DISCOVERY_MODEL_BUDGET_DAY"),
        model_budget_tenant=number("DISCOVERY_MODEL_BUDGET_TENANT"),
        model_calls_run=read_count(
            "DISCOVERY_MODEL_CALLS_RUN", value("DISCOVERY_MODEL_CALLS_RUN"), Settings.model_calls_run
        ),
        model_calls_day=read_count("DISCOVERY_MODEL_CALLS_DAY", value("DISCOVERY_MODEL_CALLS_DAY")),
        model_calls_tenant=read_count("DISCOVERY_MODEL_CALLS_TENANT", value("DISCOVERY_MODEL_CALLS_TENANT")),
        mapping_precision=read_share(
            "DISCOVERY_MAPPING_PRECISION", value("DISCOVERY_MAPPING_PRECISION"), Settings.mapping_precision
        ),
        embeddings=read_switch("DISCOVERY_EMBEDDINGS", value("DISCOVERY_EMBEDDINGS") or "on"),
        embedding_model=embedding_model,
        dagster_api_url=api_url,
        dagster_ui_url=(value("DISCOVERY_DAGSTER_UI") or api_url or DAGSTER_API).rstrip("/"),
        sign_in=read_sign_in("DISCOVERY_SIGN_IN", value("DISCOVERY_SIGN_IN")),
        webhook_url=value("DISCOVERY_WEBHOOK_URL"),
        deployed_dagster_home=read_folder(value("DISCOVERY_DAGSTER_HOME")),
    )
    return in_mode(settings, value("DISCOVERY_MODEL_MODE") or settings.model_mode, "DISCOVERY_MODEL_MODE")


def _providers(environ: Mapping[str, str]) -> tuple[ModelProvider, ...]:
    """Those of the file that is named. Raises ConfigurationError."""
    name = "DISCOVERY_MODEL_PROVIDERS"
    path = read_folder(environ.get(name))
    if path is None:
        return ()
    if environ.get("DISCOVERY_MODEL"):
        raise ConfigurationError(
            f"DISCOVERY_MODEL and {name} are both set",
            where="environment",
            advice="unset one: the file names its models",
        )
    from discovery_pipeline.model_providers import read_providers

    return read_providers(path, environ)


def in_mode(settings: Settings, mode: str, where: str) -> Settings:
    """Settings that ask models so: ask, replay or off. where: that was said. Raises ConfigurationError."""
    if mode not in get_args(ModelMode):
        said = f"{mode!r} is none of {', '.join(get_args(ModelMode))}"
        raise ConfigurationError(said, where=where, advice="for example replay")
    if mode == "replay" and not settings.providers:
        raise ConfigurationError(
            "no model is configured whose answers could be replayed",
            where=where,
            advice="configure the model of the run that asked; it need not answer any more",
        )
    if mode == "replay" and settings.embedding_model:
        raise ConfigurationError(
            "vectors of DISCOVERY_EMBEDDING_MODEL are not kept, so a run that asks it can't be replayed",
            where=where,
            advice="unset DISCOVERY_EMBEDDING_MODEL for the local model, in the run that asks too",
        )
    embedding_model = None if mode == "off" else settings.embedding_model
    return replace(settings, model_mode=cast(ModelMode, mode), embedding_model=embedding_model)
