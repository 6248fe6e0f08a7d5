"""Plans and decisions for applications, carried to what runs them: a server does not move while its application stays.

A server that serves others too is not carried along.

Keep out: plans on the asset's own row (a fact like others), and what rule uses them.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.learning.rules import StrategyRule
from discovery_pipeline.domain.membership import MEMBERSHIP

# application_decided: by people, application_planned: in the data; planned_by: the applications.
PLANS = {
    "asset_id": pl.String(), "application_decided": pl.String(), "application_planned": pl.String(),
    "planned_by": pl.String(),
}  # fmt: skip


def _lodging(facts: pl.DataFrame, members: pl.DataFrame, dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    """MEMBERSHIP of the database instances that live on a member and name no application themselves."""
    databases = facts.filter(pl.col("type") == "database").select(from_asset="asset_id")
    hosted = dependencies.filter(pl.col("kind") == "hosting", pl.col("confidence") >= believed)
    lodgers = hosted.join(databases, on="from_asset", how="semi").select("from_asset", "to_asset")
    joined = lodgers.join(members, left_on="to_asset", right_on="asset_id").select(
        asset_id="from_asset", application_id="application_id"
    )
    return joined.join(members, on="asset_id", how="anti").unique().select(*MEMBERSHIP)


def application_plans(
    facts: pl.DataFrame,
    members: pl.DataFrame,
    dependencies: pl.DataFrame,
    believed: float,
    said: Sequence[StrategyRule] = (),
) -> pl.DataFrame:
    """PLANS, one row per asset all of whose applications are to go the same way, as decided or as planned.

    facts: with type and planned. members: MEMBERSHIP. said: what people decided; of several about one the latest holds.
    """
    latest = {rule.asset_id: rule.strategy for rule in sorted(said, key=lambda rule: rule.told.newest)}
    decided = pl.DataFrame(
        list(latest.items()), schema={"application_id": pl.String, "decided": pl.String}, orient="row"
    )
    ways = (
        facts.filter(pl.col("type") == "application")
        .select(
            application_id="asset_id",
            plan="planned",
            name=pl.coalesce(pl.col("application_name").list.first(), "hostname", "asset_id"),
        )
        .join(decided, on="application_id", how="left")
    )
    everyone = pl.concat([members, _lodging(facts, members, dependencies, believed)])
    joined = everyone.join(ways, on="application_id").sort("asset_id", "name")
    grouped = joined.group_by("asset_id", maintain_order=True).agg(
        application_decided=_one("decided"),
        application_planned=_one("plan"),
        planned_by=pl.col("name").head(3).str.join(", "),
    )
    either = pl.any_horizontal(pl.col("application_decided", "application_planned").is_not_null())
    return grouped.filter(either).select(*PLANS)


def _one(column: str) -> pl.Expr:
    """The way of all applications of an asset; null where they differ or one of them has none."""
    way = pl.col(column)
    return pl.when(way.is_not_null().all() & (way.n_unique() == 1)).then(way.first())
