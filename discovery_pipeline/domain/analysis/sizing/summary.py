"""What the sizes come to, for people: totals per provider, what they rest on, what has no price, how old prices are.

Keep out: how a size or price comes about. What a machine costs today isn't in it: sums would mix two kinds of money.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.sizing.assumptions import assumptions
from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.handoffs import finding

_SUMS = {
    "on_demand": "total_on_demand", "reserved": "total_reserved", "low": "total_low", "high": "total_high",
    "compute": "compute_on_demand", "storage": "storage",
}  # fmt: skip


def _sum(column: str) -> pl.Expr:
    """In whole cents, so that the order of rows changes nothing."""
    return ((pl.col(column) * 100).round(0).cast(pl.Int64).sum() / 100).round(2)


def _totals(priced: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """provider -> region, machines with a price, and sums per month."""
    sums = [_sum(column).alias(name) for name, column in _SUMS.items()]
    summed = (
        priced.group_by("provider").agg(pl.col("region").first(), pl.len().alias("machines"), *sums).sort("provider")
    )
    return {row.pop("provider"): row for row in summed.to_dicts()}


def _by_environment(priced: pl.DataFrame, facts: pl.DataFrame) -> dict[str, dict[str, float]]:
    """environment -> provider -> on demand per month, storage included."""
    told = priced.join(facts.select("asset_id", "environment"), on="asset_id", how="left")
    grouped = (
        told.with_columns(pl.col("environment").fill_null("unknown"))
        .group_by("environment", "provider")
        .agg(monthly=_sum("total_on_demand"))
        .sort("environment", "provider")
    )
    found: dict[str, dict[str, float]] = {}
    for environment, provider, monthly in grouped.iter_rows():
        found.setdefault(environment, {})[provider] = monthly
    return found


def _counted(rows: pl.DataFrame, column: str) -> dict[str, int]:
    """value -> machines, most frequent first; a machine counts once for each value."""
    grouped = rows.select("asset_id", column).drop_nulls().unique().group_by(column).len()
    ordered = grouped.sort(["len", column], descending=[True, False])
    return dict(ordered.iter_rows())


def sizing_summary(
    sizing: pl.DataFrame, facts: pl.DataFrame, catalogue: Catalogue, params: SizingParams
) -> dict[str, Any]:
    """A JSON-ready document; money per month in `currency`. sizing: SIZING. facts: of gather."""
    told = sizing.select("asset_id", "provider", "region", "instance_type", "basis", "price_date", *_SUMS.values())
    sized = told.filter(pl.col("instance_type").is_not_null())
    priced = sized.filter(pl.col("total_on_demand").is_not_null())
    lacking = sizing.filter(pl.col("total_on_demand").is_null()).with_columns(reason=pl.col("reasons").list.first())
    dates = priced["price_date"].drop_nulls()
    oldest: date | None = min(dates) if len(dates) else None
    newest: date | None = max(dates) if len(dates) else None
    return {
        "currency": catalogue.currency,
        "machines": sizing["asset_id"].n_unique(),
        "providers": _totals(priced),
        "environments": _by_environment(priced, facts),
        "basis": _counted(sized, "basis"),
        "not_sized": _counted(lacking, "reason"),
        "term": params.term,
        "headroom": params.headroom,
        "windows_licence": params.windows_licence,
        "price_date": newest.isoformat() if newest else None,
        "oldest_price_date": oldest.isoformat() if oldest else None,
        "source": catalogue.source,
    }


def sizing_findings(sizing: pl.DataFrame, catalogue: Catalogue, as_of: date) -> list[dict[str, Any]]:
    """Rows of FINDINGS: machines without a price, and prices far from the day of the data."""
    rows = []
    priced = sizing.filter(pl.col("total_on_demand").is_not_null())
    unpriced = sizing.join(priced, on=["asset_id", "provider"], how="anti")
    if len(unpriced):
        reasons = _counted(unpriced.with_columns(reason=pl.col("reasons").list.first()), "reason")
        told = "; ".join(f"{reason} ({count})" for reason, count in list(reasons.items())[:3])
        rows.append(
            finding(
                "analysis", "info", "machines_without_price",
                f"{unpriced['asset_id'].n_unique()} of {sizing['asset_id'].n_unique()} machines that move have no size "
                f"or price at a provider: {told}",
                "complete the inventory of processors and memory, or decide about them by hand",
            )
        )  # fmt: skip
    if len(priced) and abs((as_of - catalogue.as_of).days) > assumptions()["stale_days"]:
        rows.append(
            finding(
                "analysis", "info", "prices_far_from_data",
                f"the newest list prices are of {catalogue.as_of.isoformat()}, the data of {as_of.isoformat()}",
                "read a newer catalogue: discovery data refresh prices FILE",
            )
        )  # fmt: skip
    return rows
