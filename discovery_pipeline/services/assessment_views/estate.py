"""The assessed estate in memory: one row per living asset with what it is grouped and counted by.

Keep out: what is counted (matrix.py, readiness.py, support.py, costs.py), and the wave plan (board.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.facts import runs_os, with_support
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.run_frames import RunFrames

# wave: null where nothing moves. os_, db_, mw_: the release of system, database and middleware as support tables call
# it, its support (lifecycle.Support) and the day on which the vendor's regular support ends.
_CODE = pl.Categorical()
ASSESSED: FrameSchema = {
    "asset_id": pl.String(), "name": pl.String(), "type": _CODE, "environment": _CODE, "owner": _CODE,
    "application": pl.List(pl.String()), "strategy": _CODE, "readiness": pl.Float64(), "wave": pl.Int64(),
    "runs_os": pl.Boolean(),
    **{f"{part}_{what}": pl.Date() if what == "end" else _CODE
       for part in ("os", "db", "mw") for what in ("label", "support", "end")},
    "os_platform": _CODE,
}  # fmt: skip
_READ = (
    "asset_id", "classified_type", "is_template", "hostname", "fqdn", "source_id", "application_name", "environment",
    "business_owner", "technical_owner", "os_name", "os_version", "database_engine", "software", "software_version",
)  # fmt: skip
_PRICES = ("currency", "price_date", "total_on_demand", "total_reserved", "total_low", "total_high")


@dataclass(frozen=True)
class AssessedEstate:
    """assets: ASSESSED. summary: of the analysis. as_of: the day on which support is judged. run: its frames."""

    run: RunFrames
    assets: pl.DataFrame
    summary: Mapping[str, Any]
    as_of: date
    _priced: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """Of every price; "" where there is none."""
        return str((self.summary.get("sizing") or {}).get("currency") or "")

    def priced(self, provider: str) -> pl.DataFrame:
        """assets plus, per month at this provider: total_on_demand, total_reserved, total_low, total_high, price_date;
        null where there is no price; and `sized`: whether the analysis tried to size it.
        """
        if provider not in self._priced:
            self._priced[provider] = self._join_prices(provider)
        return self._priced[provider]

    def _join_prices(self, provider: str) -> pl.DataFrame:
        none = [pl.lit(None, pl.Float64).alias(name) for name in _PRICES[2:]]
        if not self.run.has("analysis", "sizing"):
            return self.assets.with_columns(*none, price_date=pl.lit(None, pl.Date), sized=pl.lit(value=False))
        mine = self.run.scan("analysis", "sizing").filter(pl.col("provider") == provider)
        prices = mine.select("asset_id", *_PRICES[1:], sized=pl.lit(value=True)).unique("asset_id", keep="first")
        joined = self.assets.join(prices.collect(), on="asset_id", how="left", maintain_order="left")
        return joined.with_columns(pl.col("sized").fill_null(value=False))


def assessed_estate(run: RunFrames, dates: LifecycleTable) -> AssessedEstate:
    """dates: of support. Raises PermanentError before an analysis was made of the newest inventory."""
    if not run.has("analysis", "analysis"):
        raise PermanentError("there is no analysis yet", where=run.tenant, advice=f"discovery run {run.tenant} first")
    summary = run.meta("analysis")["summary"]
    day = date.fromisoformat(summary["as_of"])
    decided = run.scan("analysis", "analysis").select("asset_id", "strategy", "readiness", "wave")
    living = run.scan("inventory", "inventory").filter(~pl.col("vanished").fill_null(value=False))
    found = living.select(_READ).join(decided, on="asset_id").collect()
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    told = found.with_columns(
        type=pl.col("classified_type").fill_null("other"),
        runs_os=runs_os(),
        name=pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id"),
        owner=pl.coalesce("business_owner", "technical_owner"),
        application=pl.col("application_name"),
    )
    supported = with_support(told, day, dates)
    return AssessedEstate(run, supported.select(pl.col(n).cast(t) for n, t in ASSESSED.items()), summary, day)
