"""What a run has seen of its providers so far: whether they answer, what they last said, which form their models take.

Keep out: calling (line, model); who is asked in which order (desk).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from discovery_pipeline.agents.breaker import Breaker, BreakerState
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.replies import Reply
from discovery_pipeline.domain.calls import CallOutcome

# Statuses on which every further question to this model, or to any of this provider's, would fail alike.
_NOT_THIS_MODEL = frozenset({301, 302, 303, 307, 308, 404, 405, 410})
_NOT_THIS_PROVIDER = frozenset({401, 402, 403})
_SILENT: frozenset[CallOutcome] = frozenset({"unreachable", "broken", "timed_out"})
_FEWEST_FAILURES = 3


@dataclass(frozen=True)
class ProviderState:
    """For people. calls: made so far in the run; failures: of those, without an answer. said: its last failure."""

    name: str
    breaker: BreakerState
    calls: int = 0
    failures: int = 0
    said: str = ""


@dataclass
class Provider:
    """One provider in one run. is_out: it refuses this key, whatever is asked."""

    name: str
    concurrency: int
    breaker: Breaker
    calls: int = 0
    failures: int = 0
    said: str = ""
    is_out: bool = False

    @property
    def state(self) -> ProviderState:
        return ProviderState(
            self.name, "open" if self.is_out else self.breaker.state, self.calls, self.failures, self.said
        )

    def saw(self, reply: Reply) -> None:
        """Take what came of a call into account."""
        self.calls += 1
        if reply.status is not None or reply.outcome in _SILENT:
            self.failures += 1
            self.said = reply.detail
        if reply.outcome == "timed_out":  # it cost far more time than a refusal does: the second in a row is enough
            self.breaker.failed((self.breaker.allowed + 1) // 2)
        elif reply.outcome in _SILENT or (reply.status or 0) >= 500:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        self.is_out = self.is_out or reply.status in _NOT_THIS_PROVIDER


@dataclass
class Standing:
    """One endpoint in one run. form: of model.FORMS, the first that it takes. is_out: it has no such model, or takes no
    form. has_answered: at least once."""

    endpoint: Endpoint
    provider: Provider
    form: int = 0
    is_out: bool = False
    has_answered: bool = False

    @property
    def may_answer(self) -> bool:
        """Whether it is worth turning to."""
        return not (self.is_out or self.provider.is_out) and self.provider.breaker.state != "open"

    def admits(self) -> bool:
        """Whether a call may be made now; see Breaker.admits."""
        return not (self.is_out or self.provider.is_out) and self.provider.breaker.admits()

    def saw(self, reply: Reply) -> None:
        """Take what came of a call into account."""
        self.provider.saw(reply)
        self.is_out = self.is_out or reply.status in _NOT_THIS_MODEL

    def cannot_be_reached(self, said: str) -> None:
        """No call can even be tried."""
        self.is_out, self.provider.said = True, said

    def took(self, form: int) -> None:
        """It answered to this form."""
        self.form, self.has_answered = max(self.form, form), True

    def took_none(self) -> None:
        """It refused every form; of one that has answered before it was the question's fault."""
        self.is_out = self.is_out or not self.has_answered


@dataclass
class Providers:
    """All of a run's, in the configured order."""

    standings: tuple[Standing, ...]
    _beside: dict[str, Standing] = field(default_factory=dict)

    @property
    def states(self) -> tuple[ProviderState, ...]:
        return tuple({id(s.provider): s.provider.state for s in self.standings}.values())

    def beside(self, endpoint: Endpoint) -> Standing:
        """The standing of a model that answers no questions; with one of theirs it shares its provider."""
        if endpoint.name not in self._beside:
            of = {s.provider.name: s.provider for s in self.standings}
            provider = of.get(endpoint.provider) or _new_provider(endpoint)
            self._beside[endpoint.name] = Standing(endpoint, provider)
        return self._beside[endpoint.name]

    def ordered(self, first: Sequence[str]) -> list[Standing]:
        """The endpoints of these names, then the others."""
        place = {name: number for number, name in enumerate(first)}
        return sorted(self.standings, key=lambda s: place.get(s.endpoint.name, len(place)))


def providers_of(endpoints: Sequence[Endpoint]) -> Providers:
    """What a run begins with. Endpoints of one provider share its breaker and its concurrency."""
    found: dict[str, Provider] = {}
    for endpoint in endpoints:
        if endpoint.provider not in found:
            found[endpoint.provider] = _new_provider(endpoint)
    return Providers(tuple(Standing(endpoint, found[endpoint.provider]) for endpoint in endpoints))


def _new_provider(endpoint: Endpoint) -> Provider:
    at_once = max(1, endpoint.concurrency)
    # So many failures of calls made at once are not yet one after another.
    return Provider(endpoint.provider, at_once, Breaker(max(_FEWEST_FAILURES, 2 * at_once)))
