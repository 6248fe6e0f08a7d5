"""The relations that a configuration database states, by the names that it has for things."""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.estate import edges
from benchmarks.estate.noise import chance, shuffled
from benchmarks.estate.population import Estate


def stated(estate: Estate, calls: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """parent, relation, child: applications on applications, instances on servers, half of the VMs on their hosts."""
    things, hosting = estate.things, edges.hosting(estate)
    is_instance = things["type"].gather(hosting["source"]) == "database"
    parts = (
        calls.select("source", "target", relation=pl.lit("Depends on::Used by")),
        hosting.filter(is_instance).select("source", "target", relation=pl.lit("Runs on::Runs")),
        hosting.filter(~is_instance & chance(rng, hosting.height, 0.5)).select(
            "source", "target", relation=pl.lit("Virtualized by::Virtualizes")
        ),
    )
    rows = shuffled(pl.concat(parts), rng)
    names = things["former_name"]
    own = pl.when(things["type"] == "database").then(things["name"]).otherwise(names)
    written = things.select(name=own)["name"]
    return rows.select("relation", parent=written.gather(rows["source"]), child=written.gather(rows["target"]))


def with_needs(applications: pl.DataFrame, estate: Estate, calls: pl.DataFrame) -> pl.DataFrame:
    """Column needs: the applications that each calls, in one cell."""
    names = estate.things.select(target="number", needed="name")
    needs = (
        calls.join(names, on="target", maintain_order="left")
        .group_by("source", maintain_order=True)
        .agg(pl.col("needed"))
        .select(number="source", needs=pl.col("needed").list.join(", "))
    )
    return applications.join(needs, on="number", how="left", maintain_order="left")
