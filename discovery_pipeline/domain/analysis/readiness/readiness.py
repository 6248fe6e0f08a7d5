"""Readiness of each asset: 100 less the deductions of readiness.yaml that hold. Keep out: the deductions themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.rules import condition, sentence
from discovery_pipeline.domain.packaged import packaged_yaml

_NO_DEDUCTIONS = pl.DataFrame(
    schema={
        "asset_id": pl.String(),
        "group": pl.String(),
        "points": pl.Float64(),
        "order": pl.Int32(),
        "sentence": pl.String(),
    }
)


@cache
def readiness_rules() -> dict[str, Any]:
    """The packaged rule file (readiness.yaml)."""
    data: dict[str, Any] = packaged_yaml(__package__, "readiness.yaml")
    return data


def _deductions(facts: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, points, sentence: of each group the heaviest deduction that holds, heaviest group first."""
    rules = readiness_rules()["deductions"]
    holding = facts.select(condition(rule["when"]).alias(str(order)) for order, rule in enumerate(rules))
    parts = [
        facts.filter(holding[str(order)]).select(
            "asset_id",
            group=pl.lit(rule["group"]),
            points=pl.lit(float(rule["points"])),
            order=pl.lit(order, dtype=pl.Int32),
            sentence=sentence(rule["reason"]),
        )
        for order, rule in enumerate(rules)
        if holding[str(order)].any()
    ]
    ordered = pl.concat([_NO_DEDUCTIONS, *parts]).sort(["asset_id", "points", "order"], descending=[False, True, False])
    return ordered.unique(["asset_id", "group"], keep="first", maintain_order=True)


def readiness(facts: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, readiness (0-100), gaps (sentences with the points they cost), one row per asset that has gaps.

    An asset with no row is at 100.
    """
    costs = pl.format("Readiness -{}: {}", pl.col("points").cast(pl.Int64), "sentence")
    return (
        _deductions(facts)
        .with_columns(gap=costs)
        .group_by("asset_id", maintain_order=True)
        .agg(readiness=(100 - pl.col("points").sum()).clip(lower_bound=0.0), gaps="gap")
    )
