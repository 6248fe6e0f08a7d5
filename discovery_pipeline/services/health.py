"""Whether what the pipeline needs is there: database, roles, frames, model providers. Keep out: repairing it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError, Unreachable
from discovery_pipeline.services.agents.provider_health import ProviderHealth, look_at, shown_address
from discovery_pipeline.settings import ModelProvider, Settings

if TYPE_CHECKING:
    from discovery_pipeline.store.health import HealthResult

State = Literal["ok", "down", "misconfigured", "not configured", "not running"]
Check = Callable[[Settings], str]


@dataclass(frozen=True)
class PartHealth:
    """needed: the pipeline can't work without it. advice: what to do when it is not ok."""

    name: str
    state: State
    needed: bool
    detail: str
    advice: str = ""


@dataclass(frozen=True)
class HealthReport:
    """The parts in the order they were checked."""

    parts: tuple[PartHealth, ...]

    @property
    def exit_code(self) -> int:
        """2 when the configuration is wrong or unsafe, 3 when something needed is down, else 0."""
        if any(p.needed and p.state == "misconfigured" for p in self.parts):
            return ConfigurationError.exit_code
        return Unreachable.exit_code if any(p.needed and p.state == "down" for p in self.parts) else 0

    def to_json(self) -> dict[str, Any]:
        """The document of `discovery health --json`."""
        return {"healthy": self.exit_code == 0, "parts": [asdict(p) for p in self.parts]}


def check_health(settings: Settings, more: Mapping[str, Check]) -> HealthReport:
    """Check every part. more: further needed parts by name; a check returns what it saw or raises."""
    from discovery_pipeline.store.health import check

    store = [store_part(result) for result in check(settings)]
    others = [checked(name, look, settings) for name, look in {"frames": check_frames, **more}.items()]
    return HealthReport((*store, *others, *model_health(settings)))


def store_part(result: HealthResult) -> PartHealth:
    """A result of the store: down when it can't be reached, misconfigured when it can and is not as it must be."""
    state: State = "ok" if result.ok else "down" if result.is_down else "misconfigured"
    return PartHealth(result.name, state, True, result.detail, result.advice)


def checked(name: str, check: Check, settings: Settings) -> PartHealth:
    """One needed part, whatever its check raises: a part that fails must not hide the others."""
    try:
        return PartHealth(name, "ok", True, check(settings))
    except ConfigurationError as error:
        return PartHealth(name, "misconfigured", True, _words(error), error.advice)
    except DiscoveryError as error:
        return PartHealth(name, "down", True, _words(error), error.advice)
    except Exception as error:
        return PartHealth(name, "down", True, f"{type(error).__name__}: {error}")


def _words(error: DiscoveryError) -> str:
    return f"{error.where}: {error.message}" if error.where else error.message


def check_frames(settings: Settings) -> str:
    """Write, read and remove a small frame. Raises whatever the store raises."""
    import polars as pl

    from discovery_pipeline.files.frames import FrameStore

    store = FrameStore(settings.frames_location)
    probe = f"health-{secrets.token_hex(16)}"  # no tenant's name: its frames are removed again
    frames = store.open(probe)
    try:
        with frames.stage("probe") as staged:
            staged.write("probe", pl.DataFrame({"row": [1]}))
            staged.publish()
        rows = frames.scan("probe", "probe").collect().height
    finally:
        store.remove(probe)
    return f"{settings.frames_location}: wrote and read back {rows} row"


def model_health(settings: Settings) -> list[PartHealth]:
    """Whether each configured provider of models answers; without one the pipeline works, so none is ever needed."""
    if not settings.uses_model:
        said = "models are switched off" if settings.providers else "no model is used"
        return [PartHealth("model", "not configured", False, said, "set OPENAI_API_KEY or OPENAI_BASE_URL")]
    found = look_at(settings.providers)
    return [_provider_part(provider, seen) for provider, seen in zip(settings.providers, found, strict=True)]


def _provider_part(provider: ModelProvider, seen: ProviderHealth) -> PartHealth:
    name = "model" if provider.name == "model" else f"model {provider.name}"
    address, models = shown_address(provider), ", ".join(provider.models)
    if not seen.answers:
        advice = "runs go on without it; check its base URL and its key"
        return PartHealth(name, "down", False, f"{address}: {seen.said}", advice)
    detail = f"{address} answers in {seen.latency_ms:g} ms; model {models} ({seen.said})"
    if seen.unlisted:
        return PartHealth(name, "ok", False, detail, f"its list of models does not hold {', '.join(seen.unlisted)}")
    return PartHealth(name, "ok", False, detail)
