"""Move groups: assets that are better moved together, found in the graph of believed ties.

What belongs together for certain (a database and its server, an application's servers of one environment) is
contracted first, then communities of the constant Potts model are sought in the smaller graph (modularity is the wrong
objective: it merged distinct applications as the estate grew). Keep out: when a group moves.
"""

from __future__ import annotations

import random

import igraph
import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.params import AnalysisParams

# Kinds that tie assets together; the rest are shared services, administration and users.
_TYING = ("tier", "application", "hosting")
_HOSTS = ("hypervisor", "cluster")
Labels = npt.NDArray[np.int64]

NODES = {"asset_id": pl.String(), "node": pl.Int64(), "type": pl.String(), "bucket": pl.String(), "planned": pl.Int64()}


def _ties(nodes: pl.DataFrame, dependencies: pl.DataFrame, params: AnalysisParams) -> pl.DataFrame:
    """Columns a, b (nodes), kind, weight: believed ties between assets that move, hypervisors aside."""
    # What was derived from tier edges would count them twice.
    derived = pl.col("evidence").list.eval(pl.element().str.starts_with("derived:")).list.all()
    believed = dependencies.filter(pl.col("confidence") >= params.believed, pl.col("kind").is_in(_TYING), ~derived)
    ends = nodes.select("asset_id", "node", "type")
    joined = believed.join(
        ends.rename({"asset_id": "from_asset", "node": "a", "type": "a_type"}), on="from_asset"
    ).join(ends.rename({"asset_id": "to_asset", "node": "b", "type": "b_type"}), on="to_asset")
    return joined.filter(~pl.col("b_type").is_in(_HOSTS)).select("a", "b", "kind", "a_type", weight="confidence")


def _same_buckets(nodes: pl.DataFrame, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(certain, loose) pairs of nodes a, b.

    A member of one application is tied to the first of that application's in its environment; a member of several to
    each of them by a share (weight).
    """
    known = members.join(nodes.select("asset_id", "node", "bucket"), on="asset_id")
    counted = known.with_columns(of=pl.len().over("asset_id"))
    hubs = counted.filter(pl.col("of") == 1).group_by("application_id", "bucket").agg(hub=pl.col("node").min())
    joined = counted.join(hubs, on=["application_id", "bucket"])
    pairs = joined.filter(pl.col("node") != pl.col("hub")).select("of", a="node", b="hub")
    return pairs.filter(pl.col("of") == 1).select("a", "b"), pairs.filter(pl.col("of") > 1).select(
        "a", "b", weight=1 / pl.col("of")
    )


def _application_hubs(nodes: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Certain pairs: an application asset goes with its members of the last environment to move (production)."""
    own = nodes.filter(pl.col("type") == "application").select(application_id="asset_id", a="node")
    known = members.join(nodes.select("asset_id", "node", "bucket"), on="asset_id").join(own, on="application_id")
    alone = known.filter(pl.len().over("asset_id") == 1)
    last = alone.sort(["application_id", "bucket", "node"], descending=[False, True, False])
    return last.unique("application_id", keep="first", maintain_order=True).select("a", b="node")


def _serving_one(ties: pl.DataFrame, blocks: Labels, balancers: pl.Series) -> pl.DataFrame:
    """Ties without those of load balancers that stand before several blocks: shared devices tie nothing together."""
    ends = ties.with_columns(x=pl.Series(blocks[ties["a"].to_numpy()]), y=pl.Series(blocks[ties["b"].to_numpy()]))
    sides = [ends.select(node="a", other="y"), ends.select(node="b", other="x")]
    fronts = (
        pl.concat(sides)
        .filter(pl.col("node").is_in(balancers.implode()))
        .group_by("node")
        .agg(pl.col("other").n_unique())
    )
    shared = fronts.filter(pl.col("other") > 1)["node"].implode()
    return ties.filter(~pl.col("a").is_in(shared), ~pl.col("b").is_in(shared))


def _components(size: int, pairs: pl.DataFrame) -> Labels:
    graph = igraph.Graph(n=size, edges=pairs.select("a", "b").to_numpy())
    return np.asarray(graph.connected_components(mode="weak").membership, dtype=np.int64)


def _communities(size: int, ties: pl.DataFrame, weights: Labels, resolution: float, seed: int) -> Labels:
    """Leiden communities of the constant Potts model; ties: a, b, weight; weights: assets per node."""
    graph = igraph.Graph(n=size, edges=ties.select("a", "b").to_numpy())
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - a search, not a secret
    try:
        found = graph.community_leiden(
            objective_function="CPM",
            weights=ties["weight"].to_list(),
            resolution=resolution,
            node_weights=weights.tolist(),
            n_iterations=4,
        )
    finally:
        igraph.set_random_number_generator(random)
    return np.asarray(found.membership, dtype=np.int64)


def _contract(ties: pl.DataFrame, blocks: Labels) -> pl.DataFrame:
    """Ties between blocks, both directions as one, weights summed; sorted."""
    ends = ties.select(
        x=pl.Series(blocks[ties["a"].to_numpy()]), y=pl.Series(blocks[ties["b"].to_numpy()]), weight="weight"
    ).filter(pl.col("x") != pl.col("y"))
    paired = ends.select(a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y"), weight="weight")
    # Summed in a fixed order, so that ties of equal strength stay equal.
    return paired.sort("a", "b", "weight").group_by("a", "b", maintain_order=True).agg(pl.col("weight").sum())


def _bounded(frame: pl.DataFrame, limit: int) -> pl.DataFrame:
    """community cut where it holds more than limit assets: by block, a block that is itself too large by name."""
    ordered = frame.sort("community", "block", "asset_id")
    size = pl.len().over("community")
    whole_blocks = ordered.with_columns(
        community=pl.when(size > limit)
        .then(pl.struct("community", "block").rank("dense") + len(frame))
        .otherwise("community")
        .cast(pl.Int64)
    )
    number = pl.int_range(pl.len()).over("community") // limit
    return whole_blocks.with_columns(part=number)


def _split_planned(frame: pl.DataFrame) -> pl.DataFrame:
    """planned filled: an asset without a planned wave goes with most of its group; planned ones keep theirs."""
    key = ["community", "part"]
    votes = frame.drop_nulls("planned").group_by([*key, "planned"]).len("votes")
    major = votes.sort([*key, "votes", "planned"], descending=[False, False, True, False]).unique(
        key, keep="first", maintain_order=True
    )
    joined = frame.join(major.select(*key, most="planned"), on=key, how="left")
    return joined.with_columns(planned=pl.coalesce("planned", "most")).drop("most")


def find_groups(
    nodes: pl.DataFrame, dependencies: pl.DataFrame, members: pl.DataFrame, params: AnalysisParams
) -> pl.DataFrame:
    """Columns asset_id, group (a number), planned: every node in one group of at most params.groups.group_size assets.

    nodes: NODES, the assets that move, node numbered 0 ... n-1. members: MEMBERSHIP.
    """
    size, grouping = len(nodes), params.groups
    ties = _ties(nodes, dependencies, params)
    certain, loose = _same_buckets(nodes, members)
    lodgers = ties.filter((pl.col("kind") == "hosting") & (pl.col("a_type") == "database")).select("a", "b")
    blocks = _components(size, pl.concat([certain, lodgers, _application_hubs(nodes, members)]))
    balancers = nodes.filter(pl.col("type") == "load_balancer")["node"]
    tying = _serving_one(ties, blocks, balancers).select("a", "b", "weight")
    between = _contract(pl.concat([tying, loose]), blocks)
    sizes = np.bincount(blocks, minlength=size)[: blocks.max(initial=-1) + 1]
    found = (
        _communities(len(sizes), between, sizes, grouping.density, grouping.seed)
        if len(between)
        else np.arange(len(sizes))
    )
    labelled = nodes.select("asset_id", "planned").with_columns(
        block=pl.Series(blocks), community=pl.Series(found[blocks])
    )
    planned = _split_planned(_bounded(labelled, grouping.group_size))
    number = pl.struct("community", "part", pl.col("planned").fill_null(-1)).rank("dense").cast(pl.Int64) - 1
    return planned.select("asset_id", "planned", group=number).sort("group", "asset_id")
