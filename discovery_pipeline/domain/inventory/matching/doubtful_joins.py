"""Records that were made one asset though they may well be two: told to people, who keep them one or take them apart.

Keep out: joining (clusters.py), applying what people decide (decided.py), assets that stay apart (look_alikes.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.handoffs import DOUBTFUL_JOINS
from discovery_pipeline.domain.inventory.decisions.decided import Decided
from discovery_pipeline.domain.inventory.matching.clusters import Grown, Join
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.pair_weights import PairWeights, probability

# Log-odds below which two that were joined may well be two: a probability of .82.
DOUBTFUL = 1.5
_MOST = 200


@dataclass(frozen=True)
class DoubtfulJoin:
    """larger, smaller: positions of the records of both sides; the smaller is what a split takes off. odds: log-odds
    that they are one thing. reasons: what spoke for and against it."""

    larger: Nodes
    smaller: Nodes
    odds: float
    reasons: tuple[str, ...]


def doubtful_joins(grown: Grown, of_record: Nodes, weights: PairWeights) -> tuple[DoubtfulJoin, ...]:
    """The least likely of the joins that were noted. of_record: entry per record."""
    noted = sorted(grown.joins, key=lambda join: join.odds)[:_MOST]
    entries = np.concatenate([np.zeros(0, np.int64), *(side for join in noted for side in (join.one, join.other))])
    records = np.flatnonzero(np.isin(of_record, entries))
    return tuple(_of_records(join, records, of_record[records], weights) for join in noted)


def _of_records(join: Join, records: Nodes, entry: Nodes, weights: PairWeights) -> DoubtfulJoin:
    sides = (records[np.isin(entry, side)] for side in (join.one, join.other))
    larger, smaller = sorted(sides, key=lambda side: (-len(side), int(side[0])))
    return DoubtfulJoin(larger, smaller, join.odds, weights.reasons(join.levels, join.place))


def still_one(
    joins: tuple[DoubtfulJoin, ...], cluster: Nodes, decided: Decided | None
) -> Iterator[tuple[int, DoubtfulJoin]]:
    """The joins that hold and about whose asset nobody decided, with the number of their cluster."""
    told = decided.assets if decided else frozenset()
    for join in joins:
        clusters = set(cluster[np.concatenate([join.larger, join.smaller])].tolist())
        if len(clusters) == 1 and not clusters & told:
            yield clusters.pop(), join


def joins_frame(
    joins: tuple[DoubtfulJoin, ...], cluster: Nodes, decided: Decided | None, records: pl.DataFrame, ids: pl.Series
) -> pl.DataFrame:
    """DOUBTFUL_JOINS, the least likely first. records: AssetRecords.assets. ids: per cluster."""
    rows = [
        (
            ids[number],
            round(float(probability(np.array(join.odds))), 4),
            list(join.reasons),
            _places(records, join.smaller),
        )
        for number, join in still_one(joins, cluster, decided)
    ]
    return pl.DataFrame(rows, schema=DOUBTFUL_JOINS, orient="row").sort("probability", "asset_id", maintain_order=True)


def _places(records: pl.DataFrame, side: Nodes) -> list[dict[str, int]]:
    return records[side].select("table_no", "row").sort("table_no", "row").to_dicts()
