"""Readiness of applications: no application is readier than what runs it. Keep out: the readiness of single assets."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.readiness.readiness import READINESS

NOTHING_KNOWN = "Its readiness is not known: nothing is known that runs it."


def with_applications(scores: pl.DataFrame, facts: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """READINESS, in the order of scores, that of applications being the least of their members' and of their own.

    The least, not the mean: an application has moved when its last server has. Null where no member is known; what its
    own row lacks is told all the same. scores: READINESS, a row per asset. facts: with type and display_name.
    members: MEMBERSHIP.
    """
    described = facts.select("asset_id", "display_name", is_application=pl.col("type") == "application")
    named = scores.select("asset_id", "readiness").join(described, on="asset_id")
    least = (
        members.join(named, on="asset_id")
        .sort("application_id", "readiness", "display_name", "asset_id")
        .group_by("application_id", maintain_order=True)
        .agg(least=pl.col("readiness").first(), which=pl.col("display_name").first(), of=pl.len())
        .rename({"application_id": "asset_id"})
    )
    joined = scores.join(described, on="asset_id", how="left", maintain_order="left").join(
        least, on="asset_id", how="left", maintain_order="left"
    )
    is_application = pl.col("is_application").fill_null(value=False)
    told = (
        pl.when(pl.col("least").is_null())
        .then(pl.concat_list(pl.lit(NOTHING_KNOWN)))
        .when(pl.col("least") < pl.col("readiness"))
        .then(pl.concat_list(_least()))
        .otherwise(pl.lit([], dtype=pl.List(pl.String)))
    )
    bound = pl.when(pl.col("least").is_not_null()).then(pl.min_horizontal("least", "readiness"))
    return joined.with_columns(
        readiness=pl.when(is_application).then(bound).otherwise("readiness"),
        gaps=pl.when(is_application).then(pl.concat_list(told, "gaps")).otherwise("gaps"),
    ).select(pl.col(name).cast(dtype) for name, dtype in READINESS.items())


def _least() -> pl.Expr:
    alone = pl.format("Its readiness is that of {}, which runs it.", "which")
    several = pl.format("Its readiness is that of {}, the least ready of the {} that run it.", "which", "of")
    return pl.when(pl.col("of") == 1).then(alone).otherwise(several)
