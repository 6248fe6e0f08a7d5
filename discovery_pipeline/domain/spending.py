"""Limits on what models may be called and cost: per run, day (UTC) and tenant, in calls and in US dollars.

Amounts are whole millionths of a dollar, rounded up, so that sums are exact. Keep out: what was spent (store), what a
call costs (agents/prices).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from discovery_pipeline.domain.errors import UsageError

Scope = Literal["run", "day", "tenant"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
NO_LIMITS = "none"

_Number = TypeVar("_Number", int, float)
_MICRO = 1_000_000
# Beyond it a number is a mistake, and sums could outgrow the database's.
_LARGEST = 1_000_000_000
_NAMED = {"run": "run's", "day": "day's", "tenant": "tenant's"}


@dataclass(frozen=True)
class Limit:
    """Of one scope; None = none."""

    calls: int | None = None
    usd: float | None = None

    @property
    def micro_usd(self) -> int | None:
        return None if self.usd is None else round(self.usd * _MICRO)

    def stricter(self, other: Limit) -> Limit:
        """The lower of each pair."""
        return Limit(_lower(self.calls, other.calls), _lower(self.usd, other.usd))


@dataclass(frozen=True)
class Spent:
    """What a scope has used, reservations included. calls: made or about to be."""

    calls: int = 0
    micro_usd: int = 0

    def plus(self, micro_usd: int) -> Spent:
        """After one more call."""
        return Spent(self.calls + 1, self.micro_usd + micro_usd)


@dataclass(frozen=True)
class Limits:
    """All that a call has to keep to."""

    run: Limit = field(default_factory=Limit)
    day: Limit = field(default_factory=Limit)
    tenant: Limit = field(default_factory=Limit)

    def of(self, scope: Scope) -> Limit:
        found: Limit = getattr(self, scope)
        return found

    def stricter(self, other: Limits) -> Limits:
        """The lower of each pair."""
        return Limits(*(self.of(scope).stricter(other.of(scope)) for scope in SCOPES))

    @property
    def needs_prices(self) -> bool:
        """Whether any limit is in dollars: a call without a known price can't be held to it."""
        return any(self.of(scope).usd is not None for scope in SCOPES)

    @property
    def text(self) -> str:
        """As `read_limits` reads it."""
        said = [
            f"{name} {number:.10g}"
            for scope in SCOPES
            for name, number in ((scope, self.of(scope).usd), (f"{scope}-calls", self.of(scope).calls))
            if number is not None
        ]
        return ", ".join(said) or NO_LIMITS


def refusal(limits: Limits, spent: Mapping[Scope, Spent], micro_usd: int | None) -> str | None:
    """Why a call may not be made, for people; None = it may. micro_usd: the most it may cost; None = unknown."""
    for scope in SCOPES:
        limit, so_far = limits.of(scope), spent[scope]
        if limit.calls is not None and so_far.calls >= limit.calls:
            return f"the {_NAMED[scope]} limit of {limit.calls:,} calls is reached"
        allowed = limit.micro_usd
        if allowed is None:
            continue
        if micro_usd is None:
            return "no price of the model is known, and there is a limit in US dollars"
        if so_far.micro_usd + micro_usd > allowed:
            left = max(0, allowed - so_far.micro_usd) / _MICRO
            asked = f"and the call may cost ${micro_usd / _MICRO:.6f}"
            return f"of the {_NAMED[scope]} ${allowed / _MICRO:.10g} only ${left:.6f} is left {asked}"
    return None


def micro(usd: float | None) -> int | None:
    """Millionths of a dollar, rounded up so that no sum of them is below what was paid."""
    return None if usd is None else math.ceil(round(usd * _MICRO, 6))


def read_limits(text: str) -> Limits:
    """Read "run 0.50, day 2, tenant 100, calls 200": dollars per scope; calls per run, or run-calls, day-calls,
    tenant-calls; "none" for no limit. Raises UsageError."""
    if text.strip() in ("", NO_LIMITS):
        return Limits()
    found: dict[str, float] = {}
    for part in text.split(","):
        name, number = _read(part)
        if name in found:
            raise UsageError(f"{name} stands twice", where="model-budget", advice=_ADVICE)
        found[name] = number
    return Limits(*(Limit(_whole(found.get(f"{scope}-calls")), found.get(scope)) for scope in SCOPES))


_ADVICE = 'for example "run 0.50, day 2, tenant 100, calls 200", or "none"'
_NAMES = {**{name: name for scope in SCOPES for name in (scope, f"{scope}-calls")}, "calls": "run-calls"}


def _read(part: str) -> tuple[str, float]:
    words = part.split()
    name = _NAMES.get(words[0]) if len(words) == 2 else None
    if name is None:
        known = ", ".join(_NAMES)
        said = f"{part.strip()!r} is no limit: one of {known}, and a number"
        raise UsageError(said, where="model-budget", advice=_ADVICE)
    return name, checked_amount(words[1].removeprefix("$"), name.endswith("calls"), f"model-budget {name}")


def checked_amount(text: str, is_count: bool, where: str) -> float:
    """A number from 0, whole where it counts calls. Raises UsageError."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= _LARGEST or (is_count and number != int(number)):
        kind = "whole number" if is_count else "number of US dollars"
        raise UsageError(f"{text!r} is no {kind} from 0", where=where, advice=_ADVICE)
    return number


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _lower(one: _Number | None, other: _Number | None) -> _Number | None:
    return min((number for number in (one, other) if number is not None), default=None)
