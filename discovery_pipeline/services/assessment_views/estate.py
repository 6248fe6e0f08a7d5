"""The assessed estate: one row per living asset with what it is grouped and counted by, and the sums made beside it.

A run publishes these frames; of an older run they are made when they are first asked for. Keep out: what is counted
(matrix.py, readiness.py, support.py, costs.py), and the wave plan (board.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.facts import runs_os, with_support
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.run_frames import RunFrames

# wave: null where nothing moves. os_, db_, mw_: the release of system, database and middleware as support tables call
# it, its support (lifecycle.Support) and the day on which the vendor's regular support ends. losses: numbers of LOSSES.
ASSESSED: FrameSchema = {
    "asset_id": pl.String(), "name": pl.String(), "type": pl.String(), "environment": pl.String(), "owner": pl.String(),
    "application": pl.List(pl.String()), "strategy": pl.String(), "readiness": pl.Float64(), "wave": pl.Int64(),
    "runs_os": pl.Boolean(),
    **{f"{part}_{what}": pl.Date() if what == "end" else pl.String()
       for part in ("os", "db", "mw") for what in ("label", "support", "end")},
    "os_platform": pl.String(), "losses": pl.List(pl.UInt32()),
}  # fmt: skip
# Per month. low, high: bounds of on demand. price_date: of the oldest price that counts. reserved: of those machines
# that have a reserved price; null where none has.
TOTALS: FrameSchema = {
    "provider": pl.String(), "region": pl.String(), "machines": pl.Int64(), "on_demand": pl.Float64(),
    "reserved": pl.Float64(), "low": pl.Float64(), "high": pl.Float64(), "price_date": pl.Date(),
}  # fmt: skip
# reason: a sentence of the analysis on lost readiness. assets: of which there is something to decide for.
LOSSES: FrameSchema = {"number": pl.UInt32(), "reason": pl.String(), "assets": pl.Int64()}
# Parts of the analysis that hold them. `assessed` holds the prices of each provider beside its assets.
ASSETS, COSTS, LOST = "assessed", "assessed_costs", "assessed_losses"
_AMOUNTS = ("total_on_demand", "total_reserved", "total_low", "total_high")
_READ = (
    "asset_id", "classified_type", "is_template", "hostname", "fqdn", "source_id", "application_name", "environment",
    "business_owner", "technical_owner", "os_name", "os_version", "database_engine", "software", "software_version",
)  # fmt: skip


@dataclass(frozen=True)
class AssessedFrames:
    """stored: ASSESSED, and each provider's prices. totals: TOTALS, of the newest prices first, then the cheapest on
    demand; empty where nothing has a price. losses: LOSSES.
    """

    stored: pl.LazyFrame
    totals: pl.DataFrame
    losses: pl.DataFrame

    @property
    def assets(self) -> pl.LazyFrame:
        """ASSESSED, of which a reader takes the columns that it needs."""
        return self.stored.select(list(ASSESSED))

    def priced(self, provider: str) -> pl.LazyFrame:
        """assets plus, per month at this provider of `totals`: total_on_demand, total_reserved, total_low, total_high,
        null where there is no price; and `sized`: whether the analysis tried to size it.
        """
        own = {name: _of(name, provider) for name in (*_AMOUNTS, "sized")}
        return self.stored.select(*ASSESSED, **own)

    def parts(self) -> dict[str, pl.DataFrame]:
        """Part of the analysis -> its frame."""
        return {ASSETS: self.stored.collect(), COSTS: self.totals, LOST: self.losses}


@dataclass(frozen=True)
class AssessedEstate(AssessedFrames):
    """summary: of the analysis. as_of: the day on which support is judged. run: its frames."""

    run: RunFrames
    summary: Mapping[str, Any]
    as_of: date

    @property
    def currency(self) -> str:
        """Of every price; "" where there is none."""
        return str((self.summary.get("sizing") or {}).get("currency") or "")


def assessed_estate(run: RunFrames, dates: LifecycleTable) -> AssessedEstate:
    """dates: of support. Raises PermanentError before an analysis was made of the newest inventory."""
    if not run.has("analysis", "analysis"):
        raise PermanentError("there is no analysis yet", where=run.tenant, advice=f"discovery run {run.tenant} first")
    summary = run.meta("analysis")["summary"]
    day = date.fromisoformat(summary["as_of"])
    found = _published(run) or _made(run, day, dates)
    return AssessedEstate(found.stored, found.totals, found.losses, run, summary, day)


def _published(run: RunFrames) -> AssessedFrames | None:
    if not all(run.has("analysis", part) for part in (ASSETS, COSTS, LOST)):
        return None
    assets, costs, lost = (run.scan("analysis", part) for part in (ASSETS, COSTS, LOST))
    return AssessedFrames(assets, costs.collect(), lost.collect())


def _made(run: RunFrames, day: date, dates: LifecycleTable) -> AssessedFrames:
    sizing = run.scan("analysis", "sizing").collect() if run.has("analysis", "sizing") else None
    analysis = run.scan("analysis", "analysis").collect()
    return assessed_frames(run.scan("inventory", "inventory"), analysis, sizing, day, dates)


def assessed_frames(
    inventory: pl.LazyFrame, analysis: pl.DataFrame, sizing: pl.DataFrame | None, day: date, dates: LifecycleTable
) -> AssessedFrames:
    """inventory: INVENTORY. analysis: ANALYSIS. sizing: SIZING, None where nothing was sized."""
    living = inventory.filter(~pl.col("vanished").fill_null(value=False)).select(_READ)
    decided = analysis.lazy().select("asset_id", "strategy", "readiness", "wave", "reasons")
    found = living.join(decided, on="asset_id", maintain_order="left").with_row_index("row").collect()
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    told = found.with_columns(
        type=pl.col("classified_type").fill_null("other"),
        runs_os=runs_os(),
        name=pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id"),
        owner=pl.coalesce("business_owner", "technical_owner"),
        application=pl.col("application_name"),
    )
    said = _reasons(found)
    lost = _losses(said)
    numbers = said["reason"].cast(pl.Enum(lost["reason"])).to_physical()
    numbered = said.select("row", losses=numbers).group_by("row", maintain_order=True).agg("losses")
    none = pl.lit([], dtype=pl.List(pl.UInt32))
    supported = (
        with_support(told.drop("reasons"), day, dates)
        .join(numbered, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("losses").fill_null(none))
    )
    assets = supported.select(pl.col(n).cast(t) for n, t in ASSESSED.items())
    sized = pl.DataFrame(schema={"provider": pl.String()}) if sizing is None else sizing
    return AssessedFrames(_with_prices(assets, sized).lazy(), _totals(sized), lost)


def _reasons(assets: pl.DataFrame) -> pl.DataFrame:
    """Columns row, reason: every sentence on lost readiness of what there is something to decide for."""
    decided = assets.lazy().filter(pl.col("strategy") != "not_applicable")
    each = decided.select("row", reason="reasons").explode("reason", empty_as_null=False)
    return each.filter(pl.col("reason").str.starts_with("Readiness -")).collect()


def _losses(reasons: pl.DataFrame) -> pl.DataFrame:
    counted = reasons.group_by("reason").agg(assets=pl.len()).sort("reason").with_row_index("number")
    return counted.select(pl.col(name).cast(dtype) for name, dtype in LOSSES.items())


def _of(name: str, provider: str) -> str:
    """The column of a provider's amount."""
    return f"{name} at {provider}"


def _with_prices(assets: pl.DataFrame, sizing: pl.DataFrame) -> pl.DataFrame:
    for provider in sizing["provider"].unique().sort():
        mine = sizing.lazy().filter(pl.col("provider") == provider)
        prices = mine.select(
            "asset_id",
            pl.lit(value=True).alias(_of("sized", provider)),
            *(pl.col(name).alias(_of(name, provider)) for name in _AMOUNTS),
        )
        joined = assets.lazy().join(prices, on="asset_id", how="left", maintain_order="left")
        assets = joined.with_columns(pl.col(_of("sized", provider)).fill_null(value=False)).collect()
    return assets


def _totals(sizing: pl.DataFrame) -> pl.DataFrame:
    if sizing.is_empty():
        return pl.DataFrame(schema=TOTALS)
    priced = sizing.lazy().drop_nulls("total_on_demand")
    summed = priced.group_by("provider").agg(
        pl.col("region").drop_nulls().unique().sort().str.join(", "), machines=pl.len(),
        price_date=pl.col("price_date").min(), **sums(),
    ).collect()  # fmt: skip
    told = summed.select(pl.col(name).cast(dtype) for name, dtype in TOTALS.items())
    return told.sort(["price_date", "on_demand", "provider"], descending=[True, False, False])


def sums() -> dict[str, pl.Expr]:
    """Sums per month of amounts that `priced` tells, null where nothing was added up."""
    named = dict(zip(("on_demand", "reserved", "low", "high"), _AMOUNTS, strict=True))
    return {name: pl.when(pl.col(of).count() > 0).then(pl.col(of).sum()) for name, of in named.items()}
