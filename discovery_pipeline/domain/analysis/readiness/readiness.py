"""Readiness of each asset: 100 less the deductions of readiness.yaml that hold. Keep out: the deductions themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.rules import FactTest, fact_tests
from discovery_pipeline.domain.analysis.sentences import pieces, tell
from discovery_pipeline.domain.analysis.situations import Situations, situations
from discovery_pipeline.domain.packaged import packaged_yaml

READINESS = {"asset_id": pl.String(), "readiness": pl.Float64(), "gaps": pl.List(pl.String())}
_BEST = 100.0


@dataclass(frozen=True)
class Deduction:
    """Points off where all tests hold; of one group only the heaviest that holds counts."""

    group: str
    points: float
    tests: tuple[FactTest, ...]
    reason: str


@cache
def readiness_rules() -> dict[str, Any]:
    """The packaged rule file (readiness.yaml)."""
    data: dict[str, Any] = packaged_yaml(__package__, "readiness.yaml")
    return data


@cache
def deductions() -> tuple[Deduction, ...]:
    """The deductions of the rule file, in its order."""
    return tuple(
        Deduction(entry["group"], float(entry["points"]), fact_tests(entry["when"]), entry["reason"])
        for entry in readiness_rules()["deductions"]
    )


def readiness(facts: pl.DataFrame) -> pl.DataFrame:
    """READINESS, one row per asset, in the order of facts; gaps: sentences with what they cost, heaviest first."""
    if not len(facts):
        return pl.DataFrame(schema=READINESS)
    rules = deductions()
    found = situations(facts, list(dict.fromkeys(test for rule in rules for test in rule.tests)))
    points = _points(found, rules)
    order = np.argsort(-points, axis=1, kind="stable")
    parts = []
    for place in range(points.shape[1]):
        rule = order[:, place]
        costs = points[np.arange(len(points)), rule]
        lost = np.flatnonzero(costs > 0)
        prefixes = [f"Readiness -{costs[row]:.0f}: " for row in lost]
        parts.append(pieces(lost, "gaps", place, prefixes, rule[lost]))
    told = tell(facts, found, pl.concat(parts), [rule.reason for rule in rules])
    none = pl.lit([], dtype=pl.List(pl.String))
    gaps = pl.col("gaps").fill_null(none) if "gaps" in told.texts.columns else none.alias("gaps")
    score = np.clip(_BEST - points.sum(axis=1), 0.0, _BEST)[found.of_asset]
    scored = facts.select("asset_id").with_columns(readiness=pl.Series(score))
    return scored.hstack(told.texts.select("row", gaps).drop("row")[told.of_asset])


def _points(found: Situations, rules: tuple[Deduction, ...]) -> NDArray[np.float64]:
    """situations x deductions: the points that each costs, 0 where a heavier one of its group holds."""
    holds = [found.truth[:, [found.column(test) for test in rule.tests]].all(axis=1) for rule in rules]
    points = np.stack([rule.points * held for rule, held in zip(rules, holds, strict=True)], axis=1)
    for group in {rule.group for rule in rules}:
        members = [number for number, rule in enumerate(rules) if rule.group == group]
        heaviest = points[:, members].argmax(axis=1)
        for place, number in enumerate(members):
            points[heaviest != place, number] = 0.0
    return points
