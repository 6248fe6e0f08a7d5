"""What befell the servers of an estate: each has one story or none, so that every trap can be counted.

Stories: retired, renamed, readdressed, twins (a cluster's nodes), clones, colliding, chassis, template. Keep out: what
exports make of it (views).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from benchmarks.estate import text
from benchmarks.estate.noise import Noise
from benchmarks.estate.population import SERVERS, Estate

BLADES = 8
# What two nodes of a cluster have in common.
_SHARED = (
    "type", "is_cloud", "cloud", "app", "role", "environment", "maker", "model", "cores", "cpus", "sockets", "memory",
    "disks", "disk_gib", "storage", "used", "system", "domain", "netbios", "site", "town", "person", "owner", "email",
    "department", "team", "criticality", "cost_center", "installed",
)  # fmt: skip
_RETIRED_TODAY = 400
_ANY = pl.lit(value=True)


def befallen(estate: Estate, noise: Noise, rng: np.random.Generator) -> Estate:
    """The estate with stories, and the columns they need: former_name, former_ip, chassis_tag, vip, lifecycle, ..."""
    things = _twins(_with_story(estate.things, noise, rng), rng)
    things = _colliding(_clones(_retired(things, noise, rng), noise, rng), rng)
    things = _templates(_former(_chassis(things, noise), noise, rng))
    return Estate(_shown(_states(things), noise, rng), estate.style)


def _with_story(things: pl.DataFrame, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """One story at most: servers that hold databases keep to those that leave them where they are."""
    shares = {
        name: getattr(noise, name)
        for name in ("retired", "renamed", "readdressed", "twins", "clones", "colliding", "template")
    }
    edges = np.cumsum([0.0, *shares.values()])
    names = np.array([*shares, ""])
    drawn = names[np.searchsorted(edges[1:], rng.random(things.height), side="right")]
    virtual = (pl.col("type") == "virtual_machine") & ~pl.col("is_cloud")
    hosts = things["parent"].filter(things["type"] == "database").implode()
    story = pl.Series("story", drawn)
    free = pl.col("type").is_in(SERVERS) & pl.col("app").is_not_null() & ~pl.col("number").is_in(hosts)
    return things.with_columns(
        pl.when(free & (~story.is_in(["clones", "template"]) | virtual))
        .then(story)
        .otherwise(pl.lit(""))
        .alias("story")
    )


def _numbers(things: pl.DataFrame, story: str, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(things.filter(pl.col("story") == story)["number"].to_numpy())


def _plain(things: pl.DataFrame, count: int, rng: np.random.Generator, where: pl.Expr = _ANY) -> np.ndarray:
    """Different servers without a story."""
    free = things.filter((pl.col("story") == "") & pl.col("type").is_in(SERVERS) & where)["number"].to_numpy()
    return rng.permutation(free)[:count]


def _taken(things: pl.DataFrame, to: np.ndarray, of: np.ndarray, columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows `to` with these columns as rows `of` have them."""
    index = np.arange(things.height)
    index[to] = of
    return things.with_columns(things[column].gather(index) for column in columns)


def _marked(things: pl.DataFrame, numbers: np.ndarray) -> pl.Expr:
    flags = np.zeros(things.height, dtype=bool)
    flags[numbers] = True
    return pl.lit(pl.Series(flags))


def _by_number(things: pl.DataFrame, numbers: np.ndarray, values: pl.Series, column: str) -> pl.DataFrame:
    """Sets a column of some rows."""
    new = pl.DataFrame({"number": numbers, "new": values})
    joined = things.join(new, on="number", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("new", column).alias(column)).drop("new")


def _twins(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Pairs alike in all but their identity; near-equal names, and a shared address that is the cluster's."""
    numbers = np.sort(_numbers(things, "twins", rng))
    half = len(numbers) // 2
    first, second = numbers[: half * 2 : 2], numbers[1 : half * 2 : 2]
    things = _taken(things, second, first, (*_SHARED, "name"))
    ends = np.array([("a", "b"), ("01", "02"), ("-n1", "-n2")])[rng.integers(0, 3, half)].reshape(half, 2)
    base = things["name"].gather(first)
    things = _by_number(things, first, base + pl.Series(ends[:, 0]), "name")
    things = _by_number(things, second, base + pl.Series(ends[:, 1]), "name")
    vip = pl.select(vip=text.ipv4(pl.int_range(half) + 12_600_000))["vip"]
    things = _by_number(_by_number(things, first, vip, "vip"), second, vip, "vip")
    clusters = things.filter(pl.col("type") == "cluster")["number"].to_numpy()[:half]
    many = len(clusters)
    things = _by_number(things, clusters, base.head(many) + "cl", "name")
    return _by_number(things, clusters, vip.head(many), "ip")


def _retired(things: pl.DataFrame, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Machines that are gone: for some a successor has the name, and the address too; of others the address went on."""
    gone = _numbers(things, "retired", rng)
    count = int(len(gone) * noise.successor)
    living = _plain(things, len(gone), rng)
    gone = gone[: len(living)]
    with_successor, others = gone[:count], gone[count:]
    things = _taken(things, with_successor, living[:count], ("name", "domain", "netbios", "app", "role", "environment"))
    same = with_successor[: int(count * noise.same_address)]
    things = _taken(things, same, living[: len(same)], ("ip",))
    reused = others[: int(len(others) * noise.reused_address)]
    things = _taken(things, reused, living[count : count + len(reused)], ("ip",))
    lingering = rng.random(things.height) < noise.lingering
    is_gone = pl.col("story") == "retired"
    successors = np.full(things.height, -1)
    successors[with_successor] = living[:count]
    return things.with_columns(
        stale=is_gone,
        lingering=is_gone & pl.Series(lingering),
        successor=pl.Series(successors),
        seen=pl.when(is_gone)
        .then(pl.col("seen") - pl.duration(days=_RETIRED_TODAY + pl.col("number") % 900))
        .otherwise("seen"),
    )


def _clones(things: pl.DataFrame, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    clones = _numbers(things, "clones", rng)
    models = _plain(things, len(clones), rng, (pl.col("type") == "virtual_machine") & ~pl.col("is_cloud"))
    clones = clones[: len(models)]
    things = _taken(things, clones, models, ("uuid", "system"))
    with_mac = int(len(clones) * noise.cloned_mac)
    return _taken(things, clones[:with_mac], models[:with_mac], ("mac",))


def _colliding(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The short name of a living server of the main domain, in another domain."""
    numbers = _numbers(things, "colliding", rng)
    main = things["domain"].mode().sort()[0]
    models = _plain(things, len(numbers), rng, pl.col("domain") == main)
    numbers = numbers[: len(models)]
    things = _taken(things, numbers, models, ("name",))
    other = things.filter(pl.col("domain") != main).select("domain", "netbios").row(0)
    moved = _marked(things, numbers)
    return things.with_columns(
        pl.when(moved).then(pl.lit(other[0])).otherwise("domain").alias("domain"),
        pl.when(moved).then(pl.lit(other[1])).otherwise("netbios").alias("netbios"),
    )


def _chassis(things: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Column reported_tag: the serial that software sees; blades see that of their enclosure."""
    physical = things.filter((pl.col("type") == "physical_server") & (pl.col("story") == ""))["number"].to_numpy()
    groups = int(things.height * noise.chassis) // BLADES
    blades = (
        physical[: groups * BLADES].reshape(-1, BLADES)
        if len(physical) >= groups * BLADES
        else physical[:0].reshape(0, BLADES)
    )
    things = things.with_columns(reported_tag="tag", chassis=_marked(things, blades.reshape(-1)))
    for position in range(1, BLADES):
        things = _taken(things, blades[:, position], blades[:, 0], ("reported_tag",))
    return things.with_columns(pl.when("chassis").then(pl.lit("chassis")).otherwise("story").alias("story")).drop(
        "chassis"
    )


def _former(things: pl.DataFrame, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Columns former_name and former_ip: what sources that are not kept up to date still say."""
    renamed, moved = (pl.col("story") == story for story in ("renamed", "readdressed"))
    reused = pl.Series(rng.random(things.height) < noise.reused_address)
    living = things.filter(pl.col("type").is_in(SERVERS) & ~pl.col("stale"))["ip"]
    others = living.gather(rng.integers(0, living.len(), things.height))
    return things.with_columns(
        pl.when(renamed)
        .then(pl.format("legacy{}", pl.col("number") * 7 % 9_999_991))
        .otherwise("name")
        .alias("former_name"),
        pl.when(moved & reused).then(others).when(moved).then("old_ip").otherwise("ip").alias("former_ip"),
    )


def _templates(things: pl.DataFrame) -> pl.DataFrame:
    """Templates of the hypervisor: off, without address, known to it alone."""
    template = pl.col("story") == "template"
    return things.with_columns(
        is_template=template,
        name=pl.when(template).then(pl.format("tpl-{}-{}", "role", "number")).otherwise("name"),
        ip=pl.when(template).then(None).otherwise("ip"),
        ip2=pl.when(template).then(None).otherwise("ip2"),
    )


def _shown(things: pl.DataFrame, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Column shown: the name in the hypervisor's inventory, which need not be that of the machine."""
    forms = [
        pl.format("{}_PROD", pl.col("name").str.to_uppercase()),
        pl.format("{} (migrated)", "name"),
        pl.format("{} - {}", "name", "role"),
        pl.col("name").str.replace_all("-", "_", literal=True),
    ]
    which = pl.Series(rng.integers(0, len(forms), things.height))
    shown = pl.coalesce(pl.when(which == number).then(form) for number, form in enumerate(forms))
    hit = pl.Series(rng.random(things.height) < noise.display_name)
    return things.with_columns(pl.when(hit).then(shown).otherwise("name").alias("shown"))


def _states(things: pl.DataFrame) -> pl.DataFrame:
    off = pl.col("stale") | pl.col("is_template")
    return things.with_columns(
        lifecycle=pl.when("stale").then(pl.lit("retired")).otherwise(pl.lit("in_use")),
        power=pl.when(off).then(pl.lit("off")).otherwise(pl.lit("on")),
        virtual=pl.col("type") == "virtual_machine",
        resource=pl.col("number") * 3 + 16_777_216,
        bridge=pl.lit(None, pl.String),
        bridge_mac=pl.lit(None, pl.String),
    )
