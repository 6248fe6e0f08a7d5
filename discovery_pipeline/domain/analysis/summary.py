"""The numbers that a person wants first: counts by type, strategy, support, environment, readiness and wave."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.summary import support_ends
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.analysis.readiness.readiness import readiness_rules
from discovery_pipeline.domain.analysis.strategy.summary import strategy_summary

_SUPPORT = ("supported", "ending", "extended", "ended", "unknown")


def counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    """value -> rows, most frequent first; nulls as "unknown"."""
    grouped = frame.select(value=pl.col(column).fill_null("unknown")).group_by("value").len()
    ordered = grouped.sort(["len", "value"], descending=[True, False])
    return dict(zip(ordered["value"], ordered["len"], strict=True))


def _decided(assessed: pl.DataFrame) -> pl.DataFrame:
    """The assets for which there is something to decide."""
    return assessed.filter(pl.col("strategy") != "not_applicable")


def _bands(assessed: pl.DataFrame) -> dict[str, int]:
    """Readiness bands of the machines that something is to be decided for; bands in ascending order."""
    bands = sorted(readiness_rules()["bands"].items(), key=lambda band: band[1])
    moving = _decided(assessed).filter("runs_os")
    edges = [start for _, start in bands] + [101]
    return {
        name: len(moving.filter(pl.col("readiness") >= low, pl.col("readiness") < high))
        for (name, low), high in zip(bands, edges[1:], strict=True)
    }


def _mean_confidence(assessed: pl.DataFrame) -> float:
    """Of what there is something to decide for; 0 where that is nothing. Sorted, for sums of fractions to be equal."""
    sure = _decided(assessed)["confidence"].sort()
    return round(float(sure.sum()) / max(len(sure), 1), 3)


def _waves(assessed: pl.DataFrame, groups: pl.DataFrame) -> list[dict[str, Any]]:
    """One row per wave: assets, groups, applications, those in production, mean readiness of its machines."""
    assets = (
        assessed.drop_nulls("wave")
        .group_by("wave")
        .agg(
            assets=pl.len(),
            production=(pl.col("environment") == "production").sum(),
            readiness=pl.col("readiness").filter("runs_os").mean().round(0),
            applications=(pl.col("classified_type") == "application").sum(),
        )
    )
    counted = groups.group_by("wave").agg(groups=pl.len())
    return assets.join(counted, on="wave").sort("wave").to_dicts()


def summarise(
    facts: pl.DataFrame,
    analysis: pl.DataFrame,
    applications: pl.DataFrame,
    groups: pl.DataFrame,
    as_of: date,
    table: LifecycleTable,
) -> dict[str, Any]:
    """A JSON-ready document of counts; vanished assets are counted apart and nowhere else."""
    columns = ["asset_id", "classified_type", "environment", "os_support", "os_label", "runs_os", "vanished"]
    living = ~pl.col("vanished").fill_null(value=False)
    joined = facts.select(columns).join(analysis, on="asset_id")
    assessed = joined.filter(living)
    servers = assessed.filter("runs_os")
    support = counts(servers, "os_support")
    return {
        "as_of": as_of.isoformat(),
        "assets": len(assessed),
        "vanished": len(joined) - len(assessed),
        "types": counts(assessed, "classified_type"),
        "environments": counts(servers, "environment"),
        "servers": len(servers),
        "os_support": {name: support.get(name, 0) for name in _SUPPORT},
        "os_releases": dict(list(counts(servers, "os_label").items())[:20]),
        "strategies": counts(assessed, "strategy"),
        "readiness": _bands(assessed),
        "mean_confidence": _mean_confidence(assessed),
        "applications": len(applications),
        "applications_without_members": len(applications.filter(pl.col("members").list.len() == 0)),
        "move_groups": len(groups),
        "waves": _waves(assessed, groups),
        "lifecycle_table": {"as_of": table.as_of.isoformat(), "source": table.source, "sha256": table.sha256},
        "strategy": strategy_summary(facts, analysis),
        "support_ends": support_ends(facts),
    }
