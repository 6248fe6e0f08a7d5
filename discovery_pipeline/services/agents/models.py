"""Which models a run would ask, in which order, with whose key and at what price: what `discovery models` shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from discovery_pipeline.agents.prices import Price
from discovery_pipeline.services.agents.provider_health import ProviderHealth, look_at, shown_address
from discovery_pipeline.services.agents.spending import prices_of
from discovery_pipeline.settings import ModelProvider, Settings


@dataclass(frozen=True)
class ModelLine:
    """One model. key_variable: where its key comes from, None where none is sent. prices: US dollars per million
    tokens, None = unknown. price_source: who says so, as_of: when it was true."""

    provider: str
    model: str
    base_url: str
    key_variable: str | None
    key_is_set: bool
    concurrency: int
    call_s: float | None
    input_price: float | None
    output_price: float | None
    price_source: str
    price_as_of: date | None


@dataclass(frozen=True)
class ModelList:
    """models: in the order of fail-over. mode: ask, replay or off. deadline_s: seconds for all calls of a run. health:
    by provider, where it was looked at."""

    models: tuple[ModelLine, ...]
    mode: str
    deadline_s: float
    health: tuple[ProviderHealth, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of `discovery models --json`."""
        return asdict(self)


def model_list(settings: Settings, check: bool) -> ModelList:
    """The models of these settings. check: look at each provider. Raises ConfigurationError for prices that can't be
    read."""
    prices = prices_of(settings)
    lines = tuple(
        _line(provider, model, prices.of(provider.name, model))
        for provider in settings.providers
        for model in provider.models
    )
    health = look_at(settings.providers) if check else []
    return ModelList(lines, settings.model_mode, settings.model_deadline_s, tuple(health))


def _line(provider: ModelProvider, model: str, price: Price) -> ModelLine:
    return ModelLine(
        provider=provider.name,
        model=model,
        base_url=shown_address(provider),
        key_variable=provider.key_env,
        key_is_set=provider.key is not None,
        concurrency=provider.concurrency,
        call_s=provider.call_s,
        input_price=price.prices.input,
        output_price=price.prices.output,
        price_source=price.source,
        price_as_of=price.as_of,
    )


def health_words(health: ProviderHealth) -> str:
    """What a look at a provider showed, on one line."""
    if not health.answers:
        return health.said
    missing = f"; not in its list: {', '.join(health.unlisted)}" if health.unlisted else ""
    return f"{health.said} in {health.latency_ms:g} ms{missing}"
