"""Strategies in numbers that people want: per type and application, how sure, what to ask first, what may be idle."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.strategy.rulebook import rulebook

_QUESTIONS = 10


def strategy_summary(facts: pl.DataFrame, analysis: pl.DataFrame) -> dict[str, Any]:
    """JSON-ready. facts: of gather; analysis: ANALYSIS. Vanished assets are left out."""
    columns = facts.select("asset_id", "type", "environment", "vanished", "db_support", "mw_support")
    joined = columns.join(analysis, on="asset_id").filter(~pl.col("vanished").fill_null(value=False))
    deciding = joined.group_by("strategy").agg(assets=pl.len(), confidence=pl.col("confidence").sort().mean().round(3))
    return {
        "rules_version": rulebook().version,
        "by_type": _table(joined, "type"),
        "by_environment": _table(joined.filter(pl.col("strategy") != "not_applicable"), "environment"),
        "confidence": {s: c for s, _, c in deciding.sort("strategy").iter_rows()},
        "by_rule": _counts(joined["rule"]),
        "database_support": _counts(joined.filter(pl.col("type") == "database")["db_support"]),
        "middleware_support": _counts(joined["mw_support"].drop_nulls()),
        "open_questions": joined["next_question"].is_not_null().sum(),
        "ask_first": _ask_first(joined),
    }


def _table(frame: pl.DataFrame, column: str) -> dict[str, dict[str, int]]:
    """value -> strategy -> assets, both in alphabetical order."""
    counted = frame.group_by(pl.col(column).fill_null("unknown"), "strategy").len().sort(column, "strategy")
    table: dict[str, dict[str, int]] = {}
    for value, strategy, assets in counted.iter_rows():
        table.setdefault(value, {})[strategy] = assets
    return table


def _counts(values: pl.Series) -> dict[str, int]:
    counted = pl.DataFrame({"value": values.fill_null("unknown")}).group_by("value").len()
    return dict(counted.sort(["len", "value"], descending=[True, False]).iter_rows())


def _ask_first(joined: pl.DataFrame) -> list[str]:
    """The assets with a question that are least sure, of equally sure ones by id.

    Ids only: the questions name assets, and a summary is shown in Dagster, where nobody's access is asked.
    """
    return joined.drop_nulls("next_question").sort("confidence", "asset_id").head(_QUESTIONS)["asset_id"].to_list()
