"""Which application an asset serves, by its own words: shared by dependencies and analysis.

Keep out: membership that follows from edges; each phase adds that from its own input.
"""

from __future__ import annotations

import polars as pl

MEMBERSHIP = {"asset_id": pl.String(), "application_id": pl.String()}


def application_key(name: pl.Expr) -> pl.Expr:
    """The key under which two spellings of an application's name meet: letters and digits, lower case."""
    key = name.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}+#]+", "")
    return pl.when(key != "").then(key)


def application_names(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns application_key, application_id: every name of every application asset; of namesakes the lowest id."""
    applications = inventory.filter(pl.col("classified_type") == "application")
    named = applications.select("asset_id", name=pl.col("application_name")).explode("name", empty_as_null=False)
    hosts = applications.select("asset_id", name="hostname")
    return (
        pl.concat([named, hosts])
        .select(application_key(pl.col("name")).alias("application_key"), application_id="asset_id")
        .drop_nulls()
        .group_by("application_key")
        .agg(pl.col("application_id").min())
        .sort("application_key")
    )


def memberships(inventory: pl.DataFrame) -> pl.DataFrame:
    """MEMBERSHIP: the assets, applications aside, that name an application in application_name; distinct, sorted."""
    others = inventory.filter(pl.col("classified_type") != "application")
    names = others.select("asset_id", name="application_name").explode("name", empty_as_null=False).drop_nulls("name")
    keyed = names.with_columns(application_key=application_key(pl.col("name")))
    joined = keyed.join(application_names(inventory), on="application_key")
    return joined.select(*MEMBERSHIP).unique().sort("asset_id", "application_id")
