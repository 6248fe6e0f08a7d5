"""Plans made for applications, carried to what runs them: a server does not move while its application is to stay.

Keep out: plans on the asset's own row (a fact like others), and what rule uses them.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.membership import MEMBERSHIP

PLANS = {"asset_id": pl.String(), "application_planned": pl.String(), "planned_by": pl.String()}


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
    facts: pl.DataFrame, members: pl.DataFrame, dependencies: pl.DataFrame, believed: float
) -> pl.DataFrame:
    """PLANS, one row per asset all of whose applications are planned the same way.

    facts: with type and planned. members: MEMBERSHIP.
    """
    planned = facts.filter(pl.col("type") == "application").select(
        application_id="asset_id",
        plan="planned",
        name=pl.coalesce(pl.col("application_name").list.first(), "hostname", "asset_id"),
    )
    everyone = pl.concat([members, _lodging(facts, members, dependencies, believed)])
    joined = everyone.join(planned, on="application_id").sort("asset_id", "name")
    grouped = joined.group_by("asset_id", maintain_order=True).agg(
        pl.col("plan").first(),
        one=pl.col("plan").is_not_null().all() & (pl.col("plan").n_unique() == 1),
        planned_by=pl.col("name").head(3).str.join(", "),
    )
    return grouped.filter("one").select("asset_id", application_planned="plan", planned_by="planned_by")
