"""The true edges of an estate, as pairs of row numbers in its population."""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.estate.population import Estate

PORTS = {"web": 8443, "app": 1433, "dc": 53, "mon": 10050, "bck": 1556, "log": 514}


def tiers(estate: Estate, rng: np.random.Generator) -> pl.DataFrame:
    """Inside an application every web server calls two application servers, each of these one database server."""
    servers = estate.living().filter(pl.col("app").is_not_null()).select("number", "app", "role")
    found = [linked(servers, a, b, times, rng) for a, b, times in (("web", "app", 2), ("app", "db", 1))]
    return pl.concat(found).unique(maintain_order=True)


def linked(servers: pl.DataFrame, client: str, provider: str, times: int, rng: np.random.Generator) -> pl.DataFrame:
    """source, target, port: each client with `times` random providers of its application."""
    ranked = servers.filter(pl.col("role") == provider).with_columns(
        rank=pl.int_range(pl.len()).over("app"), many=pl.len().over("app").cast(pl.Int64)
    )
    clients = servers.filter(pl.col("role") == client).join(ranked.select("app", "many").unique(), on="app")
    clients = pl.concat([clients.sort("number")] * times)
    picked = clients.with_columns(rank=pl.Series(rng.integers(0, 2**31, clients.height)) % pl.col("many"))
    joined = picked.join(ranked, on=["app", "rank"], suffix="_target", maintain_order="left")
    return joined.select(
        source="number", target="number_target", port=pl.lit(PORTS[client], pl.Int64), kind=pl.lit("tier")
    )


def calls(estate: Estate, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each application calls two others: the application edges, and one server edge that carries each."""
    apps = estate.of("application")["number"].to_numpy()
    source = np.repeat(apps, 2)
    target = rng.choice(apps, len(source))
    pairs = (
        pl.DataFrame({"source": source, "target": target})
        .filter(pl.col("source") != pl.col("target"))
        .unique(maintain_order=True)
    )
    first = estate.living().filter(pl.col("role") == "app").group_by("app").agg(pl.col("number").min()).sort("app")
    carried = pairs.join(first, left_on="source", right_on="app", maintain_order="left").join(
        first, left_on="target", right_on="app", suffix="_target", maintain_order="left"
    )
    edges = carried.select(source="number", target="number_target", port=pl.lit(8443, pl.Int64), kind=pl.lit("tier"))
    return pairs, edges


def shared(estate: Estate, rng: np.random.Generator) -> pl.DataFrame:
    """Every server asks a controller for names; a monitor watches it; a third is backed up."""
    servers = estate.living()["number"].to_numpy()
    by_role = {r: estate.living().filter(pl.col("role") == r)["number"].to_numpy() for r in ("dc", "mon", "bck")}
    third = rng.choice(servers, len(servers) // 3, replace=False)
    parts = [
        edges(servers, rng.choice(by_role["dc"], len(servers)), "dc", "infrastructure"),
        edges(rng.choice(by_role["mon"], len(servers)), servers, "mon", "management"),
        edges(third, rng.choice(by_role["bck"], len(third)), "bck", "management"),
    ]
    return pl.concat(parts).filter(pl.col("source") != pl.col("target")).unique(maintain_order=True)


def edges(source: np.ndarray, target: np.ndarray, role: str, kind: str) -> pl.DataFrame:
    frame = pl.DataFrame({"source": source.astype(np.int64), "target": target.astype(np.int64)})
    return frame.with_columns(port=pl.lit(PORTS[role], pl.Int64), kind=pl.lit(kind))


def hosting(estate: Estate) -> pl.DataFrame:
    """VMs on hypervisors, database instances on servers."""
    placed = estate.things.filter(pl.col("parent").is_not_null() & ~pl.col("stale"))
    return placed.select(source="number", target="parent", port=pl.lit(0, pl.Int64), kind=pl.lit("hosting"))
