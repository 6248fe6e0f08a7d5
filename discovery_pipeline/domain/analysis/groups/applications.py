"""Applications and what belongs to them. Keep out: how memberships are concluded (the dependencies phase), groups."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.application_names import application_aliases
from discovery_pipeline.domain.handoffs import APPLICATIONS
from discovery_pipeline.domain.membership import MEMBERSHIP, believed_members, memberships

# A proposed application is called by the part of the name that such a share of its members bear.
_BORNE = 0.8


def application_members(
    inventory: pl.DataFrame, dependencies: pl.DataFrame, believed: float, served: pl.DataFrame | None = None
) -> pl.DataFrame:
    """MEMBERSHIP of living assets, sorted by application and asset. served: MEMBERSHIPS, those believed count.

    Without them (served None) what the inventory names and stated hosting say: enough to assess an inventory alone.
    """
    members = _told(inventory, dependencies, believed) if served is None else believed_members(served, believed)
    living = inventory.filter(~pl.col("vanished").fill_null(value=False)).select("asset_id")
    return members.join(living, on="asset_id", how="semi").sort("application_id", "asset_id")


def _told(inventory: pl.DataFrame, dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    """MEMBERSHIP: assets that name the application, and those it is believed to run on."""
    applications = inventory.filter(pl.col("classified_type") == "application").select(from_asset="asset_id")
    hosted = (
        dependencies.filter(
            pl.col("kind") == "hosting", pl.col("confidence") >= believed, pl.col("to_asset").is_not_null()
        )
        .join(applications, on="from_asset", how="semi")
        .select(asset_id="to_asset", application_id="from_asset")
    )
    return pl.concat([memberships(inventory), hosted]).unique().select(*MEMBERSHIP)


def _proposed_names(inventory: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """application_id, name: the longest part that (nearly) all members' names have in common, else a member's name."""
    names = members.join(inventory.select("asset_id", "hostname"), on="asset_id").with_columns(
        pl.col("hostname").str.to_lowercase(), of=pl.len().over("application_id")
    )
    parts = (
        names.select("application_id", "asset_id", "of", part=pl.col("hostname").str.extract_all(r"[\p{L}\p{N}]+"))
        .explode("part", empty_as_null=False)
        .filter(pl.col("part").str.contains(r"\p{L}"))
    )
    borne = parts.group_by("application_id", "part").agg(n=pl.col("asset_id").n_unique(), of=pl.col("of").first())
    common = borne.filter(pl.col("n") >= _BORNE * pl.col("of")).sort(
        ["application_id", pl.col("part").str.len_chars(), "part"], descending=[False, True, False]
    )
    longest = common.unique("application_id", keep="first", maintain_order=True).select("application_id", "part")
    first = names.group_by("application_id").agg(first=pl.col("hostname").min())
    called = pl.coalesce("part", "first", "application_id")
    return first.join(longest, on="application_id", how="left").select(
        "application_id", name=pl.format("{} (proposed)", called)
    )


def applications(inventory: pl.DataFrame, members: pl.DataFrame, served: pl.DataFrame | None = None) -> pl.DataFrame:
    """APPLICATIONS, one row per application asset that is no misspelling of another and per proposed application.

    members: MEMBERSHIP, sorted in each row, perhaps none. served: MEMBERSHIPS, for the confidence: of the inventory's
    how sure it is that it is an application, of a proposed one the mean of its members'.
    """
    aliases = application_aliases(inventory)
    named = inventory.filter(pl.col("classified_type") == "application").join(
        aliases, left_on="asset_id", right_on="alias_id", how="anti"
    )
    own = named.select(
        application_id="asset_id",
        name=pl.coalesce(pl.col("application_name").list.first(), "hostname", "asset_id"),
        origin=pl.lit("inventory"),
        confidence=pl.col("type_confidence"),
    )
    new = members.join(own, on="application_id", how="anti")
    sure = new.select("application_id", "asset_id") if served is None else served
    means = (
        sure.with_columns(pl.lit(1.0).alias("confidence") if served is None else pl.col("confidence"))
        .join(new, on=["application_id", "asset_id"], how="semi")
        .sort("application_id", "asset_id")
        .group_by("application_id", maintain_order=True)
        .agg(confidence=pl.col("confidence").mean().round(4))
    )
    proposed = _proposed_names(inventory, new).join(means, on="application_id", how="left")
    listed = members.group_by("application_id").agg(members=pl.col("asset_id").sort())
    both = pl.concat([own, proposed.with_columns(origin=pl.lit("proposed")).select(own.columns)])
    joined = both.join(listed, on="application_id", how="left")
    none = pl.lit([], dtype=pl.List(pl.String))
    filled = joined.with_columns(pl.col("members").fill_null(none))
    return filled.select(pl.col(n).cast(t) for n, t in APPLICATIONS.items()).sort("application_id")
