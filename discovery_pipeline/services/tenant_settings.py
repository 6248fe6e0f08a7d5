"""The switches that people set per tenant: which there are, what they may be, what they are.

A further one is one entry in SETTINGS. Keep out: what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from discovery_pipeline.agents.strategy import CONFIGURED, read_strategy
from discovery_pipeline.domain.analysis.params import DEFAULT, AnalysisParams, read_params
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.inventory.values.precedence import Preferences
from discovery_pipeline.domain.inventory.values.preferences import NO_PREFERENCES, parse_preferences, preferences_text
from discovery_pipeline.domain.spending import NO_LIMITS, read_limits
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.shared_rows import ON, SHARE_LEARNING
from discovery_pipeline.store.sharing import switch_sharing
from discovery_pipeline.store.sources import files_state
from discovery_pipeline.store.tenant_settings import read_settings, write_setting

Cadence = Literal["hourly", "daily", "weekly", "monthly"]
CADENCES: tuple[Cadence, ...] = get_args(Cadence)
SCHEDULE = "schedule"
PRECEDENCE = "precedence"
PLAN = "plan"
MODEL_BUDGET = "model-budget"
MODEL_STRATEGY = "model-strategy"
# Settings that a result rests on -> the asset in which they have their first say; its document keeps what it used.
FIRST_SAY = {PRECEDENCE: "inventory", PLAN: "analysis"}


@dataclass(frozen=True)
class TenantSwitch:
    """A setting. values: what it may be; the first one is the default. read: for one that may be more than that: from
    database, tenant and what a person wrote to what is kept; raises UsageError."""

    description: str
    values: tuple[str, ...]
    read: Callable[[Database, str, str], str] | None = None

    @property
    def default(self) -> str:
        return self.values[0]


def _read_precedence(database: Database, tenant: str, text: str) -> str:
    sources = {file.source for file in files_state(database, tenant).files}
    return preferences_text(parse_preferences(text, sources))


def _read_plan(_: Database, __: str, text: str) -> str:
    return read_params(text).text


def _read_budget(_: Database, __: str, text: str) -> str:
    return read_limits(text).text


def _read_strategy(_: Database, __: str, text: str) -> str:
    wanted = read_strategy(text)
    return wanted.text if wanted else CONFIGURED


SETTINGS = {
    SCHEDULE: TenantSwitch("how often the tenant is discovered anew, changed files or not", ("off", *CADENCES)),
    SHARE_LEARNING: TenantSwitch("share header meanings with tenants that do too, and use theirs", ("off", ON)),
    PRECEDENCE: TenantSwitch("which sources are believed, per field", (NO_PREFERENCES,), _read_precedence),
    PLAN: TenantSwitch("how the estate is to be moved: groups, waves, dates, clouds, weights", (DEFAULT,), _read_plan),
    MODEL_BUDGET: TenantSwitch(
        "what models may cost: US dollars per run, day, tenant; calls", (NO_LIMITS,), _read_budget
    ),
    MODEL_STRATEGY: TenantSwitch(
        "who is asked first: as configured, or by balanced, fast, accurate, cheap; a floor",
        (CONFIGURED,),
        _read_strategy,
    ),
}
# Settings that more than their row follows.
SWITCHED = {SHARE_LEARNING: switch_sharing}


def tenant_setting(database: Database, tenant: str, name: str) -> str:
    """The value in force. Raises UsageError for an unknown setting or tenant."""
    return read_settings(database, tenant).get(name, _known(name).default)


def set_tenant_setting(database: Database, tenant: str, name: str, value: str) -> None:
    """Set a value. Raises UsageError, naming what is possible, for an unknown setting, value or tenant."""
    switch = _known(name)
    if switch.read:
        value = switch.read(database, tenant, value)
    elif value not in switch.values:
        possible = ", ".join(switch.values)
        raise UsageError(f"{name} can't be {value!r}", where=f"tenant {tenant}", advice=f"one of: {possible}")
    if name in SWITCHED:
        SWITCHED[name](database, tenant, value)
    else:
        write_setting(database, tenant, name, value)


def tenant_settings(database: Database, tenant: str) -> dict[str, str]:
    """Every setting with the value in force. Raises UsageError for an unknown tenant."""
    stored = read_settings(database, tenant)
    return {name: stored.get(name, switch.default) for name, switch in SETTINGS.items()}


def preferences(database: Database, tenant: str) -> Preferences:
    """The sources that the tenant wants believed. Raises UsageError for an unknown tenant."""
    return parse_preferences(tenant_setting(database, tenant, PRECEDENCE))


def analysis_params(database: Database, tenant: str) -> AnalysisParams:
    """The tenant's plan. Raises UsageError for an unknown tenant."""
    return read_params(tenant_setting(database, tenant, PLAN))


def schedule_name(cadence: Cadence) -> str:
    """What Dagster's schedule of a cadence is called."""
    return f"rediscover_{cadence}"


def _known(name: str) -> TenantSwitch:
    if name not in SETTINGS:
        raise UsageError(f"there is no setting {name!r}", advice=f"one of: {', '.join(SETTINGS)}")
    return SETTINGS[name]
