"""Move groups: assets that are better moved together, found in the graph of believed ties.

What belongs together for certain (a database and its server, cluster partners, an application's servers of one stage)
is contracted first, which also makes a million assets possible; communities of what is left are cut to the bound where
their ties are loosest. Keep out: when a group moves (waves), and the words for it (reasons.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.groups.bounds import bounded
from discovery_pipeline.domain.analysis.groups.communities import Labels, communities, components, contracted
from discovery_pipeline.domain.analysis.groups.params import GroupParams
from discovery_pipeline.domain.analysis.groups.ties import (
    application_pairs,
    lodger_pairs,
    partner_pairs,
    portfolio_pairs,
)

# Inside a community that is too large: what is certain by nature holds, the application's name is a weak hint.
_HOLDS, _HINT = 4.0, 0.1


@dataclass(frozen=True)
class Found:
    """Per node its block (what is certain) and its group, as numbers; the ties behind them.

    ties: TIES without those of shared devices. certain: CERTAIN. between: a, b, weight between blocks. sizes: assets
    per block. labels: block -> community. planned: the wave asked for by a node's group, or null.
    """

    blocks: Labels
    groups: Labels
    ties: pl.DataFrame
    certain: pl.DataFrame
    between: pl.DataFrame
    sizes: Labels
    labels: Labels
    planned: pl.Series


def _serving_one(ties: pl.DataFrame, blocks: Labels, balancers: pl.Series) -> pl.DataFrame:
    """Ties without those of load balancers that stand before several blocks: shared devices tie nothing together."""
    ends = ties.with_columns(x=pl.Series(blocks[ties["a"].to_numpy()]), y=pl.Series(blocks[ties["b"].to_numpy()]))
    sides = [ends.select(node="a", other="y"), ends.select(node="b", other="x")]
    at_balancers = pl.concat(sides).filter(pl.col("node").is_in(balancers.implode()))
    fronts = at_balancers.group_by("node").agg(pl.col("other").n_unique())
    shared = fronts.filter(pl.col("other") > 1)["node"].implode()
    return ties.filter(~pl.col("a").is_in(shared), ~pl.col("b").is_in(shared))


def _split_planned(groups: Labels, planned: pl.Series) -> tuple[Labels, pl.Series]:
    """(groups, planned): a group whose assets are planned for several waves comes apart by them.

    An asset without a planned wave goes with most of its group.
    """
    frame = pl.DataFrame({"group": pl.Series(groups), "planned": planned})
    votes = frame.drop_nulls("planned").group_by("group", "planned").len("votes")
    if votes.is_empty():
        return groups, planned
    ordered = votes.sort(["group", "votes", "planned"], descending=[False, True, False])
    major = ordered.unique("group", keep="first", maintain_order=True).select("group", most="planned")
    joined = frame.join(major, on="group", how="left", maintain_order="left")
    wave = joined.select(pl.coalesce("planned", "most")).to_series().alias("planned")
    number = joined.select(pl.struct("group", wave.fill_null(-1)).rank("dense").cast(pl.Int64)).to_series()
    return np.asarray(number.to_numpy(), dtype=np.int64), wave


def _to_cut(ties: pl.DataFrame, certain: pl.DataFrame, loose: pl.DataFrame) -> pl.DataFrame:
    """a, b, weight: what holds a community together, node by node."""
    weight = pl.when(pl.col("why") == "application").then(_HINT).otherwise(_HOLDS)
    return pl.concat([ties.select("a", "b", "weight"), certain.select("a", "b", weight=weight), loose])


def find_groups(nodes: pl.DataFrame, ties: pl.DataFrame, members: pl.DataFrame, params: GroupParams) -> Found:
    """Every node in one group of at most params.group_size assets. nodes: NODES. ties: TIES. members: MEMBERSHIP."""
    size = len(nodes)
    in_stage, loose = application_pairs(nodes, members)
    certain = pl.concat(
        [in_stage, lodger_pairs(ties), portfolio_pairs(nodes, members), partner_pairs(nodes, params.partners)]
    )
    blocks = components(size, certain)
    balancers = nodes.filter(pl.col("type") == "load_balancer")["node"]
    tying = _serving_one(ties, blocks, balancers)
    between = contracted(pl.concat([tying.select("a", "b", "weight"), loose]), blocks)
    sizes = np.bincount(blocks, minlength=int(blocks.max(initial=-1)) + 1).astype(np.int64)
    labels = communities(sizes, between, params.density, params.seed)
    cut = bounded(labels[blocks], _to_cut(tying, certain, loose), params.group_size, params.density, params.seed)
    groups, planned = _split_planned(cut, nodes["planned"])
    return Found(blocks, groups, tying, certain, between, sizes, labels, planned)
