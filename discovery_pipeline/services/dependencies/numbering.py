"""The nodes and edges of an estate as numbers, made once per run. Keep out: finding neighbours (network.py)."""

from __future__ import annotations

from typing import get_args

import polars as pl

from discovery_pipeline.domain.analysis.waves.numbered import numbered
from discovery_pipeline.domain.handoffs import EdgeKind
from discovery_pipeline.services.learning.deciding.estate import BELIEVED

# Parts of the dependencies that hold them.
NODES, EDGES, MEMBERS = PARTS = ("network_nodes", "network_edges", "network_members")
KINDS: tuple[EdgeKind, ...] = get_args(EdgeKind)
# Separates the labels of an edge's evidence, which are kept as one text: few edges have a combination of their own.
LABELS = "\n"
ADDRESS = "address:"
# The type of an address that no asset has.
OUTSIDE = "external"


def numbered_edges(
    inventory: pl.LazyFrame, dependencies: pl.LazyFrame, memberships: pl.LazyFrame
) -> dict[str, pl.DataFrame]:
    """PARTS by name, from INVENTORY, DEPENDENCIES and MEMBERSHIPS. A node's number is its row.

    NODES: key (asset_id, or ADDRESS and the address), name, type; assets first, sorted by key, then addresses that no
    asset has, sorted too. EDGES: start, end (numbers), kind, confidence, evidence (joined by LABELS), observations,
    last_seen; sorted by start. MEMBERS: asset_id, application_id (numbers) of the believed ones, sorted.
    """
    assets, edges = _assets(inventory), _edges(dependencies)
    addresses = edges.filter(pl.col("to_asset").is_null()).select("to_address").drop_nulls().unique().sort("to_address")
    outside = addresses.select(key=pl.lit(ADDRESS) + pl.col("to_address"), name="to_address", type=pl.lit(OUTSIDE))
    believed = memberships.filter(pl.col("confidence") >= BELIEVED).select("asset_id", "application_id").collect()
    return {
        NODES: pl.concat([assets, outside]),
        EDGES: _ends(edges, assets["key"], addresses["to_address"]),
        MEMBERS: numbered(believed, assets["key"], "asset_id", "application_id").unique().sort(pl.all()),
    }


def _assets(inventory: pl.LazyFrame) -> pl.DataFrame:
    """key, name (as asset_search.display_name), type; sorted by key."""
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    name = pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id")
    kind = pl.col("classified_type").fill_null("other")
    return inventory.select(key="asset_id", name=name, type=kind).sort("key").collect()


def _edges(dependencies: pl.LazyFrame) -> pl.DataFrame:
    return dependencies.select(
        "from_asset",
        "to_asset",
        "to_address",
        pl.col("kind").cast(pl.Enum(KINDS)),
        pl.col("confidence").cast(pl.Float32),
        pl.col("evidence").list.join(LABELS).cast(pl.Categorical),
        pl.col("observations").cast(pl.UInt32),
        pl.col("last_seen").cast(pl.Date),
    ).collect()


def _ends(edges: pl.DataFrame, ids: pl.Series, addresses: pl.Series) -> pl.DataFrame:
    """edges with start and end instead of the ids of their ends, sorted by start."""
    inside = numbered(edges.filter(pl.col("to_asset").is_not_null()), ids, "from_asset", "to_asset")
    outside = numbered(edges.filter(pl.col("to_asset").is_null()), ids, "from_asset")
    beyond = numbered(outside, addresses, "to_address").with_columns(to_asset=pl.col("to_address") + len(ids))
    both = pl.concat([part.drop("to_address") for part in (inside, beyond)])
    return both.rename({"from_asset": "start", "to_asset": "end"}).sort("start", maintain_order=True)
