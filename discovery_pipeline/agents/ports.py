"""What a desk needs from outside: accounts and a plan. Stores implement them; tests stand in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from discovery_pipeline.domain.calls import Call


@dataclass(frozen=True)
class KeptAnswer:
    """text: the believable values as a JSON object, read anew each time. model, provider: whose it is. prompt: the
    instructions' name and version. tokens: what it cost once."""

    text: str
    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    provider: str = ""
    prompt: str = ""


@dataclass(frozen=True)
class Wanted:
    """A call about to be made. prompt_bytes: of all that is sent, so no fewer than its tokens. answer_tokens: the most
    that the provider is asked to answer with."""

    provider: str
    model: str
    prompt_bytes: int
    answer_tokens: int


@dataclass(frozen=True)
class Reservation:
    """What a call may cost at most, set aside before it is made. key: also the id of the call's line. usd: None = no
    price is known."""

    key: str
    usd: float | None


@dataclass(frozen=True)
class Refused:
    """A limit would be exceeded: the call is not made. reason: which one, for people."""

    reason: str


@dataclass(frozen=True)
class Page:
    """What is written down together. calls: lines of the ledger by id; one that was made settles the reservation whose
    key is its id. unused: keys of reservations whose call was not made. answers: to keep, by question_key. outdated:
    keys whose answers serve no longer."""

    calls: Mapping[str, Call] = field(default_factory=dict)
    unused: Collection[str] = ()
    answers: Mapping[str, KeptAnswer] = field(default_factory=dict)
    outdated: Collection[str] = ()


class Accounts(Protocol):
    """A run's kept answers, its limits on calls and US dollars, and its ledger; safe under concurrent use.

    All of it raises Unreachable, TransientError.
    """

    def find(self, keys: Collection[str]) -> Mapping[str, KeptAnswer]:
        """Answers of the tenant's runs by question_key, those there are."""
        ...

    def reserve(self, wanted: Wanted) -> Reservation | Refused:
        """Set aside what a call may cost, where the limits allow it."""
        ...

    def write(self, page: Page) -> None:
        """Write all of the page, or nothing of it; written again it changes nothing.

        What a call did cost takes the place of what was set aside for it; where its tokens are not known, all that was
        set aside is spent. An answer takes the place of the one that was kept under its key: the next run, and a
        replay, read what the last one read.
        """
        ...


class Slots(Protocol):
    """Calls at once of each provider over all processes: one slot is held during each call, by one ask."""

    def take(self, address: str, most: int) -> int | None:
        """One of so many slots of the provider at this address; None while all are taken. Raises Unreachable."""
        ...

    def free(self, slot: int) -> None:
        """Give it back."""
        ...

    def free_all(self) -> None:
        """Give back all that this ask holds."""
        ...


@dataclass(frozen=True)
class Plan:
    """How an agent asks. endpoints: names, in the order in which they are asked; those not named come after them, in
    the configured order. together: doubts of one question. concurrency: calls at once, where the provider allows as
    many. use_kept: whether kept answers serve. None: as configured. reason: for people."""

    endpoints: tuple[str, ...] = ()
    together: int | None = None
    concurrency: int | None = None
    use_kept: bool = True
    reason: str = "as configured"


class Answerer(Protocol):
    """What a plan may know of an endpoint. name: of its provider and model."""

    @property
    def name(self) -> str: ...

    @property
    def provider(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def concurrency(self) -> int: ...


class Planner(Protocol):
    """Decides how an agent asks, before it does."""

    def plan_for(self, agent: str, doubts: int, endpoints: Sequence[Answerer]) -> Plan: ...


class NoAccounts:
    """Nothing is kept or written down, and every call may be made."""

    def find(self, keys: Collection[str]) -> Mapping[str, KeptAnswer]:  # noqa: ARG002
        return {}

    def reserve(self, wanted: Wanted) -> Reservation | Refused:  # noqa: ARG002
        return Reservation(uuid4().hex, None)

    def write(self, page: Page) -> None:
        """Forgets it."""


class OwnSlots:
    """Nobody else calls."""

    def take(self, address: str, most: int) -> int | None:  # noqa: ARG002
        return 0

    def free(self, slot: int) -> None:
        """It was nobody's."""

    def free_all(self) -> None:
        """They were nobody's."""


class AsConfigured:
    """The configured order and sizes."""

    def plan_for(self, agent: str, doubts: int, endpoints: Sequence[Answerer]) -> Plan:  # noqa: ARG002
        return Plan()
