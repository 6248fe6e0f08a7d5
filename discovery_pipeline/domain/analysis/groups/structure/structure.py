"""STRUCTURE: the place of each asset in the graph of needs, in figures and words."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.groups.structure.needs import Needs, needs_of
from discovery_pipeline.domain.analysis.groups.structure.reach import reach
from discovery_pipeline.domain.analysis.groups.structure.weak_points import circles, sole_providers
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.handoffs import STRUCTURE


def structure(
    inventory: pl.DataFrame, dependencies: pl.DataFrame, members: pl.DataFrame, params: AnalysisParams
) -> pl.DataFrame:
    """STRUCTURE, one row per living asset, sorted. members: MEMBERSHIP.

    A failure spreads along believed needs (calls, hosting, shared services) and from members to their applications.
    """
    needs = needs_of(inventory, dependencies, members, params.believed)
    is_application = (needs.assets["type"] == "application").to_numpy()
    spread = reach(len(needs.assets), needs.follow, is_application, params.groups.exact_assets)
    figures = needs.assets.select("node", "asset_id").with_columns(
        blast_radius=pl.Series(spread.assets),
        applications=pl.Series(spread.applications),
        exact=pl.Series(spread.exact),
    )
    joined = (
        figures.join(_degrees(needs), on="node", how="left")
        .join(circles(needs, dependencies, params.believed), on="node", how="left")
        .join(sole_providers(needs, params.groups.sole_dependents), on="node", how="left", suffix="_sole")
        .with_columns(
            pl.col("dependents", "providers").fill_null(0), single_point_of_failure=pl.col("sole").is_not_null()
        )
    )
    told = joined.with_columns(reasons=_reasons())
    return told.select(pl.col(n).cast(t) for n, t in STRUCTURE.items()).sort("asset_id")


def _degrees(needs: Needs) -> pl.DataFrame:
    dependents = needs.follow.group_by(node="p").agg(dependents=pl.len().cast(pl.Int64))
    providers = needs.follow.group_by(node="d").agg(providers=pl.len().cast(pl.Int64))
    return dependents.join(providers, on="node", how="full", coalesce=True)


def _reasons() -> pl.Expr:
    """Columns: of the joined figures. What makes an asset stand out; nothing of the others."""
    more = pl.when(pl.col("sole") > pl.col("shown_sole").list.len()).then(pl.lit(", ...")).otherwise(pl.lit(""))
    sole = pl.format(
        "{} {} no other provider of {}: {}{}", "sole", pl.when(pl.col("sole") == 1).then(pl.lit("asset has")).otherwise(
            pl.lit("assets have")), "service", pl.col("shown_sole").list.join(", "), more,
    )  # fmt: skip
    names = pl.col("shown").list.set_difference(pl.concat_list("name")).list.sort().list.head(3).list.join(", ")
    circle = pl.format("it stands in a circle of needs with {}: {}", _count("others", "other"), names)
    about = pl.when("exact").then(pl.lit("")).otherwise(pl.lit("about "))
    spread = pl.when(pl.col("blast_radius") > 0).then(
        pl.format(
            "its failure reaches {}{}, {} among them",
            about,
            _count("blast_radius", "asset"),
            _count("applications", "application"),
        )
    )
    listed = pl.concat_list(
        pl.when(pl.col("sole").is_not_null()).then(sole), pl.when(pl.col("cycle").is_not_null()).then(circle), spread
    )
    return listed.list.drop_nulls()


def _count(number: str, word: str) -> pl.Expr:
    many = pl.when(pl.col(number) == 1).then(pl.lit(word)).otherwise(pl.lit(word + "s"))
    return pl.format("{} {}", pl.col(number), many)
