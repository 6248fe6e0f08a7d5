"""Machines that were retired while collectors looked on, and whose address another machine has since.

Keep out: retired machines of long ago (benchmarks/estate/stories.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from benchmarks.dependencies.world.population import World
from benchmarks.dependencies.world.traffic import Calls
from benchmarks.estate.hardware import TODAY
from benchmarks.estate.population import Estate

# gone, heir: rows of things. address: of both. when: the day on which it went over.
HANDED: dict[str, pl.DataType] = {
    "gone": pl.Int64(), "heir": pl.Int64(), "address": pl.String(), "when": pl.Datetime("us"),
}  # fmt: skip


def handed(world: World, share: float, rng: np.random.Generator) -> tuple[World, pl.DataFrame]:
    """The world with up to `share` of its retired machines' addresses going over in the last weeks, and HANDED."""
    things = world.things
    living = world.living().select(heir="number", ip="ip").unique("ip", keep="first", maintain_order=True)
    pairs = things.filter("stale").select(gone="number", ip="ip").join(living, on="ip", maintain_order="left")
    pairs = pairs.unique("heir", keep="first", maintain_order=True).head(int(share * things.height) + 1)
    days = rng.integers(5, 12, pairs.height)
    when = pl.Series([TODAY - timedelta(days=int(d)) for d in days], dtype=pl.Datetime("us"))
    found = pairs.select("gone", "heir", address="ip").with_columns(when=when)
    ends = found.select(number="gone", ended="when")
    begins = found.select(number="heir", begun="when")
    dated = things.join(ends, on="number", how="left", maintain_order="left").join(
        begins, on="number", how="left", maintain_order="left"
    )
    dated = dated.with_columns(
        seen=pl.coalesce("ended", "seen"),
        booted=pl.coalesce(pl.col("begun") + pl.duration(hours=2), "booted"),
        installed=pl.coalesce(pl.col("begun") + pl.duration(hours=1), "installed"),
    ).drop("ended", "begun")
    return replace(world, estate=Estate(dated, world.estate.style)), found


def add_calls(found: Calls, world: World, pairs: pl.DataFrame) -> None:
    """What the retired machines called and served, as their application's others do."""
    things = world.things
    living = world.living()
    for number in pairs["gone"].to_list():
        app, port = things["app"][number], 1433
        peers = living.filter(pl.col("app") == app)["number"].to_list() if app is not None else []
        for peer in peers[:3]:
            found.add(number, peer, port, "tier", "gone")
        for client in peers[3:5]:
            found.add(client, number, 8443, "tier", "gone")


def of_successors(calls: pl.DataFrame, world: World, pairs: pl.DataFrame) -> pl.DataFrame:
    """Calls of retired machines as calls of those that took over their names too: nobody is wrong to tell them."""
    names = world.things["name"]
    same = pairs.filter(names.gather(pairs["gone"]).to_numpy() == names.gather(pairs["heir"]).to_numpy())
    heirs = dict(same.select("gone", "heir").iter_rows())
    taken = pl.col("source").is_in(list(heirs)) | pl.col("target").is_in(list(heirs))
    moved = calls.filter(taken).with_columns(pl.col("source", "target").replace(heirs))
    return moved.filter(pl.col("source") != pl.col("target"))


def in_time(records: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Records in which each machine has the address only in its time."""
    out = records
    hour = timedelta(hours=1)
    for end in ("source", "target"):
        of = pairs.select(pl.col("gone").alias(end), until="when")
        after = pairs.select(pl.col("heir").alias(end), since="when")
        out = out.join(of, on=end, how="left", maintain_order="left").join(
            after, on=end, how="left", maintain_order="left"
        )
        out = out.with_columns(
            start=pl.when(pl.col("start") > pl.col("until") - 2 * hour).then(pl.col("until") - 2 * hour)
            .when(pl.col("start") < pl.col("since") + hour).then(pl.col("since") + hour).otherwise("start"),
            end=pl.when(pl.col("end") > pl.col("until") - hour).then(pl.col("until") - hour)
            .when(pl.col("end") < pl.col("since") + 2 * hour).then(pl.col("since") + 2 * hour).otherwise("end"),
        ).drop("until", "since")  # fmt: skip
    return out
