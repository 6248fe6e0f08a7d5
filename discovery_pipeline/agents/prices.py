"""What a call costs: a person's own prices first, then those that the library genai-prices keeps per provider.

A model is priced by who sells it: the library is asked with the provider's address, so a model of the same name on a
server of one's own has no price until somebody sets one (0 for a machine that is paid for anyway). The library's prices
are bundled; it is never let on the network. Keep out: limits, and counting what was spent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from discovery_pipeline.agents.ports import Wanted
from discovery_pipeline.domain.calls import UNBILLED, Call, Prices
from discovery_pipeline.domain.errors import ConfigurationError

_FILE_ADVICE = "as_of: 2026-01-31, models: {gpt-4o-mini: {input: 0.15, output: 0.6}}, in US dollars per million tokens"
# Counts at which the library is asked for the price per million that people are shown.
_SHOWN_TOKENS, _MILLION = 1_000, 1_000_000


@dataclass(frozen=True)
class Price:
    """What a model costs. prices: per million tokens of a short call. source: who says so. as_of: when it was true.

    exact: US dollars of (prompt tokens, answer tokens), where that is more than tokens times prices: fees per call,
    dearer long prompts.
    """

    prices: Prices
    source: str
    as_of: date | None = None
    exact: Callable[[int, int], float] | None = field(default=None, repr=False, compare=False)

    def of_tokens(self, prompt: int | None, completion: int | None) -> float | None:
        """US dollars; None where a count is not known."""
        if self.exact is None or prompt is None or completion is None:
            return self.prices.of_tokens(prompt, completion)
        return self.exact(prompt, completion)


UNKNOWN = Price(Prices(), "no price is known")


@dataclass
class PriceList:
    """Prices of one installation. addresses: base URL by provider's name. own: by "provider/model" or model."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, Price] = field(default_factory=dict)
    _found: dict[tuple[str, str], Price] = field(default_factory=dict, repr=False)

    def of(self, provider: str, model: str) -> Price:
        """The price in force, UNKNOWN where nobody knows one."""
        key = (provider, model)
        if key not in self._found:
            named = self.own.get(f"{provider}/{model}") or self.own.get(model)
            self._found[key] = named or kept_price(self.addresses.get(provider, ""), model)
        return self._found[key]

    def most(self, wanted: Wanted) -> float | None:
        """The most US dollars that a call may cost; None where no price is known. No token is shorter than a byte."""
        return self.of(wanted.provider, wanted.model).of_tokens(wanted.prompt_bytes, wanted.answer_tokens)

    def cost(self, call: Call) -> float | None:
        """US dollars; 0 where nothing is billed, None while a price or a count of tokens is unknown."""
        if call.outcome in UNBILLED:
            return 0.0
        return self.of(call.provider, call.model).of_tokens(call.prompt_tokens, call.completion_tokens)


def kept_price(address: str, model: str) -> Price:
    """What the library knows of a provider's model; UNKNOWN for addresses that are no provider's."""
    if not address:
        return UNKNOWN
    from importlib.metadata import version

    from genai_prices import Usage
    from genai_prices.data_snapshot import get_snapshot

    snapshot = get_snapshot()

    def exact(prompt: int, completion: int) -> float:
        usage = Usage(input_tokens=prompt, output_tokens=completion)
        return float(snapshot.calc(usage, model, None, address, None).total_price)

    try:
        once = exact(0, 0)
        per_million = (
            round((exact(*counts) - once) * _MILLION / _SHOWN_TOKENS, 6)
            for counts in ((_SHOWN_TOKENS, 0), (0, _SHOWN_TOKENS))
        )
        return Price(Prices(*per_million), f"genai-prices {version('genai-prices')}", None, exact)
    except (LookupError, ValueError):  # of an unknown provider or model; of a model priced by something else
        return UNKNOWN


class _Of(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    as_of: date
    models: dict[str, _Of]


def read_prices(path: Path) -> dict[str, Price]:
    """A person's own prices, by model or provider/model. Raises ConfigurationError."""
    import yaml

    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(error.strerror or "can't be read", where=str(path), advice=_FILE_ADVICE) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigurationError("is no YAML", where=str(path), advice=_FILE_ADVICE) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ConfigurationError(f"{where}: {first['msg']}", where=str(path), advice=_FILE_ADVICE) from None
    return {
        name: Price(Prices(price.input, price.output), path.name, found.as_of) for name, price in found.models.items()
    }
