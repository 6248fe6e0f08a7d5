"""Applications and what belongs to them: named members and what runs them. Keep out: groups and waves."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import APPLICATIONS
from discovery_pipeline.domain.membership import MEMBERSHIP, memberships


def application_members(inventory: pl.DataFrame, dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    """MEMBERSHIP: assets that name the application, and those it is believed to run on."""
    applications = inventory.filter(pl.col("classified_type") == "application").select(from_asset="asset_id")
    hosted = (
        dependencies.filter(
            pl.col("kind") == "hosting", pl.col("confidence") >= believed, pl.col("to_asset").is_not_null()
        )
        .join(applications, on="from_asset", how="semi")
        .select(asset_id="to_asset", application_id="from_asset")
    )
    living = inventory.filter(~pl.col("vanished").fill_null(value=False)).select("asset_id")
    members = pl.concat([memberships(inventory), hosted]).unique().select(*MEMBERSHIP)
    return members.join(living, on="asset_id", how="semi").sort("application_id", "asset_id")


def applications(inventory: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """APPLICATIONS, one row per application asset, sorted by id; members sorted, perhaps none."""
    named = inventory.filter(pl.col("classified_type") == "application").select(
        application_id="asset_id", name=pl.coalesce(pl.col("application_name").list.first(), "hostname", "asset_id")
    )
    listed = members.group_by("application_id").agg(members=pl.col("asset_id").sort())
    joined = named.join(listed, on="application_id", how="left")
    none = pl.lit([], dtype=pl.List(pl.String))
    return joined.with_columns(pl.col("members").fill_null(none)).select(list(APPLICATIONS)).sort("application_id")
