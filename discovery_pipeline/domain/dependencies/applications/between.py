"""Edges between applications that follow from the traffic of their servers. Keep out: which server serves what."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.applications.standing import former_holders, stand_amid
from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame
from discovery_pipeline.domain.dependencies.params import DependencyParams

_PAIR = ["from_application", "to_application"]
_CALL = ["from_asset", "to_asset"]
_LONE = "rests on one connection"


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


def _standing(tiers: pl.DataFrame, serving: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(tiers, serving): without the calls of former holders of an address, with what servers seem to serve besides.

    serving gets a column whole: all applications of the asset, as one text.
    """
    former = former_holders(tiers, serving)
    others = serving.select(other="asset_id", application_id="application_id")
    theirs = former.join(others, on="application_id").select("asset_id", "other").unique()
    kept = tiers
    for left, right in (("from_asset", "to_asset"), ("to_asset", "from_asset")):
        kept = kept.join(theirs, left_on=[left, right], right_on=["asset_id", "other"], how="anti")
    whole = pl.concat([serving, stand_amid(kept, serving).select(serving.columns)])
    texts = whole.group_by("asset_id").agg(whole=pl.col("application_id").sort().str.join(" "))
    return kept, whole.join(texts, on="asset_id")


def _crossing(edges: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """Calls between servers that have no application in common, once per pair of their applications.

    pairs: of how many pairs one call may speak. sure: that both ends serve what they are taken for. case: the
    applications of both ends.
    """
    client = serving.rename(
        {"asset_id": "from_asset", "application_id": "from_application", "confidence": "client", "whole": "clients"}
    )
    server = serving.rename(
        {"asset_id": "to_asset", "application_id": "to_application", "confidence": "server", "whole": "servers"}
    )
    joined = edges.rename({"confidence": "call"}).join(client, on="from_asset").join(server, on="to_asset")
    inside = (pl.col("from_application") == pl.col("to_application")).any().over(_CALL)
    return joined.filter(~inside).with_columns(
        pairs=pl.len().over(_CALL),
        sure=pl.col("client") * pl.col("server"),
        case=pl.concat_str("clients", "servers", separator=">"),
    )


def _explained(ambiguous: pl.DataFrame, clear: pl.DataFrame) -> pl.DataFrame:
    """The ambiguous calls without the pairs that needn't be: one of the others is known to call so.

    A server of CRM and Billing calls Tax: where another server of CRM alone does, or somebody states it, the call is
    CRM's and says nothing of Billing. clear: from_application, to_application.
    """
    told = ambiguous.join(clear.unique().with_columns(known=pl.lit(value=True)), on=_PAIR, how="left")
    known = pl.col("known").fill_null(value=False)
    kept = told.filter(known | ~known.any().over(_CALL)).drop("known")
    return kept.with_columns(pairs=pl.len().over(_CALL))


def _weighed(edges: pl.DataFrame, serving: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """_PAIR, doubt, observations, seen (not only told), first_seen, last_seen: every piece of evidence for a pair.

    A clear call counts by itself. Of the ambiguous calls between servers of the same applications the best counts
    once, by 1 / pairs: however many there are, it is one and the same question.
    """
    believed = edges.filter(pl.col("kind") == "tier", pl.col("confidence") >= params.believed)
    tiers, serving = _standing(believed.filter(pl.col("to_asset").is_not_null()), serving)
    crossing = _crossing(tiers, serving)
    clear = crossing.filter(pl.col("pairs") == 1)
    stated = edges.filter(pl.col("kind") == "application", pl.col("confidence") >= params.believed)
    known = pl.concat([clear.select(_PAIR), stated.select(from_application="from_asset", to_application="to_asset")])
    ambiguous = _explained(crossing.filter(pl.col("pairs") > 1), known)
    weight = pl.col("call") * pl.col("sure") / pl.col("pairs")
    columns = [*_PAIR, "observations", "seen", "first_seen", "last_seen"]
    clear, ambiguous = (calls.with_columns(seen=pl.col("ports").list.len() > 0) for calls in (clear, ambiguous))
    single = clear.select(*columns, *_CALL, calls=pl.lit(1, pl.Int64), doubt=1 - weight)
    grouped = ambiguous.group_by(*_PAIR, "case").agg(
        pl.col("observations").sum(), pl.col("seen").any(), pl.col("first_seen").min(), pl.col("last_seen").max(),
        from_asset=pl.col("from_asset").min(), to_asset=pl.col("to_asset").min(),
        calls=pl.len().cast(pl.Int64), doubt=1 - weight.max(),
    )  # fmt: skip
    whole = pl.concat([single, grouped.select(single.columns)])
    return whole.sort(*_CALL, *_PAIR, "doubt")


def derived_evidence(
    edges: pl.DataFrame, members: pl.DataFrame, inventory: pl.DataFrame, params: DependencyParams
) -> pl.DataFrame:
    """EVIDENCE plus kind, of one application needing another because its servers call the other's.

    edges: DEPENDENCIES; the believed tier edges count, so shared services join nothing. members: MEMBERSHIPS. A pair's
    weight is the noisy-or of its evidence, each piece as sure as its call and both its ends' memberships: two
    applications joined by many calls are surer than by one, and a concluded member says less than a named one. One
    connection in all, of whatever call, is more likely somebody's session than a need of the application.
    """
    # A load balancer calls for those who call it.
    distributing = inventory.filter(pl.col("classified_type") == "load_balancer")["asset_id"]
    calling = edges.filter((pl.col("kind") != "tier") | ~pl.col("from_asset").is_in(distributing.implode()))
    pieces = _weighed(calling, _serving(members, inventory, params), params)
    pairs = pieces.group_by(_PAIR, maintain_order=True).agg(
        weight=(1 - pl.col("doubt").product()).clip(upper_bound=params.observed_limit),
        records=pl.col("observations").sum(),
        seen=pl.col("seen").any(),
        calls=pl.col("calls").sum(),
        first_seen=pl.col("first_seen").min(),
        last_seen=pl.col("last_seen").max(),
    )
    lone = (pl.col("records") == 1) & pl.col("seen")
    labelled = pairs.with_columns(
        weight=pl.when(lone).then(pl.col("weight") * params.lone).otherwise("weight"),
        against=pl.when(lone).then(pl.lit(_LONE)),
        from_asset="from_application",
        to_asset="to_application",
        label=pl.lit("derived:") + pl.col("calls").cast(pl.String) + pl.lit(" tier edges"),
    )
    return evidence_frame(labelled, relation="connects", grade="derived").with_columns(kind=pl.lit("application"))
