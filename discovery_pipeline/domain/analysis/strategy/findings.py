"""What people should know of the facts behind strategies: plans that were not read, systems out of support, old tables.

Keep out: findings about waves and dependencies.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.analysis.strategy.params import StrategyParams
from discovery_pipeline.domain.handoffs import finding

_EXAMPLES = 5


def strategy_findings(
    facts: pl.DataFrame, as_of: date, table: LifecycleTable, params: StrategyParams
) -> list[dict[str, Any]]:
    """Rows of FINDINGS. facts: of gather. as_of: the day on which support was judged."""
    return [*_unread_plans(facts), *_out_of_support(facts, as_of), *_old_table(as_of, table, params)]


def _unread_plans(facts: pl.DataFrame) -> list[dict[str, Any]]:
    unread = facts.filter(pl.col("planned_strategy").is_not_null(), pl.col("planned").is_null())
    if not len(unread):
        return []
    words = ", ".join(repr(w) for w in unread["planned_strategy"].unique().sort().head(_EXAMPLES))
    return [
        finding(
            "analysis", "warning", "planned_strategy_not_understood",
            f"{len(unread)} planned treatments name no strategy: {words}",
            "use one of rehost, replatform, refactor, rearchitect, replace, retire, retain",
        )
    ]  # fmt: skip


def _out_of_support(facts: pl.DataFrame, as_of: date) -> list[dict[str, Any]]:
    servers = facts.filter("runs_os", ~pl.col("vanished").fill_null(value=False))
    ended = servers.filter(pl.col("os_support") == "ended").height
    if not ended:
        return []
    return [
        finding(
            "analysis", "warning", "operating_systems_out_of_support",
            f"{ended} of {len(servers)} servers run a system that its vendor no longer supports on {as_of.isoformat()}",
            "see the reasons of each asset; upgrade, replatform or retire",
        )
    ]  # fmt: skip


def _old_table(as_of: date, table: LifecycleTable, params: StrategyParams) -> list[dict[str, Any]]:
    days = (as_of - table.as_of).days
    if days <= params.stale_days:
        return []
    return [
        finding(
            "analysis", "warning", "lifecycle_table_older_than_data",
            f"the table of support dates is of {table.as_of.isoformat()}, the data of {as_of.isoformat()}: {days} days "
            "later",
            "bring the table up to date: discovery data refresh lifecycle FILE",
        )
    ]  # fmt: skip
