"""What a tenant's next run will call and cost, foreseen before it reads anything; and what it did in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from discovery_pipeline.agents.prices import PriceList
from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.domain.opinions.forecast import Cost, Expected, Forecast, Past, forecast
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.agents.desk import endpoints_of
from discovery_pipeline.services.agents.history import TenantPlanner
from discovery_pipeline.services.agents.spending import limits_of, prices_of
from discovery_pipeline.services.run_frames import RunFrames, newest_frames
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.forecasts import forecasts
from discovery_pipeline.store.ledger import CalledInRun, called_by_run
from discovery_pipeline.store.ledger_sums import answered_last
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.snapshots import fingerprint
from discovery_pipeline.store.sources import files_state

# Models, prices and files of longer ago say little.
_LOOKED_BACK = timedelta(days=90)


def foresee(settings: Settings, database: Database, frames: TenantFrames) -> Forecast | None:
    """None where the run will ask nobody. Raises UsageError for an unknown tenant, Unreachable, ConfigurationError for
    a price file that can't be read."""
    if not settings.providers or settings.model_mode != "ask":
        return None
    tenant, newest = frames.tenant, newest_frames(frames)
    called = called_by_run(database, tenant, since=datetime.now(UTC) - _LOOKED_BACK)
    past = [Past(one.run_id, one.agent, _expected(one)) for one in called if one.calls]
    same = bool(past) and _asked_of_these_files(database, newest) and _would_be_asked_so(settings, database, tenant)
    return forecast(past, {} if past else _doubts(newest), same_files=same, cost=_cost(settings, prices_of(settings)))


def _expected(one: CalledInRun) -> Expected:
    return Expected(one.calls, one.prompt_tokens, one.completion_tokens, None if one.unpriced else one.usd)


def _cost(settings: Settings, prices: PriceList) -> Cost:
    """By the first model of the first provider: while nothing is known of any, no strategy puts another before it."""
    provider = settings.providers[0]
    return prices.of(provider.name, provider.models[0]).of_tokens


def _asked_of_these_files(database: Database, newest: RunFrames) -> bool:
    """Whether the last run read the files that count now, and was answered."""
    if _rows(newest, "model_answers", "answers") == 0:
        return False
    state = files_state(database, newest.tenant)
    return bool(newest.meta("raw_export").get("fingerprint") == fingerprint(state.files))


def _would_be_asked_so(settings: Settings, database: Database, tenant: str) -> bool:
    """Whether the last run's answers are of models that are configured still, to instructions that are asked still: an
    answer is kept under both; and whether what is kept will serve."""
    models = {model for provider in settings.providers for model in provider.models}
    answered = answered_last(database, tenant)
    if not all(model in models and _is_packaged(instructions) for model, instructions in answered):
        return False
    planner = TenantPlanner(database, tenant, "", limits_of(settings, database, tenant))
    return planner.uses_kept(endpoints_of(settings))


def _is_packaged(instructions: str) -> bool:
    try:
        return str(prompt(instructions.partition("@")[0])) == instructions
    except FileNotFoundError:
        return False


def _doubts(newest: RunFrames) -> dict[str, int]:
    """What the last results leave in doubt, as far as they tell; texts are one question each."""
    texts = int(newest.has("analysis"))
    return {
        "mapping": _rows(newest, "column_mapping", "mapping", pl.col("status") != "accepted"),
        "classification": _rows(newest, "inventory", "inventory", pl.col("classified_type") == "other"),
        "reconciliation": _rows(newest, "inventory", "look_alikes"),
        "analysis": texts,
        "questions": texts,
    }


def _rows(newest: RunFrames, asset: str, part: str, condition: pl.Expr | None = None) -> int:
    if not newest.has(asset, part):
        return 0
    found = newest.scan(asset, part)
    counted = (found if condition is None else found.filter(condition)).select(pl.len()).collect()
    return int(counted.item())


@dataclass(frozen=True)
class RunModelUse:
    """What a run called in the end beside what was expected. usd: of calls whose cost is known; unpriced: the others.

    expected: None where nothing was foreseen.
    """

    calls: int
    kept: int
    usd: float
    unpriced: int
    expected: Forecast | None

    @property
    def document(self) -> Mapping[str, Any]:
        """For `discovery run --json`."""
        foreseen = self.expected
        shown = {**asdict(foreseen.total), "basis": foreseen.basis} if foreseen and foreseen.is_known else None
        return {
            "calls": self.calls, "kept": self.kept, "usd": self.usd, "calls_of_unknown_cost": self.unpriced,
            "expected": shown,
        }  # fmt: skip


def used_in_run(database: Database, tenant: str, run_id: str) -> RunModelUse | None:
    """None where the run asked nobody. Raises Unreachable."""
    found = called_by_run(database, tenant, run_id)
    expected = forecasts(database, tenant).get(run_id)
    if not found and expected is None:
        return None
    return RunModelUse(
        sum(one.calls for one in found),
        sum(one.kept for one in found),
        round(sum(one.usd for one in found), 6),
        sum(one.unpriced for one in found),
        expected,
    )
