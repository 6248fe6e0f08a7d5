"""The graph of needs between living assets, numbered by id. Keep out: what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.groups.ties import without_derived

Numbers = npt.NDArray[np.int64]
# What an asset cannot do without; being managed and being visited is no need.
NEEDING = ("tier", "application", "hosting", "infrastructure")
_UNNAMED = "service"


@dataclass(frozen=True)
class Needs:
    """assets: node, asset_id, name, type, by id. edges: d, p (nodes, dependent and provider), kind, service; distinct.

    service: what is provided (a service's name, a port, else the kind). follow: the pairs d, p of the edges and of
    applications with their members, distinct and sorted: along them a failure spreads.
    """

    assets: pl.DataFrame
    edges: pl.DataFrame
    follow: pl.DataFrame


def needs_of(inventory: pl.DataFrame, dependencies: pl.DataFrame, members: pl.DataFrame, believed: float) -> Needs:
    """inventory: INVENTORY. dependencies: DEPENDENCIES, believed ones count. members: MEMBERSHIP."""
    living = inventory.filter(~pl.col("vanished").fill_null(value=False))
    name = pl.coalesce("hostname", pl.col("application_name").list.first(), "asset_id")
    assets = living.select("asset_id", name=name, type=pl.col("classified_type").fill_null("other")).sort("asset_id")
    numbered = assets.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("node"), pl.all())
    ids = numbered.select("asset_id", "node")
    kept = dependencies.filter(
        pl.col("confidence") >= believed, pl.col("kind").is_in(NEEDING), pl.col("to_asset").is_not_null()
    )
    edges = _ends(_with_services(without_derived(kept)), ids, "from_asset", "to_asset")
    serving = _ends(members, ids, "application_id", "asset_id").select("d", "p")
    follow = pl.concat([edges.select("d", "p"), serving]).filter(pl.col("d") != pl.col("p"))
    distinct = edges.filter(pl.col("d") != pl.col("p")).select("d", "p", "kind", "service").unique()
    return Needs(numbered, distinct.sort("d", "p", "kind", "service"), follow.unique().sort("d", "p"))


def _ends(rows: pl.DataFrame, ids: pl.DataFrame, dependent: str, provider: str) -> pl.DataFrame:
    first = rows.join(ids.rename({"asset_id": dependent, "node": "d"}), on=dependent)
    return first.join(ids.rename({"asset_id": provider, "node": "p"}), on=provider)


def _with_services(edges: pl.DataFrame) -> pl.DataFrame:
    """from_asset, to_asset, kind, service: a row per service that the edge uses."""
    named = pl.col("services") if "services" in edges.columns else pl.lit(None, pl.List(pl.String))
    ports = pl.col("ports").cast(pl.List(pl.String))
    used = pl.when(named.list.len() > 0).then(named).when(ports.list.len() > 0).then(ports)
    listed = edges.select("from_asset", "to_asset", "kind", service=used)
    spread = listed.explode("service", empty_as_null=True)
    return spread.with_columns(pl.coalesce("service", "kind", pl.lit(_UNNAMED)))
