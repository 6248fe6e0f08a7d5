"""Whether what the pipeline needs is there: database, roles, frames, model endpoint. Keep out: repairing it."""

from __future__ import annotations

import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError, Unreachable
from discovery_pipeline.settings import Settings

if TYPE_CHECKING:
    from discovery_pipeline.store.health import HealthResult

State = Literal["ok", "down", "misconfigured", "not configured", "not running"]
# Long enough for a distant endpoint's handshake, short enough for a person and for a container's probe.
MODEL_TIMEOUT_S = 3.0

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
    return HealthReport((*store, *others, model_health(settings)))


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


def model_health(settings: Settings) -> PartHealth:
    """Whether a model endpoint is named and answers; without one the pipeline works, so it is never needed."""
    if not settings.uses_model:
        return PartHealth("model", "not configured", False, "no model is used", "set OPENAI_API_KEY or OPENAI_BASE_URL")
    base = settings.model_url
    try:
        return PartHealth("model", "ok", False, f"{base} answers; model {settings.model_name} ({_ask(base, settings)})")
    except (OSError, ValueError) as error:
        return PartHealth("model", "down", False, f"{base}: {error}", "runs go on without it; check OPENAI_BASE_URL")


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: following it would carry the key to whatever host it names."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _ask(base: str, settings: Settings) -> str:
    """The status of GET /models. Raises OSError when there is no answer, ValueError when it is refused."""
    if not base.startswith(("http://", "https://")):
        raise ValueError("the base URL is not http or https")
    headers = {"Authorization": f"Bearer {settings.model_api_key}"} if settings.model_api_key else {}
    request = urllib.request.Request(f"{base}/models", headers=headers)  # noqa: S310 - the scheme is checked above
    try:
        with urllib.request.build_opener(_StayHere).open(request, timeout=MODEL_TIMEOUT_S) as answer:
            return f"HTTP {answer.status}"
    except urllib.error.HTTPError as refusal:
        if refusal.code in (401, 403):
            raise ValueError(f"HTTP {refusal.code}: the key is refused") from None
        if refusal.code >= 500:
            raise ValueError(f"HTTP {refusal.code}") from None
        return f"HTTP {refusal.code} on /models"
