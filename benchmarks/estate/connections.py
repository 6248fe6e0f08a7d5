"""The connection export of an estate: true edges seen many times, among records from which nothing follows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from benchmarks.estate.population import Estate

CHUNK = 500_000
PROCESSES = {8443: "java", 1433: "sqlservr.exe", 53: "dns.exe", 10050: "zabbix_agentd", 1556: "pbx_exchange"}
NOISE_SHARE = 0.2


def connections(estate: Estate, edges: pl.DataFrame, rows: int, rng: np.random.Generator) -> Iterator[pl.DataFrame]:
    """`rows` records in chunks; every edge is seen at least once when there is room for it."""
    useful = int(rows * (1 - NOISE_SHARE))
    order = np.concatenate(
        [rng.permutation(edges.height)[:useful], rng.integers(0, edges.height, max(0, useful - edges.height))]
    )
    order = np.concatenate([order, np.full(rows - len(order), -1)])
    order = order[rng.permutation(rows)]
    living = estate.living()["number"].to_numpy()
    things = estate.things.select("name", "ip")
    for start in range(0, rows, CHUNK):
        yield chunk(things, edges, living, order[start : start + CHUNK], rng)


def chunk(
    things: pl.DataFrame, edges: pl.DataFrame, living: np.ndarray, order: np.ndarray, rng: np.random.Generator
) -> pl.DataFrame:
    """One chunk of records; -1 in `order` is noise between two random servers."""
    n = len(order)
    noise = order < 0
    source = np.where(noise, rng.choice(living, n), edges["source"].to_numpy()[order])
    target = np.where(noise, rng.choice(living, n), edges["target"].to_numpy()[order])
    port = np.where(noise, rng.choice([22, 445, 3389, 23], n), edges["port"].to_numpy()[order])
    verdict = rng.integers(0, 3, n)
    state = np.where(noise, np.array(["SYN_SENT", "", ""])[verdict], np.where(port == 53, "", "ESTABLISHED"))
    action = np.where(noise, np.array(["", "DENY", "DROP"])[verdict], "ALLOW")
    turned = ~noise & (port == 1433) & (rng.random(n) < 0.15)
    ephemeral = rng.integers(49152, 65536, n)
    left, right = np.where(turned, target, source), np.where(turned, source, target)
    frame = pl.DataFrame(
        {
            "left": left,
            "right": right,
            "left_port": np.where(turned, port, ephemeral),
            "right_port": np.where(turned, ephemeral, port),
            "state": state,
            "action": action,
            "port": port,
            "turned": turned,
            "day": rng.integers(1, 28, n),
            "second": rng.integers(0, 86400, n),
            "sessions": rng.integers(1, 400, n),
            "bytes": rng.integers(200, 9_000_000, n),
            "left_named": rng.random(n) < 0.7,
            "right_named": rng.random(n) < 0.6,
        }
    )
    return written(frame, things)


def written(frame: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    """The chunk as the collector writes it; host names are often missing, addresses never."""
    clock = pl.datetime(2025, 6, pl.col("day")) + pl.duration(seconds=pl.col("second"))
    process = pl.col("port").replace_strict(PROCESSES, default="", return_dtype=pl.String)
    names, ips = things["name"], things["ip"]
    return frame.select(
        clock.dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias("Collected At"),
        pl.when("left_named").then(names.gather(frame["left"])).alias("Source Host"),
        ips.gather(frame["left"]).alias("Source IP"),
        pl.col("left_port").alias("Source Port"),
        pl.when("turned").then(process).alias("Source Process"),
        pl.when("right_named").then(names.gather(frame["right"])).alias("Destination Host"),
        ips.gather(frame["right"]).alias("Destination IP"),
        pl.col("right_port").alias("Destination Port"),
        pl.when(pl.col("port") == 53).then(pl.lit("udp")).otherwise(pl.lit("tcp")).alias("Protocol"),
        pl.col("state").alias("State"),
        pl.col("action").alias("Firewall Action"),
        pl.col("sessions").alias("Sessions"),
        pl.col("bytes").alias("Bytes"),
    )
