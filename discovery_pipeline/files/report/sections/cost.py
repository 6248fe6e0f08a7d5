"""What the machines that move will be and cost, per provider; ranges and dates go with every price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.files.report.charts.bars import bars, stacked
from discovery_pipeline.files.report.charts.ranges import Range, ranges
from discovery_pipeline.files.report.data import ReportData
from discovery_pipeline.files.report.words import words

_LARGEST = 12
_TERMS = {"1y": "one year", "3y": "three years"}


@dataclass(frozen=True)
class ProviderTotal:
    """Sums per month over the machines that have a price. reserved, low, high: null where no machine has one."""

    provider: str
    region: str
    machines: int
    compute: float
    storage: float
    on_demand: float
    reserved: float | None
    low: float | None
    high: float | None
    currency: str
    price_date: date | None


def provider_totals(data: ReportData) -> list[ProviderTotal]:
    """One per provider and currency, cheapest on demand first."""
    priced = data.sizing.filter(pl.col("total_on_demand").is_not_null(), pl.col("currency").is_not_null())
    money = {
        "compute": "compute_on_demand", "storage": "storage", "on_demand": "total_on_demand",
        "reserved": "total_reserved", "low": "total_low", "high": "total_high",
    }  # fmt: skip
    summed = priced.sort("asset_id", "provider").group_by("provider", "currency", maintain_order=True).agg(
        pl.col("region").drop_nulls().unique().sort().str.join(", ").alias("region"),
        pl.len().alias("machines"),
        *(
            pl.when(pl.col(column).count() > 0).then(pl.col(column).sum()).alias(name)
            for name, column in money.items()
        ),
        price_date=pl.col("price_date").min(),
    )  # fmt: skip
    filled = summed.with_columns(pl.col("compute", "storage").fill_null(0.0))
    rows = filled.sort("on_demand", "provider", "currency").iter_rows(named=True)
    return [ProviderTotal(**row) for row in rows]


def primary(totals: Sequence[ProviderTotal]) -> ProviderTotal:
    """The one that stands for the others where there is room for one: of the newest prices, then the cheapest."""
    return min(totals, key=lambda total: (-(total.price_date or date.min).toordinal(), total.on_demand, total.provider))


def content(data: ReportData) -> dict[str, Any]:
    """What templates/cost.html shows; `totals` is empty where nothing was sized."""
    totals = provider_totals(data)
    said = data.analysis_summary.get("sizing") or {}
    chosen = primary(totals).provider if totals else ""
    return {
        "totals": totals,
        "ranges": ranges(
            [Range(t.provider, t.low, t.on_demand, t.high, t.reserved, t.currency) for t in totals],
            "Monthly cost per provider",
            [words(t.provider) for t in totals],
        ),
        "basis": stacked(_basis(data), "What the sizes rest on"),
        "chosen": chosen,
        "largest": _largest(data, chosen).to_dicts(),
        "types": bars(_types(data, chosen), "Machines by type", limit=10),
        "not_sized": _not_sized(data, said),
        "environments": _environments(said),
        "terms": _terms(said),
    }


def _environments(said: Mapping[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """(environment, provider -> on demand a month) as the analysis says, the dearest first."""
    known = {name: dict(amounts) for name, amounts in (said.get("environments") or {}).items() if amounts}
    return sorted(known.items(), key=lambda item: (-max(item[1].values()), item[0]))


def _terms(said: Mapping[str, Any]) -> str:
    """What the prices are of, in half a sentence."""
    term, licence = said.get("term"), said.get("windows_licence")
    told = [f"reserved means for {_TERMS.get(str(term), term)}" if term else ""]
    told += [f"licences of Windows: {words(licence)}" if licence else ""]
    return "; ".join(text for text in told if text)


def _basis(data: ReportData) -> dict[str, int]:
    """Basis -> machines, the surest first."""
    found = data.sizing.drop_nulls("basis").select("asset_id", "basis").unique()["basis"].value_counts()
    counts = dict(found.iter_rows())
    known = [basis for basis in ("p95", "peak", "average", "allocated") if basis in counts]
    return {basis: counts[basis] for basis in [*known, *sorted(set(counts) - set(known))]}


def _types(data: ReportData, provider: str) -> dict[str, int]:
    chosen = data.sizing.filter(pl.col("provider") == provider).drop_nulls("instance_type")
    counted = chosen.group_by("instance_type").len().sort(["len", "instance_type"], descending=[True, False])
    return dict(counted.iter_rows())


def _largest(data: ReportData, provider: str) -> pl.DataFrame:
    chosen = data.sizing.filter(pl.col("provider") == provider, pl.col("total_on_demand").is_not_null())
    named = chosen.join(data.names, on="asset_id")
    return named.sort(["total_on_demand", "name", "asset_id"], descending=[True, False, False]).head(_LARGEST)


def _not_sized(data: ReportData, said: dict[str, Any]) -> dict[str, int]:
    """Reason -> machines: as the analysis says, else what the frame shows."""
    told = said.get("not_sized")
    if isinstance(told, dict):
        return {str(reason): int(count) for reason, count in told.items() if isinstance(count, int) and count}
    unpriced = data.sizing.filter(pl.col("total_on_demand").is_null())
    reasons = unpriced.select("asset_id", reason=pl.col("reasons").list.first().fill_null("no price")).unique()
    counted = reasons.group_by("reason").len().sort(["len", "reason"], descending=[True, False])
    return dict(counted.iter_rows())
