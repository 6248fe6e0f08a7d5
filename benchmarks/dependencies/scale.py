"""Frames of any size for the bench: an inventory with millions of connections, and an estate of a million assets.

The inventory is the world's own things, as reconciliation would leave them, so that nothing but dependencies is
measured. A million assets are copies of a smaller world with needs between the copies. Keep out: measuring (bench).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from benchmarks.dependencies.world import mess as messes
from benchmarks.dependencies.world.population import World, build
from benchmarks.dependencies.world.traffic import Calls, calls
from benchmarks.estate import noise, style
from benchmarks.estate.hardware import TODAY
from benchmarks.estate.population import SERVERS
from discovery_pipeline.domain.handoffs import DEPENDENCIES, INVENTORY, RECORD_KEY
from discovery_pipeline.domain.schema import clean_schema

CHUNK = 1_000_000
_NAMED, _NOISE, _DAYS = 0.5, 0.1, 30
_ACROSS = 0.02
# Of the edges to shared services, which no group rests on, the big estate has a share.
_OF_SERVICES = 0.2
# Wrong settings, which try again and again, in a million rows.
_SETTINGS = 5_000


def world_of(assets: int, seed: int) -> tuple[World, Calls]:
    """A messy world and its calls."""
    rng = np.random.default_rng([seed, assets, 11])
    mess = messes.drawn("messy", rng)
    world = build(assets, style.drawn(rng), noise.drawn("messy", rng), 0.0, mess.two_applications, rng)
    return world, calls(world, rng)


def inventory_of(world: World) -> pl.DataFrame:
    """INVENTORY of a world: names, addresses, types, applications, environments, dates; everything else is null."""
    things = world.things
    served = pl.concat_list(pl.col("app_name").fill_null("")).list.filter(pl.element() != "")
    own = pl.concat_list("name")
    application = pl.col("type") == "application"
    columns = {
        "asset_id": pl.format("a_{}", "true_id"), "hostname": pl.when(~application).then("name"),
        "fqdn": pl.when(pl.col("type").is_in(SERVERS)).then("fqdn"), "classified_type": pl.col("type"),
        "ip_address": pl.when(~application).then(pl.concat_list("ip", "ip2").list.drop_nulls()),
        "application_name": pl.when(application).then(own).otherwise(served), "environment": pl.col("environment"),
        "criticality": pl.col("criticality"), "department": pl.col("department"),
        "technical_owner": pl.col("team"), "business_owner": pl.col("owner"), "lifecycle_status": pl.col("lifecycle"),
        "power_state": pl.col("power"), "last_seen": pl.col("seen"), "install_date": pl.col("installed"),
        "hypervisor_host": pl.when(pl.col("type") == "virtual_machine").then("parent_name"),
        "os_name": pl.col("os_name"),
        "cpu_count": pl.col("cpus"), "memory_mib": pl.col("memory"), "storage_total_gib": pl.col("storage"),
        "record_count": pl.lit(1), "type_confidence": pl.lit(0.95), "vanished": pl.lit(value=False),
        "first_run": pl.lit(value=True), "sources": pl.lit([], pl.List(pl.String)),
        "review_fields": pl.lit([], pl.List(pl.String)),
    }  # fmt: skip
    return things.select(
        (columns[name] if name in columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in INVENTORY.items()
    ).sort("asset_id")


def write_connections(path: Path, world: World, found: Calls, rows: int, seed: int) -> None:
    """Clean records of `rows` connections, a million at a time: calls by their rates, answers too, and noise."""
    rng = np.random.default_rng([seed, rows])
    frame = found.frame().filter(pl.col("target") >= 0)
    odds = np.sqrt(frame["rate"].to_numpy())
    servers = world.living()["number"].to_numpy()
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows, CHUNK):
        table = _chunk(world, frame, odds / odds.sum(), servers, min(CHUNK, rows - start), start, rng).to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()


def _chunk(
    world: World, frame: pl.DataFrame, odds: np.ndarray, servers: np.ndarray, rows: int, start: int,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    things = world.things
    call = rng.choice(frame.height, rows, p=odds)
    noise_row, setting = rng.random(rows) < _NOISE, rng.integers(0, _SETTINGS, rows)
    source = np.where(noise_row, rng.choice(servers, _SETTINGS)[setting], frame["source"].to_numpy()[call])
    target = np.where(noise_row, rng.choice(servers, _SETTINGS)[setting], frame["target"].to_numpy()[call])
    port = np.where(noise_row, rng.choice([22, 445, 3389, 23], _SETTINGS)[setting], frame["port"].to_numpy()[call])
    turned = rng.random(rows) < 0.2
    left, right = np.where(turned, target, source), np.where(turned, source, target)
    ephemeral = rng.integers(32_768, 65_536, rows)
    names, ips = things["name"], things["ip"]
    state = np.where(noise_row, rng.choice(["SYN_SENT", ""], rows), "ESTABLISHED")
    action = np.where(noise_row & (state == ""), "denied", "allowed")
    seconds = rng.integers(0, _DAYS * 86_400, rows)
    columns = {
        "table_no": pl.lit(0), "row": pl.int_range(start, start + rows),
        "source_host": pl.when(pl.Series(rng.random(rows) < _NAMED)).then(names.gather(left)),
        "source_ip": pl.lit(ips.gather(left)), "source_port": pl.lit(pl.Series(np.where(turned, port, ephemeral))),
        "destination_host": pl.when(pl.Series(rng.random(rows) < _NAMED)).then(names.gather(right)),
        "destination_ip": pl.lit(ips.gather(right)),
        "destination_port": pl.lit(pl.Series(np.where(turned, ephemeral, port))), "protocol": pl.lit("tcp"),
        "bytes": pl.lit(pl.Series(rng.integers(200, 9_000_000, rows))),
        "packet_count": pl.lit(pl.Series(rng.integers(2, 9_000, rows))), "connection_count": pl.lit(1),
        "state": pl.lit(pl.Series(state)), "action": pl.lit(pl.Series(action)),
        "observed_at": pl.lit(TODAY - timedelta(days=_DAYS)) + pl.duration(seconds=pl.lit(pl.Series(seconds))),
    }  # fmt: skip
    schema = {**RECORD_KEY, **clean_schema("connection")}
    return pl.select(
        (columns[name] if name in columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()
    )


def graph_of(world: World, found: Calls, copies: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """(INVENTORY, DEPENDENCIES, memberships: asset_id, application_id) of `copies` worlds that need each other a
    little, as the dependencies phase would leave them."""
    rng = np.random.default_rng([seed, copies])
    inventory = inventory_of(world)
    by_number = world.things.select(id=pl.format("a_{}", "true_id"))["id"]
    edges = _edges(found, by_number, rng)
    served = world.things.filter(pl.col("app").is_not_null(), pl.col("type").is_in(SERVERS))
    members = served.select(asset_id=pl.format("a_{}", "true_id"), application_id=by_number.gather(served["app"]))
    parts = [[_copied(frame, n) for frame in (inventory, edges, members)] for n in range(copies)]
    whole = [pl.concat([part[i] for part in parts]) for i in range(3)]
    across = whole[1].filter(pl.col("kind") == "application", pl.Series(rng.random(whole[1].height) < _ACROSS))
    moved = across["to_asset"].gather(rng.permutation(across.height))
    crossing = across.with_columns(to_asset=moved).filter(pl.col("from_asset") != pl.col("to_asset"))
    dependencies = pl.concat([whole[1], crossing]).unique(["from_asset", "to_asset", "kind"], keep="first")
    order = ["from_asset", "to_asset", "kind"]
    return whole[0].sort("asset_id"), dependencies.sort(order), whole[2].sort("asset_id", "application_id")


def _edges(found: Calls, ids: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    frame = found.frame().filter(pl.col("target") >= 0)
    needs = pl.DataFrame(sorted(found.needs), schema=["source", "target"], orient="row")
    between = needs.with_columns(kind=pl.lit("application"), port=pl.lit(0, pl.Int64))
    seen = frame.select("source", "target", kind=pl.col("kinds").str.split("|").list.first(), port="port")
    glue = seen["kind"].is_in(["infrastructure", "management"])
    seen = seen.filter(~glue | pl.Series(rng.random(seen.height) < _OF_SERVICES))
    both = pl.concat([seen, between]).group_by("source", "target", "kind", maintain_order=True).agg(ports="port")
    columns: dict[str, pl.Expr] = {
        "from_asset": pl.lit(ids.gather(both["source"])), "to_asset": pl.lit(ids.gather(both["target"])),
        "kind": pl.col("kind"), "evidence": pl.lit(["observed:443/tcp https"], pl.List(pl.String)),
        "confidence": pl.lit(pl.Series(rng.uniform(0.4, 0.99, both.height).round(4))),
        "observations": pl.lit(pl.Series(rng.integers(1, 5_000, both.height))), "ports": pl.col("ports"),
    }  # fmt: skip
    return both.select((columns[n] if n in columns else pl.lit(None)).cast(t).alias(n) for n, t in DEPENDENCIES.items())


def _copied(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """The frame with the copy's number behind every id."""
    ids = [c for c in ("asset_id", "from_asset", "to_asset", "application_id") if c in frame.columns]
    return frame.with_columns(pl.format("{}c{}", c, pl.lit(number)).alias(c) for c in ids)
