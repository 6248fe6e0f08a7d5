"""Ties between assets that move: which hold for certain, and how strong the others are.

Keep out: what follows from them (communities.py).
"""

from __future__ import annotations

import polars as pl

# Kinds that tie assets together; the rest are shared services, administration and users.
TYING = ("tier", "application", "hosting")
_HOSTS = ("hypervisor", "cluster")
# a, b: nodes, dependent and provider; weight: confidence.
TIES = {"a": pl.Int64(), "b": pl.Int64(), "kind": pl.String(), "a_type": pl.String(), "weight": pl.Float64()}
# Pairs of nodes that move together for certain, and why: application, portfolio, database or partners.
CERTAIN = {"a": pl.Int64(), "b": pl.Int64(), "why": pl.String()}


def without_derived(dependencies: pl.DataFrame) -> pl.DataFrame:
    """DEPENDENCIES without the edges between applications that only follow from other edges: they would count twice."""
    between = pl.col("kind") == "application"
    derived = pl.col("evidence").list.eval(pl.element().str.starts_with("derived:")).list.all()
    # Lists are looked into where it matters: there are a hundred times as many other edges.
    return pl.concat([dependencies.filter(~between), dependencies.filter(between).filter(~derived)])


def ties_between(nodes: pl.DataFrame, dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    """TIES, sorted: believed ties between assets that move, hypervisors aside. nodes: NODES."""
    kept = without_derived(dependencies.filter(pl.col("confidence") >= believed, pl.col("kind").is_in(TYING)))
    ends = nodes.select("asset_id", "node", "type")
    joined = kept.select("from_asset", "to_asset", "kind", weight="confidence").join(
        ends.rename({"asset_id": "from_asset", "node": "a", "type": "a_type"}), on="from_asset"
    ).join(ends.rename({"asset_id": "to_asset", "node": "b", "type": "b_type"}), on="to_asset")  # fmt: skip
    return joined.filter(~pl.col("b_type").is_in(_HOSTS)).select(*TIES).sort("a", "b", "kind", "weight")


def _known(nodes: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """application_id, node, bucket, of: the moving members, of: how many applications each serves."""
    joined = members.join(nodes.select("asset_id", "node", "bucket"), on="asset_id")
    return joined.select("application_id", "node", "bucket", of=pl.len().over("node"))


def application_pairs(nodes: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(CERTAIN, loose pairs a, b, weight).

    A member of one application is tied to the first of that application's in its stage; a member of several to each of
    them by a share. members: MEMBERSHIP.
    """
    known = _known(nodes, members)
    hubs = known.filter(pl.col("of") == 1).group_by("application_id", "bucket").agg(hub=pl.col("node").min())
    joined = known.join(hubs, on=["application_id", "bucket"]).filter(pl.col("node") != pl.col("hub"))
    pairs = joined.select("of", a="node", b="hub").sort("a", "b")
    certain = pairs.filter(pl.col("of") == 1).select("a", "b", why=pl.lit("application"))
    loose = pairs.filter(pl.col("of") > 1).select("a", "b", weight=1 / pl.col("of"))
    return certain, loose


def portfolio_pairs(nodes: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """CERTAIN: an application asset goes with its members of the last stage to move (production)."""
    own = nodes.filter(pl.col("type") == "application").select(application_id="asset_id", a="node")
    alone = _known(nodes, members).filter(pl.col("of") == 1).join(own, on="application_id")
    last = alone.sort(["application_id", "bucket", "node"], descending=[False, True, False])
    first = last.unique("application_id", keep="first", maintain_order=True)
    return first.select("a", b="node", why=pl.lit("portfolio"))


def lodger_pairs(ties: pl.DataFrame) -> pl.DataFrame:
    """CERTAIN: a database instance goes with the server that it runs on."""
    lodgers = ties.filter((pl.col("kind") == "hosting") & (pl.col("a_type") == "database"))
    return lodgers.select("a", "b", why=pl.lit("database"))


def partner_pairs(nodes: pl.DataFrame, partners: int) -> pl.DataFrame:
    """CERTAIN: servers that form a cluster of their own, at most so many, of one stage."""
    clustered = nodes.drop_nulls("cluster").with_columns(
        many=pl.len().over("cluster", "bucket"), hub=pl.col("node").min().over("cluster", "bucket")
    )
    paired = clustered.filter(pl.col("many").is_between(2, partners), pl.col("node") != pl.col("hub"))
    return paired.select(a="node", b="hub", why=pl.lit("partners"))
