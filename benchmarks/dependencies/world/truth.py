"""The truth of a world, and which of it some export tells so that a careful person would believe it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.dependencies.world.gone import of_successors
from benchmarks.dependencies.world.population import World
from benchmarks.dependencies.world.traffic import Calls
from benchmarks.estate import truth as estate_truth
from benchmarks.estates import Delivery

# Columns of records that tell what can be believed.
SEEN = ["call", "source", "target", "verdict", "count", "src_ip", "dst_ip", "src_named", "dst_named"]
# What is seen once may be a mistake; twice it is a habit.
_ENOUGH = 2


@dataclass
class Told:
    """spellings: of applications -> row. written: needs in a portfolio's text. stated: STATED. records: SEEN, a frame
    per export."""

    spellings: dict[str, int] = field(default_factory=dict)
    written: set[tuple[int, int]] = field(default_factory=set)
    stated: pl.DataFrame = field(default_factory=pl.DataFrame)
    records: list[pl.DataFrame] = field(default_factory=list)


def write(folder: Path, delivery: Delivery, told: Told, world: World, calls: Calls, handed: pl.DataFrame) -> None:
    """Every file of the truth. handed: HANDED."""
    things = world.things
    ids = things["true_id"]
    pl.concat(delivery.records).write_parquet(folder / "records.parquet")
    pl.concat(delivery.mappings).write_parquet(folder / "mappings.parquet")
    estate_truth.assets(things).write_parquet(folder / "assets.parquet")
    names = ["file", "table", "record", "grain", "product"]
    pl.DataFrame(delivery.tables, schema=names, orient="row").write_parquet(folder / "tables.parquet")
    tiers = _tiers(delivery, told, world, calls)
    heirs = of_successors(tiers.filter(pl.col("what") == "gone"), world, handed)
    key = ["source", "target", "address"]
    tiers = pl.concat([tiers, heirs.unique(key, keep="first", maintain_order=True).join(tiers, on=key, how="anti")])
    rows = pl.concat([tiers, _applications(delivery, told, world, calls, tiers), _hosting(world)])
    rows.select(
        pl.lit(ids.gather(rows["source"])).alias("from"),
        pl.when(pl.col("target") >= 0).then(pl.lit(ids.gather(rows["target"].clip(0)))).fill_null("").alias("to"),
        pl.col("address").alias("to_address"), pl.col("kinds").str.split("|").list.first().alias("kind"), "kinds",
        "level", pl.when("required").then(pl.lit("1")).otherwise(pl.lit("0")).alias("required"), "what", "told",
    ).write_parquet(folder / "dependencies.parquet")  # fmt: skip
    memberships(world, calls).write_parquet(folder / "applications.parquet")
    _names(world, told).write_parquet(folder / "names.parquet")


def known(delivery: Delivery, world: World) -> tuple[np.ndarray, np.ndarray]:
    """Per thing: whether some export has its address rightly, and whether some has its name."""
    none = np.zeros(world.things.height, dtype=bool)
    address = delivery.told.get("ip_address", none)
    name = delivery.told.get("hostname", none) | delivery.told.get("fqdn", none)
    return address, name


def _tiers(delivery: Delivery, told: Told, world: World, calls: Calls) -> pl.DataFrame:
    """Calls between machines, a row per pair; told: how many connections say so among believable ends."""
    frame = calls.frame().with_row_index("call").with_columns(pl.col("call").cast(pl.Int64))
    address, name = known(delivery, world)
    ips = world.things["ip"]
    counts = []
    for records in told.records:
        ok = records.filter((pl.col("verdict") == "ok") & (pl.col("call") >= 0))
        good = pl.lit(value=True)
        for end, side in (("source", "src"), ("target", "dst")):
            number = ok[end].clip(0)
            by_address = pl.lit(pl.Series(address[number.to_numpy()])) & (pl.col(f"{side}_ip") == ips.gather(number))
            by_name = pl.lit(pl.Series(name[number.to_numpy()])) & pl.col(f"{side}_named")
            good = good & ((pl.col(end) < 0) | by_address | by_name)
        counts.append(ok.filter(good).group_by("call").agg(told=pl.col("count").sum()))
    seen = pl.concat(counts).group_by("call").agg(pl.col("told").sum())
    stated = told.stated.filter(pl.col("true")).select(
        source=pl.when(pl.col("needs") > 0).then("parent").otherwise("child"),
        target=pl.when(pl.col("needs") > 0).then("child").otherwise("parent"), said=pl.lit(value=True),
    ).unique()  # fmt: skip
    per_pair = frame.join(seen, on="call", how="left").group_by("source", "target", "address", maintain_order=True).agg(
        kinds=pl.col("kinds").str.split("|").explode(empty_as_null=False).unique(maintain_order=True).str.join("|"),
        what=pl.col("what").first(), told=pl.col("told").fill_null(0).sum(),
    )  # fmt: skip
    joined = per_pair.join(stated, on=["source", "target"], how="left", maintain_order="left")
    return joined.with_columns(
        required=((pl.col("told") >= _ENOUGH) | pl.col("said").fill_null(value=False)) & (pl.col("what") != "gone"),
        level=pl.lit("tier"),
    ).select(_COLUMNS)  # fmt: skip


_COLUMNS = ["source", "target", "address", "kinds", "level", "required", "what", "told"]


def _applications(delivery: Delivery, told: Told, world: World, calls: Calls, tiers: pl.DataFrame) -> pl.DataFrame:
    """Needs between applications. Seen ones are told where the application of both servers can be known."""
    of = world.things.select("number", "app")
    named = delivery.told.get("application_name", np.zeros(world.things.height, dtype=bool))
    certain = named | world.telling
    carried = tiers.filter(pl.col("what").is_in(["between"]) & pl.col("required"))
    carried = carried.filter(pl.Series(certain[carried["source"].to_numpy()] & certain[carried["target"].to_numpy()]))
    ends = carried.join(of.rename({"number": "source", "app": "from_app"}), on="source").join(
        of.rename({"number": "target", "app": "to_app"}), on="target"
    )
    seen = {(a, b) for a, b in ends.select("from_app", "to_app").unique().iter_rows()}
    said = told.stated.filter(pl.col("true")).select("parent", "child", "needs")
    stated = {(p, c) if needs > 0 else (c, p) for p, c, needs in said.iter_rows()}
    rows = [
        (a, b, "", "application", "application", pair in seen | stated | told.written, "need",
         (pair in seen) + (pair in stated) + (pair in told.written))
        for a, b in sorted(calls.needs) for pair in [(a, b)]
    ]  # fmt: skip
    apps = dict(of.iter_rows())
    rows += [
        (user, apps[server], "", "application", "application", False, "shared database", 0)
        for user, server in sorted(calls.uses) if apps[server] != user and (user, apps[server]) not in calls.needs
    ]  # fmt: skip
    told_already = {(row[0], row[1]) for row in rows}
    moot = sorted(_undecided(world, calls) - told_already)
    rows += [(a, b, "", "application", "application", False, "one server", 0) for a, b in moot if a != b]
    return pl.DataFrame(rows, schema={c: tiers.schema[c] for c in _COLUMNS}, orient="row")


def _undecided(world: World, calls: Calls) -> set[tuple[int, int]]:
    """Pairs of applications of which nobody can say from the calls whether they need each other: those that share a
    server, and those joined by calls of shared servers alone, where the application that really needs has no server of
    its own that calls, either."""
    serving: dict[int, list[int]] = {}
    for number, app, also in world.things.select("number", "app", "also").iter_rows():
        serving[number] = [a for a in (app, also) if a is not None]
    pairs = {(a, b) for apps in serving.values() for a in apps for b in apps if a != b}
    carried = calls.frame().filter(pl.col("what") == "between").select("source", "target").unique().sort(pl.all())
    ends = [(serving[s], serving[t]) for s, t in carried.iter_rows()]
    certain = {(a[0], b[0]) for a, b in ends if len(a) == len(b) == 1}
    decided: set[tuple[int, int]] = set()
    open_to: set[tuple[int, int]] = set()
    for froms, tos in ends:
        possible = {(a, b) for a in froms for b in tos}
        (decided if possible & calls.needs & certain else open_to).update(possible - calls.needs)
    return pairs | (open_to - decided)


def _hosting(world: World) -> pl.DataFrame:
    """VMs on hosts, instances on servers; applications on their servers (right where found, never asked for)."""
    things = world.things
    placed = things.filter(pl.col("parent").is_not_null() & ~pl.col("stale")).select(source="number", target="parent")
    members = things.filter(pl.col("app").is_not_null())
    served = [members.select(source="app", target="number")]
    served += [things.filter(pl.col("also").is_not_null()).select(source="also", target="number")]
    rows = pl.concat([placed.with_columns(required=pl.lit(value=True)),
                      pl.concat(served).with_columns(required=pl.lit(value=False))])  # fmt: skip
    return rows.with_columns(
        address=pl.lit(""), kinds=pl.lit("hosting"), level=pl.lit("hosting"), what=pl.lit("hosting"),
        told=pl.lit(0, pl.Int64),
    ).select(_COLUMNS)  # fmt: skip


_MEMBERS: dict[str, pl.DataType] = {
    "true_id": pl.String(), "applications": pl.List(pl.String()), "users": pl.List(pl.String()),
    "service": pl.String(), "stale": pl.Boolean(),
}  # fmt: skip


def memberships(world: World, calls: Calls) -> pl.DataFrame:
    """true_id of servers and database instances -> applications (list of true_id), service (of shared ones), users (of
    a database server: applications that have their schema on it)."""
    things, ids = world.things, world.things["true_id"]
    users: dict[int, list[str]] = {}
    for app, server in sorted(calls.uses):
        users.setdefault(server, []).append(ids[app])
    rows = []
    kept = things.filter(pl.col("type").is_in(["virtual_machine", "physical_server", "database"]))
    for number, true_id, app, also, service, stale in kept.select(
        "number", "true_id", "app", "also", "service", "stale"
    ).iter_rows():
        own = [ids[a] for a in (app, also) if a is not None]
        rows.append((true_id, own, users.get(number, []), service, stale))
    return pl.DataFrame(rows, schema=_MEMBERS, orient="row")


def _names(world: World, told: Told) -> pl.DataFrame:
    """name (lower case) -> true_id of the application that it means."""
    ids = world.things["true_id"]
    meant = {a.name.lower(): ids[n] for n, a in world.applications.items()}
    spellings = {name.lower(): ids[n] for name, n in told.spellings.items()}
    both = {**spellings, **meant}
    return pl.DataFrame({"name": list(both), "true_id": list(both.values())}).sort("name")
