"""The graph of needs between living assets, numbered by id. Keep out: what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.groups.ties import without_derived
from discovery_pipeline.domain.analysis.waves.numbered import numbered

Numbers = npt.NDArray[np.int64]
# What an asset cannot do without; being managed and being visited is no need.
NEEDING = ("tier", "application", "hosting", "infrastructure")
_UNNAMED = "service"


@dataclass(frozen=True)
class Needs:
    """assets: node, asset_id, name, type, by id. edges: d, p (nodes, dependent and provider), kind, service.

    service: what is provided (a service's name, a port, else the kind). follow: the pairs d, p of the edges and of
    applications with their members, distinct and sorted: along them a failure spreads.
    """

    assets: pl.DataFrame
    edges: pl.DataFrame
    follow: pl.DataFrame


def needs_of(inventory: pl.DataFrame, dependencies: pl.DataFrame, members: pl.DataFrame, believed: float) -> Needs:
    """inventory: INVENTORY. dependencies: DEPENDENCIES, believed ones count. members: MEMBERSHIP."""
    living = inventory.filter(~pl.col("vanished").fill_null(value=False))
    columns = ("from_asset", "to_asset", "kind", "evidence", "confidence", "ports")
    read = dependencies.select(*columns, *(c for c in ("services",) if c in dependencies.columns))
    name = pl.coalesce("hostname", pl.col("application_name").list.first(), "asset_id")
    assets = living.select("asset_id", name=name, type=pl.col("classified_type").fill_null("other")).sort("asset_id")
    nodes = assets.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("node"), pl.all())
    kept = read.filter(
        pl.col("confidence") >= believed, pl.col("kind").is_in(NEEDING), pl.col("to_asset").is_not_null()
    )
    ids = assets["asset_id"]
    edges = _with_services(numbered_ends(without_derived(kept), ids, "from_asset", "to_asset"))
    serving = numbered_ends(members, ids, "application_id", "asset_id").select("d", "p")
    follow = pl.concat([edges.select("d", "p"), serving]).filter(pl.col("d") != pl.col("p"))
    # One number for a pair: quicker to sort than two.
    p, count = pl.col("p"), max(len(assets), 1)
    pairs = follow.select(pair=pl.col("d") * count + p)["pair"].unique().sort()
    along = pairs.to_frame().select(d=pl.col("pair") // count, p=pl.col("pair") % count)
    return Needs(nodes, edges.filter(pl.col("d") != p), along)


def numbered_ends(rows: pl.DataFrame, ids: pl.Series, dependent: str, provider: str) -> pl.DataFrame:
    """rows with d and p, the places of both ends among ids (distinct, sorted), instead of them; rows of others go."""
    placed = numbered(rows, ids, dependent, provider).rename({dependent: "d", provider: "p"})
    return placed.with_columns(pl.col("d", "p").cast(pl.Int64))


def _with_services(edges: pl.DataFrame) -> pl.DataFrame:
    """d, p, kind, service: a row per service that the edge uses."""
    named = pl.col("services") if "services" in edges.columns else pl.lit(None, pl.List(pl.String))
    ports = pl.col("ports").cast(pl.List(pl.String))
    used = pl.when(named.list.len() > 0).then(named).when(ports.list.len() > 0).then(ports)
    listed = edges.select("d", "p", "kind", service=used)
    spread = listed.explode("service", empty_as_null=True)
    return spread.with_columns(pl.coalesce("service", "kind", pl.lit(_UNNAMED)))
