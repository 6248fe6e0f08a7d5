"""What a wave plan has to know of each asset and each group: phase, criticality, load, planned wave.

Keep out: needs between groups, and when a group moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.waves.labels import planned_waves, says_pilot
from discovery_pipeline.domain.analysis.waves.order import UNKNOWN_CRITICALITY, criticality, phase
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.risk import asset_weight
from discovery_pipeline.domain.analysis.waves.sums import exact_sum

_GIB_PER_TIB = 1024


@dataclass(frozen=True)
class Estate:
    """assets: one row per moving asset: asset_id, group, name, phase, rank, planned, pilot, tib, production, weight,
    and the facts used. groups: one row per group in the order of its number: group, group_id, size, phase, rank,
    planned, pilot, tib, production, weight, label, platform. served: asset_id, application_id of moving assets.
    names: asset_id, name of everything in the inventory and of proposed applications.
    """

    assets: pl.DataFrame
    groups: pl.DataFrame
    served: pl.DataFrame
    names: pl.DataFrame


def _shown() -> pl.Expr:
    own = pl.col("application_name").list.first()
    return (
        pl.when(pl.col("classified_type") == "application")
        .then(pl.coalesce(own, "hostname", "id"))
        .otherwise(pl.coalesce("hostname", own, "id"))
    )


def _assets(numbered: pl.DataFrame, facts: pl.DataFrame, params: WaveParams) -> pl.DataFrame:
    """numbered: group, members."""
    placed = numbered.select("group", asset_id="members").explode("asset_id", empty_as_null=False)
    known = facts.drop("planned", strict=False).join(placed, on="asset_id", maintain_order="left")
    labels = planned_waves(known["planned_wave"])
    return known.join(labels, left_on="planned_wave", right_on="label", how="left").select(
        "asset_id", "group", "planned", "environment", "criticality", "classified_type", "runs_os",
        "department", "business_owner", "technical_owner", "os_platform", "os_support",
        name=_shown(),
        phase=phase(pl.col("environment"), params),
        rank=criticality(pl.col("criticality")),
        pilot=says_pilot(pl.col("planned_wave")),
        tib=pl.coalesce("storage_used_gib", "storage_total_gib").fill_null(0.0).clip(lower_bound=0) / _GIB_PER_TIB,
        production=(pl.col("runs_os") & (pl.col("environment").fill_null("") == "production")).cast(pl.Int64),
        weight=asset_weight(),
    ).sort("asset_id")  # fmt: skip


def _labels(assets: pl.DataFrame, served: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Columns group, label: the application that most of a group serves ("CRM", "CRM and 2 more"), else a member."""
    told = served.join(assets.select("asset_id", "group"), on="asset_id").join(
        names.select(application_id="asset_id", application="name"), on="application_id"
    )
    counted = (
        told.group_by("group", "application")
        .len()
        .sort(["group", "len", "application"], descending=[False, True, False])
    )
    first = counted.group_by("group", maintain_order=True).agg(pl.col("application").first(), more=pl.len() - 1)
    by_application = first.select(
        "group",
        label=pl.when(pl.col("more") > 0)
        .then(pl.format("{} and {} more", "application", "more"))
        .otherwise("application"),
    )
    by_name = assets.group_by("group").agg(first=pl.col("name").sort().first(), more=pl.len() - 1)
    joined = by_name.join(by_application, on="group", how="left")
    alone = pl.when(pl.col("more") > 0).then(pl.format("{} and {} more", "first", "more")).otherwise("first")
    return joined.select("group", label=pl.coalesce("label", alone))


def _groups(assets: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """One row per group; it ranks with the latest and most critical of its assets."""
    most = assets.filter(pl.col("os_platform").is_not_null()).group_by("group", "os_platform").len()
    platform = most.sort(["group", "len", "os_platform"], descending=[False, True, False]).unique(
        "group", keep="first", maintain_order=True
    )
    told = assets.group_by("group").agg(
        size=pl.len().cast(pl.Int64),
        phase=pl.col("phase").max(),
        rank=pl.col("rank").max().fill_null(UNKNOWN_CRITICALITY),
        planned=pl.col("planned").drop_nulls().mode().min(),
        pilot=pl.col("pilot").any(),
        tib=exact_sum(pl.col("tib")),
        production=pl.col("production").sum(),
        weight=exact_sum(pl.col("weight")),
    )
    joined = told.join(platform.select("group", platform="os_platform"), on="group", how="left")
    return joined.join(labels, on="group", how="left").sort("group")


def estate_of(
    groups: pl.DataFrame, facts: pl.DataFrame, members: pl.DataFrame, applications: pl.DataFrame, params: WaveParams
) -> Estate:
    """The moving part of an estate. groups: MOVE_GROUPS; facts: of gather; members: MEMBERSHIP; applications:
    APPLICATIONS.

    Groups are numbered by their id, so that the order of rows doesn't matter. The phase of a group is null where none
    of its assets has an environment.
    """
    numbered = (
        groups.select("group_id", "members")
        .sort("group_id")
        .with_row_index("group")
        .with_columns(pl.col("group").cast(pl.Int64))
    )
    assets = _assets(numbered, facts, params)
    known = facts.select("asset_id", name=_shown())
    proposed = applications.select(asset_id="application_id", name="name").join(known, on="asset_id", how="anti")
    names = pl.concat([known, proposed])
    served = members.join(assets.select("asset_id"), on="asset_id", how="semi").select("asset_id", "application_id")
    told = _groups(assets, _labels(assets, served, names))
    return Estate(assets, numbered.select("group", "group_id").join(told, on="group").sort("group"), served, names)
