"""The published edges held in memory as numbers, so that neighbours of an asset are found without reading a file.

An estate of 1,000,000 assets and 3,200,000 edges takes some 250 MB; texts of single edges stay in the frames. Keep out:
which neighbours are worth showing (neighbourhood.py), what people decided since (waiting.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.waves.numbered import numbered
from discovery_pipeline.domain.handoffs import EdgeKind
from discovery_pipeline.files.frames import MissingFrame, TenantFrames
from discovery_pipeline.services.learning.deciding.estate import BELIEVED
from discovery_pipeline.services.run_frames import RunFrames, run_frames

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KINDS: tuple[EdgeKind, ...] = get_args(EdgeKind)
# Separates the labels of an edge's evidence, which are kept as one text: few edges have a combination of their own.
LABELS = "\n"
ADDRESS = "address:"
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
    assets = _assets(run)
    edges = _edges(run)
    addresses = edges.filter(pl.col("to_asset").is_null()).select("to_address").drop_nulls().unique().sort("to_address")
    outside = addresses.select(key=pl.lit(ADDRESS) + pl.col("to_address"), name="to_address", type=pl.lit("external"))
    nodes = pl.concat([assets, outside])
    ends = _numbered_edges(edges, assets["key"], addresses["to_address"])
    believed = run.scan("dependencies", "memberships").filter(pl.col("confidence") >= BELIEVED)
    served = believed.select("asset_id", "application_id").collect()
    members = numbered(served, assets["key"], "asset_id", "application_id").cast(pl.Int64).unique().sort(pl.all())
    spans, rows = zip(*(_indexed(ends[side].to_numpy(), len(nodes)) for side in ("start", "end")), strict=True)
    return Network(frames.tenant, nodes, len(assets), ends, members, _shared(ends, len(nodes)), spans, rows)


def _assets(run: RunFrames) -> pl.DataFrame:
    """key, name (as asset_search.display_name), type; sorted by key."""
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    name = pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id")
    kind = pl.col("classified_type").fill_null("other")
    return run.scan("inventory", "inventory").select(key="asset_id", name=name, type=kind).sort("key").collect()


def _edges(run: RunFrames) -> pl.DataFrame:
    return (
        run.scan("dependencies", "dependencies")
        .select(
            "from_asset",
            "to_asset",
            "to_address",
            pl.col("kind").cast(pl.Enum(KINDS)),
            pl.col("confidence").cast(pl.Float32),
            pl.col("evidence").list.join(LABELS).cast(pl.Categorical),
            pl.col("observations").cast(pl.UInt32),
            pl.col("last_seen").cast(pl.Date),
        )
        .collect()
    )


def _numbered_edges(edges: pl.DataFrame, ids: pl.Series, addresses: pl.Series) -> pl.DataFrame:
    """edges with start and end instead of the ids of their ends, sorted by start."""
    inside = numbered(edges.filter(pl.col("to_asset").is_not_null()), ids, "from_asset", "to_asset")
    outside = numbered(edges.filter(pl.col("to_asset").is_null()), ids, "from_asset")
    beyond = numbered(outside, addresses, "to_address").with_columns(to_asset=pl.col("to_address") + len(ids))
    both = pl.concat([part.drop("to_address") for part in (inside, beyond)])
    return both.rename({"from_asset": "start", "to_asset": "end"}).sort("start", maintain_order=True)


def _indexed(numbers: npt.NDArray[np.uint32], count: int) -> tuple[Numbers, Numbers]:
    """(where the rows of each number begin, the rows ordered by their number)."""
    begins = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=count))])
    return begins.astype(np.int64), np.argsort(numbers, kind="stable").astype(np.int64)


def _shared(edges: pl.DataFrame, count: int) -> Flags:
    """Per node whether so many use it as infrastructure, or are managed by it or report to it."""
    used, managed = (edges.filter(pl.col("kind") == kind) for kind in _SHARED_KINDS)
    sides = (used["end"], managed["start"], managed["end"])
    many: list[Flags] = [np.bincount(side.to_numpy(), minlength=count) >= SHARED_BY for side in sides]
    return many[0] | many[1] | many[2]
