"""Which application an asset serves, by its own words: shared by dependencies and analysis.

Keep out: membership that follows from edges (dependencies/applications).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.application_names import application_aliases, application_key, named_keys

__all__ = ["MEMBERSHIP", "application_key", "application_names", "believed_members", "memberships"]
MEMBERSHIP = {"asset_id": pl.String(), "application_id": pl.String()}


def application_names(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns application_key, application_id: every name of every application asset; of namesakes the lowest id.

    A misspelt name leads to the application that is meant.
    """
    keys = named_keys(inventory).join(
        application_aliases(inventory).rename({"application_id": "meant"}),
        left_on="application_id", right_on="alias_id", how="left",
    )  # fmt: skip
    meant = keys.select("application_key", application_id=pl.coalesce("meant", "application_id"))
    return meant.group_by("application_key").agg(pl.col("application_id").min()).sort("application_key")


def memberships(inventory: pl.DataFrame) -> pl.DataFrame:
    """MEMBERSHIP: the assets, applications aside, that name an application in application_name; distinct, sorted."""
    others = inventory.filter(pl.col("classified_type") != "application")
    names = others.select("asset_id", name="application_name").explode("name", empty_as_null=False).drop_nulls("name")
    keyed = names.with_columns(application_key=application_key(pl.col("name")))
    joined = keyed.join(application_names(inventory), on="application_key")
    return joined.select(*MEMBERSHIP).unique().sort("asset_id", "application_id")


def believed_members(memberships: pl.DataFrame, believed: float) -> pl.DataFrame:
    """MEMBERSHIP of the MEMBERSHIPS that are at least so sure, sorted."""
    kept = memberships.filter(pl.col("confidence") >= believed)
    return kept.select(*MEMBERSHIP).unique().sort("asset_id", "application_id")
