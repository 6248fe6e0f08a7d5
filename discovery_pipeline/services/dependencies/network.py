"""The published edges held in memory as numbers, so that neighbours of an asset are found without reading a file.

An estate of 1,000,000 assets and 3,200,000 edges takes some 250 MB; texts of single edges stay in the frames. Keep out:
which neighbours are worth showing (neighbourhood.py), what people decided since (waiting.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.dependencies.numbering import (
    ADDRESS,
    EDGES,
    MEMBERS,
    NODES,
    PARTS,
    numbered_edges,
)
from discovery_pipeline.services.run_frames import RunFrames, run_frames

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# What so many assets use as infrastructure, or what manages so many, is a shared service on a map. The analysis asks a
# share of all servers of one that manages, which the proxies of a monitoring system stay below.
SHARED_BY = 20
_SHARED_KINDS = ("infrastructure", "management")


@dataclass(frozen=True)
class Network:
    """Nodes and edges by number; addresses that no asset has are the last nodes.

    nodes: key (asset_id, or ADDRESS and the address), name, type ("external" for an address); assets sorted by key.
    assets: how many of them are assets. edges: start, end (numbers of nodes), kind, confidence in [0, 1], evidence
    (joined by LABELS), observations, last_seen; sorted by start. members: asset_id, application_id (numbers), believed
    ones. shared: per node whether it is a shared service. spans, rows: per direction (0 = outward) where the edges of
    a node begin among rows, which number edges.
    """

    tenant: str
    nodes: pl.DataFrame
    assets: int
    edges: pl.DataFrame
    members: pl.DataFrame
    shared: Flags
    spans: tuple[Numbers, Numbers]
    rows: tuple[Numbers, Numbers]

    def number(self, key: str) -> int | None:
        """The number of a node; None where there is none of this key."""
        first = 0 if not key.startswith(ADDRESS) else self.assets
        keys = self.nodes["key"].slice(first, self.assets - first or None)
        place = int(keys.search_sorted(key))
        return first + place if place < len(keys) and keys[place] == key else None

    def incident(self, anchors: Numbers, *, outward: bool) -> pl.DataFrame:
        """Edges that begin (outward) or end at these nodes: anchor, other, row (of edges), in the anchors' order."""
        spans, rows = self.spans[not outward], self.rows[not outward]
        first, counts = spans[anchors], spans[anchors + 1] - spans[anchors]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found = rows[np.repeat(first, counts) + within]
        other = self.edges["end" if outward else "start"].gather(found)
        columns = {"anchor": np.repeat(anchors, counts), "other": other, "row": found}
        return pl.DataFrame(columns).cast(pl.Int64)

    def edges_at(self, incident: pl.DataFrame) -> pl.DataFrame:
        """incident plus kind and confidence of each edge."""
        return incident.with_columns(self.edges.select("kind", "confidence")[incident["row"]])


def open_network(frames: TenantFrames) -> Network:
    """The edges published with the newest inventory. Raises MissingFrame before there are any."""
    run = run_frames(frames)
    if not run.has("dependencies"):
        advice = f"discovery run {frames.tenant} first"
        raise MissingFrame("there are no dependencies yet", where=frames.tenant, advice=advice)
    nodes, edges, members = _numbers(run)
    assets = len(nodes) - int(nodes["key"].str.starts_with(ADDRESS).sum())
    starts, ends = (edges[side].to_numpy() for side in ("start", "end"))
    spans = _spans(starts, len(nodes)), _spans(ends, len(nodes))
    rows = np.arange(len(edges), dtype=np.int64), _in_order(ends)
    return Network(frames.tenant, nodes, assets, edges, members.cast(pl.Int64), _shared(edges, len(nodes)), spans, rows)


def _numbers(run: RunFrames) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """nodes, edges, members: as the run published them; made here where it was a run of an earlier version."""
    if run.has("dependencies", EDGES):
        nodes, edges, members = pl.collect_all([run.scan("dependencies", part) for part in PARTS])
        return nodes, edges, members
    numbers = numbered_edges(
        run.scan("inventory", "inventory"),
        run.scan("dependencies", "dependencies"),
        run.scan("dependencies", "memberships"),
    )
    return numbers[NODES], numbers[EDGES], numbers[MEMBERS]


def _spans(numbers: npt.NDArray[np.uint32], count: int) -> Numbers:
    """Where the rows of each number begin, among rows in the order of their number."""
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=count))]).astype(np.int64)


def _in_order(numbers: npt.NDArray[np.uint32]) -> Numbers:
    """The rows in the order of their number, equal ones as they stand; quicker than an argsort."""
    both = np.sort((numbers.astype(np.uint64) << np.uint64(32)) | np.arange(len(numbers), dtype=np.uint64))
    return (both & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _shared(edges: pl.DataFrame, count: int) -> Flags:
    """Per node whether so many use it as infrastructure, or are managed by it or report to it."""
    used, managed = (edges.filter(pl.col("kind") == kind) for kind in _SHARED_KINDS)
    sides = (used["end"], managed["start"], managed["end"])
    many: list[Flags] = [np.bincount(side.to_numpy(), minlength=count) >= SHARED_BY for side in sides]
    return many[0] | many[1] | many[2]
