"""Edges between applications that follow from the traffic of their servers. Keep out: which server serves what."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame
from discovery_pipeline.domain.dependencies.params import DependencyParams


def _serving(members: pl.DataFrame, inventory: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """asset_id, application_id, confidence: believed MEMBERSHIPS of applications that are assets.

    What a source names or states is taken as given: an edge that rests on it is as sure as its calls.
    """
    applications = inventory.filter(pl.col("classified_type") == "application").select(application_id="asset_id")
    believed = members.filter(pl.col("confidence") >= params.believed)
    told = pl.col("basis").is_in(["named", "stated", "decided"])
    return believed.join(applications, on="application_id", how="semi").select(
        "asset_id", "application_id", confidence=pl.when(told).then(1.0).otherwise("confidence")
    )


def _crossing(edges: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Tier edges between servers that have no application in common, once per pair of their applications.

    A server of several applications speaks for each of them only in part: share is 1 / sqrt(pairs), between the case
    that one of them calls (1 / pairs) and that all do (1). sure: that both ends serve what they are taken for.
    """
    client = members.select(from_asset="asset_id", from_application="application_id", client="confidence")
    server = members.select(to_asset="asset_id", to_application="application_id", server="confidence")
    pairs = edges.join(client, on="from_asset").join(server, on="to_asset")
    inside = (pl.col("from_application") == pl.col("to_application")).any().over("from_asset", "to_asset")
    return pairs.filter(~inside).with_columns(
        share=1 / pl.len().over("from_asset", "to_asset").sqrt(), sure=pl.col("client") * pl.col("server")
    )


def derived_evidence(
    edges: pl.DataFrame, members: pl.DataFrame, inventory: pl.DataFrame, params: DependencyParams
) -> pl.DataFrame:
    """EVIDENCE plus kind, of one application needing another because its servers call the other's.

    edges: DEPENDENCIES; the believed tier edges count, so shared services join nothing. members: MEMBERSHIPS. A pair's
    weight is the noisy-or of its edges, each as sure as its call and both its ends' memberships: two applications
    joined by many calls are surer than by one, and a concluded member says less than a named one.
    """
    tiers = edges.filter(pl.col("kind") == "tier", pl.col("confidence") >= params.believed)
    doubt = 1 - pl.col("confidence") * pl.col("share") * pl.col("sure")
    crossing = (
        _crossing(tiers.rename({"confidence": "call"}), _serving(members, inventory, params))
        .rename({"call": "confidence"})
        .with_columns(doubt=doubt)
        .sort("from_asset", "to_asset", "from_application", "to_application")
    )
    pairs = crossing.group_by("from_application", "to_application", maintain_order=True).agg(
        weight=(1 - pl.col("doubt").product()).clip(upper_bound=params.observed_limit),
        records=pl.col("observations").sum(),
        calls=pl.len(),
        first_seen=pl.col("first_seen").min(),
        last_seen=pl.col("last_seen").max(),
    )
    labelled = pairs.with_columns(
        from_asset="from_application",
        to_asset="to_application",
        label=pl.lit("derived:") + pl.col("calls").cast(pl.String) + pl.lit(" tier edges"),
    )
    return evidence_frame(labelled, relation="connects", grade="derived").with_columns(kind=pl.lit("application"))
