"""Circles of needs, and assets that others have no second provider for. Keep out: how far a failure spreads (reach)."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.groups.structure.circuits import strong_components
from discovery_pipeline.domain.analysis.groups.structure.needs import Needs, numbered_ends

# A cluster is the redundancy; an application is not one thing that fails.
_REDUNDANT = ("cluster", "application")
_SHOWN = 3


def circles(needs: Needs, dependencies: pl.DataFrame, believed: float) -> pl.DataFrame:
    """node, cycle (from 1, by lowest id), others (in it), shown (names of some).

    Servers and applications by themselves; between applications derived edges count, too: so their circles show.
    """
    kinds = dependencies.select("from_asset", "to_asset", "kind", "confidence").filter(
        pl.col("confidence") >= believed, pl.col("kind").is_in(["tier", "application"])
    )
    ends = numbered_ends(kinds.select("from_asset", "to_asset"), needs.assets["asset_id"], "from_asset", "to_asset")
    knot = strong_components(len(needs.assets), ends["d"].to_numpy(), ends["p"].to_numpy())
    frame = needs.assets.select("node", "name").with_columns(knot=pl.Series(knot, dtype=pl.Int64))
    several = frame.filter(pl.len().over("knot") > 1).with_columns(first=pl.col("node").min().over("knot"))
    named = several.group_by("knot").agg(
        others=pl.len().cast(pl.Int64) - 1, shown=pl.col("name").sort_by("node").head(_SHOWN + 1)
    )
    numbered = several.with_columns(cycle=pl.col("first").rank("dense").cast(pl.Int64))
    return numbered.join(named, on="knot").select("node", "cycle", "others", "shown", "name").sort("node")


def _standalone(needs: Needs) -> pl.DataFrame:
    """The edges, without those to hypervisors of a cluster (which starts their guests elsewhere), to redundancy and to
    shared services of which there are several.
    """
    types = needs.assets.select("node", "type")
    typed = needs.edges.join(types.rename({"node": "p", "type": "p_type"}), on="p")
    clustered = typed.filter(pl.col("kind") == "hosting", pl.col("p_type") == "cluster").select(p="d").unique()
    single = typed.filter(~pl.col("p_type").is_in(_REDUNDANT)).join(clustered, on="p", how="anti")
    of = types.rename({"node": "d", "type": "d_type"})
    servers = single.join(of, on="d").filter(pl.col("d_type") != "application")
    # Of shared services others of their kind take over, whichever a machine was seen with.
    replaced = (pl.col("kind") == "infrastructure") & (pl.col("p").n_unique().over("kind", "service") > 1)
    return servers.filter(~replaced)


def sole_providers(needs: Needs, least: int) -> pl.DataFrame:
    """node, service, sole, shown: providers without which at least so many others have none of a service left.

    Per provider the service with the most such dependents; shown: names of some.
    """
    used = _standalone(needs).select("d", "p", service=pl.when(pl.col("kind") == "hosting").then(pl.lit("host"))
                                     .otherwise("service")).unique()  # fmt: skip
    only = used.filter(pl.len().over("d", "service") == 1).sort("p", "service", "d")
    names = needs.assets.select(d="node", d_name="name")
    counted = only.group_by("p", "service", maintain_order=True).agg(sole=pl.len().cast(pl.Int64), d=pl.col("d"))
    many = counted.filter(pl.col("sole") >= least).sort(["p", "sole", "service"], descending=[False, True, False])
    best = many.unique("p", keep="first", maintain_order=True)
    shown = best.select("p", d=pl.col("d").list.head(_SHOWN)).explode("d", empty_as_null=False).join(
        names, on="d", maintain_order="left"
    )  # fmt: skip
    listed = shown.group_by("p", maintain_order=True).agg(shown="d_name")
    return best.join(listed, on="p").select("service", "sole", "shown", node="p").sort("node")
