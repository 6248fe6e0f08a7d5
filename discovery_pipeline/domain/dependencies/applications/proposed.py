"""Applications that nothing names: servers with a name of their own in common that talk to each other.

Conservative: a proposal needs a part of the name that (nearly) only its servers bear, and calls that join them.
Keep out: servers that a known application claims.
"""

from __future__ import annotations

import base64
import hashlib

import igraph
import numpy as np
import polars as pl

from discovery_pipeline.domain.dependencies.applications.params import MembershipParams
from discovery_pipeline.domain.dependencies.applications.subjects import Subjects
from discovery_pipeline.domain.handoffs import MEMBERSHIPS, empty

PREFIX = "p_"


def proposed_id(part: str) -> str:
    """`p_` and 20 base32 characters of the sha256 of the part that the names have in common.

    One proposal has a part, so ids are unique; more servers of that name change nothing.
    """
    digest = hashlib.sha256(f"proposed\n{part}".encode()).digest()
    return PREFIX + base64.b32encode(digest).decode().lower()[:20]


def _stems(names: pl.DataFrame, loose: pl.DataFrame, params: MembershipParams) -> pl.DataFrame:
    """Columns stem, s: parts of names that so many unclaimed servers bear and (nearly) no others."""
    words = names.filter(pl.col("kind") == "name").select("s", stem="trait")
    counted = words.with_columns(free=pl.col("s").is_in(loose["s"].implode()))
    least, most = params.proposed_least, params.proposed_most
    free = pl.col("free").sum().over("stem")
    kept = counted.filter(
        free >= least, pl.len().over("stem") <= most, free >= params.proposed_share * pl.len().over("stem")
    )
    return kept.filter("free").select("stem", "s").sort("stem", "s")


def _joined(stems: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """stem, s, part: the servers of a stem that calls join, by connected part (numbered)."""
    nodes = stems.with_row_index("node")
    inside = (
        nodes.join(links.select("s", "u"), on="s")
        .join(nodes.select("stem", u="s", other="node"), on=["stem", "u"])
        .select("node", "other")
    )
    graph = igraph.Graph(n=len(nodes), edges=inside.to_numpy())
    part = np.asarray(graph.connected_components(mode="weak").membership, dtype=np.int64)
    return nodes.drop("node").with_columns(part=pl.Series(part, dtype=pl.Int64))


def _chosen(parts: pl.DataFrame, params: MembershipParams) -> pl.DataFrame:
    """stem, s, part: of overlapping proposals the largest; every server in one."""
    sized = parts.with_columns(
        size=pl.len().over("part"), of=pl.len().over("stem"), first=pl.col("s").min().over("part")
    )
    whole = sized.filter(
        pl.col("size") >= params.proposed_least, pl.col("size") >= params.proposed_share * pl.col("of")
    )
    best = whole.sort(["s", "size", "stem"], descending=[False, True, False]).unique(
        "s", keep="first", maintain_order=True
    )
    # What another proposal took most of is no proposal any more.
    return best.filter(pl.len().over("part") >= params.proposed_share * pl.col("size"))


def _kept_apart(chosen: pl.DataFrame, links: pl.DataFrame, claimed: pl.DataFrame) -> pl.DataFrame:
    """chosen plus confidence: the share of the part's bearers that are joined, times that of their known calls which
    stay among them (as a beta mean, so that few calls are worth less).
    """
    near = chosen.select("s", "part").join(links.select("s", "u"), on="s")
    taken = claimed.select(u="s").unique().with_columns(taken=pl.lit(value=True))
    met = near.join(chosen.select(u="s", other="part"), on="u", how="left").join(taken, on="u", how="left")
    inner = (pl.col("part") == pl.col("other")).fill_null(value=False).sum()
    counted = met.group_by("part").agg(inner=inner, outer=pl.col("taken").fill_null(value=False).sum())
    stays = (pl.col("inner") + 1) / (pl.col("inner") + pl.col("outer") + 2)
    return chosen.join(counted, on="part").with_columns(confidence=pl.col("size") / pl.col("of") * stays)


def proposed_memberships(
    of: Subjects, names: pl.DataFrame, claimed: pl.DataFrame, params: MembershipParams
) -> pl.DataFrame:
    """MEMBERSHIPS of proposed applications. names: TRAITS. claimed: s, a, the believed memberships."""
    loose = of.loose().join(claimed, on="s", how="anti")
    stems = _stems(names, loose, params)
    if stems.is_empty():
        return empty(MEMBERSHIPS)
    chosen = _chosen(_joined(stems, of.links), params)
    if chosen.is_empty():
        return empty(MEMBERSHIPS)
    scored = _kept_apart(chosen, of.links, claimed)
    anchors = scored.join(of.servers.select("s", "asset_id"), on="s").sort("part", "asset_id")
    ids = anchors.unique("part", keep="first", maintain_order=True)
    named = ids.select("part", application_id=pl.Series([proposed_id(stem) for stem in ids["stem"]], dtype=pl.String))
    reason = pl.format(
        "nothing names its application: {} servers with '{}' in their names call each other", "size", "stem"
    )
    return (
        anchors.join(named, on="part")
        .select("asset_id", "application_id", pl.lit("naming").alias("basis"), pl.col("confidence").round(4),
                reasons=pl.concat_list(reason))
        .select(*MEMBERSHIPS)
    )  # fmt: skip
