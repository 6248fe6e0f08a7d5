"""From scored pairs to clusters: entries are joined best pair first, and never against a contradiction.

Keep out: what a score is made of (pairs.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.components import Nodes, dense
from discovery_pipeline.domain.inventory.identifiers import Identifiers, Kind
from discovery_pipeline.domain.inventory.pairs import Pairs
from discovery_pipeline.domain.inventory.params import InventoryParams

_NONE = -1
# A cluster has one of each, unless the pair that joins it agrees in one of `_OVERRULING`.
_SINGLE: tuple[Kind, ...] = ("uuid", "serial")
_OVERRULING: tuple[Kind, ...] = ("uuid", "serial", "mac")
_WORD = 64

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Edges:
    """Links between clusters low < high: best and worst score of their pairs, whether any agrees in a strong id."""

    low: Nodes
    high: Nodes
    best: NDArray[np.float64]
    worst: NDArray[np.float64]
    strong: Mask

    def where(self, mask: Mask) -> _Edges:
        return _Edges(self.low[mask], self.high[mask], self.best[mask], self.worst[mask], self.strong[mask])


@dataclass(frozen=True)
class _Clusters:
    """What grows: the cluster of each entry, the tables it holds (bits), its one uuid and serial (codes)."""

    label: Nodes
    tables: NDArray[np.uint64]
    single: tuple[Nodes, ...]

    def joined(self, keep: Nodes, gone: Nodes) -> _Clusters:
        tables = self.tables.copy()
        tables[keep] |= tables[gone]
        renamed = np.arange(len(self.label))
        renamed[gone] = keep
        return _Clusters(renamed[self.label], tables, tuple(_filled(codes, keep, gone) for codes in self.single))

    def contradict(self, edges: _Edges) -> Mask:
        """Edges whose clusters share a table, or differ in uuid or serial with nothing as strong agreeing."""
        clash: Mask = np.any(self.tables[edges.low] & self.tables[edges.high], axis=1)
        for codes in self.single:
            one, other = codes[edges.low], codes[edges.high]
            clash |= (one != other) & (one != _NONE) & (other != _NONE) & ~edges.strong
        return clash


def _filled(codes: Nodes, keep: Nodes, gone: Nodes) -> Nodes:
    filled = codes.copy()
    filled[keep] = np.where(codes[keep] == _NONE, codes[gone], codes[keep])
    return filled


def join_pairs(pairs: Pairs, firm: Identifiers, table_no: NDArray[np.uint32], params: InventoryParams) -> Nodes:
    """Cluster number per entry, dense, in the order of each cluster's first entry.

    firm: identifiers by entry that no table repeats. Two clusters stay apart when they contradict each other or when
    any two of their members score params.veto or less. Each round joins every two clusters that are each other's best,
    so a join is always of two and its checks are exact; rounds grow with the largest cluster, not with their number.
    """
    size = len(table_no)
    clusters = _Clusters(
        np.arange(size, dtype=np.int64), _table_bits(table_no), tuple(_codes(firm[kind], size) for kind in _SINGLE)
    )
    strong = pairs.agree(*_OVERRULING)
    edges = _Edges(pairs.left, pairs.right, pairs.score, pairs.score, strong)
    edges = edges.where((edges.best >= params.accept) | (edges.worst <= params.veto))
    while True:
        open_edges = edges.where((edges.best >= params.accept) & (edges.worst > params.veto))
        keep, gone = _mutual_best(open_edges.where(~clusters.contradict(open_edges)), size)
        if not len(keep):
            return dense(clusters.label)
        clusters = clusters.joined(keep, gone)
        edges = _between(edges, clusters.label)


def _mutual_best(edges: _Edges, size: int) -> tuple[Nodes, Nodes]:
    """Ends of the edges that are the best of both their clusters; equal scores go to the earlier entries."""
    order = np.lexsort((edges.high, edges.low, -edges.best))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(size, len(order), dtype=np.int64)
    np.minimum.at(best, edges.low, rank)
    np.minimum.at(best, edges.high, rank)
    mutual = (best[edges.low] == rank) & (best[edges.high] == rank)
    return edges.low[mutual], edges.high[mutual]


def _between(edges: _Edges, label: Nodes) -> _Edges:
    """The edges drawn between the grown clusters, one per two clusters."""
    ends = label[edges.low], label[edges.high]
    frame = pl.DataFrame(
        {
            "low": np.minimum(*ends),
            "high": np.maximum(*ends),
            "best": edges.best,
            "worst": edges.worst,
            "strong": edges.strong,
        }
    )
    merged = (
        frame.filter(pl.col("low") != pl.col("high"))
        .group_by("low", "high")
        .agg(pl.col("best").max(), pl.col("worst").min(), pl.col("strong").any())
        .sort("low", "high")
    )
    return _Edges(*(merged[name].to_numpy() for name in ("low", "high", "best", "worst", "strong")))


def _table_bits(table_no: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One bit per table, in as many words as the tables need (entries x words)."""
    position = np.unique(table_no, return_inverse=True)[1]
    words = int(position.max(initial=0)) // _WORD + 1
    bits = np.zeros((len(table_no), words), dtype=np.uint64)
    bits[np.arange(len(table_no)), position // _WORD] = np.uint64(1) << (position % _WORD).astype(np.uint64)
    return bits


def _codes(values: pl.DataFrame, size: int) -> Nodes:
    """A number per distinct value, per entry (-1 where it has none, the least where it has several)."""
    least = values.group_by("node").agg(pl.col("value").min()).sort("node")
    codes = np.full(size, _NONE, dtype=np.int64)
    codes[least["node"].to_numpy()] = least["value"].rank("dense").to_numpy().astype(np.int64)
    return codes
