"""What machines are made of: identifiers, sizes, operating systems, owners and dates, as columns for every thing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from benchmarks.estate import text
from benchmarks.estate.style import Style

EPOCH = datetime(2016, 1, 1)
TODAY = datetime(2025, 6, 30)

_CATALOGUE = yaml.safe_load(Path(__file__).with_name("catalogue.yaml").read_text("utf-8"))
# os_name is the truth, the others are how exports spell it.
SYSTEMS = pl.DataFrame(_CATALOGUE["systems"]).with_row_index("system").with_columns(pl.col("system").cast(pl.Int64))
DESKTOP = ("Windows 10 Enterprise", "10.0.19045")
HOST = ("VMware ESXi 7.0.3", "7.0.3")
_NUMERIC_TAGS = 0.15
DEPARTMENTS = ("Finance", "Sales", "Logistics", "Research", "Human Resources", "Operations")
TEAMS = ("Windows Operations", "Linux Operations", "Database Services", "Workplace", "Network Services")


def equipped(things: pl.DataFrame, style: Style, rng: np.random.Generator) -> pl.DataFrame:
    """Adds identifiers, sizes, systems, owners and dates; what makes no sense for a type is empty."""
    things = _sized(_identified(things, style, rng), rng)
    return _dated(_owned(_made(_running(things, rng), rng), style, rng), rng)


def _identified(things: pl.DataFrame, style: Style, rng: np.random.Generator) -> pl.DataFrame:
    n = things.height
    virtual = pl.col("type") == "virtual_machine"
    vendor = pl.Series(rng.choice(["9440c9", "d4f5ef", "3cecef"], n))
    prefix = pl.when(virtual & ~pl.col("is_cloud")).then(pl.lit("005056")).otherwise(vendor)
    digits = text.unique_digits(n)
    cloud = pl.when(pl.Series(rng.random(n) < 0.5)).then(pl.lit("Azure")).otherwise(pl.lit("AWS"))
    has_hardware = ~pl.col("type").is_in(["database", "application", "cluster"])
    return things.with_columns(
        pl.when(has_hardware).then(_uuids(n, cloud, rng)).alias("uuid"),
        text.hex_strings(rng, n, 32, "50").alias("instance_uuid"),
        pl.when(has_hardware).then(prefix + digits).alias("mac"),
        text.hex_strings(rng, n, 32).alias("key"),
        pl.when(has_hardware).then(_tags(n, rng)).alias("tag"),
        pl.format("vm-{}", pl.col("number") + 1000).alias("moref"),
        pl.when("is_cloud").then(cloud).alias("cloud"),
        pl.format("{}{}", pl.lit(style.company[:2].upper()), pl.col("number") + 100_000).alias("asset_tag"),
        text.hex_strings(rng, n, 17).alias("instance"),
    )


def _uuids(count: int, cloud: pl.Expr, rng: np.random.Generator) -> pl.Expr:
    """BIOS UUIDs; those of one cloud begin with its name."""
    amazon = pl.col("is_cloud") & (cloud == "AWS")
    return (
        pl.when(amazon).then(text.hex_strings(rng, count, 32, "ec2")).otherwise(text.hex_strings(rng, count, 32, "42"))
    )


def _tags(count: int, rng: np.random.Generator) -> pl.Expr:
    """Serial numbers; those of some makers are digits alone, with zeros before them."""
    digits = "00" + text.codes(rng, count, 8, "123456789")
    return (
        pl.when(pl.Series(rng.random(count) < _NUMERIC_TAGS)).then(pl.lit(digits)).otherwise(text.codes(rng, count, 10))
    )


def _sized(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    n = things.height
    physical = pl.col("type").is_in(["physical_server", "hypervisor"])
    computes = pl.col("type").is_in(["physical_server", "hypervisor", "virtual_machine", "end_user_device"])
    cores = (
        pl.when(physical)
        .then(pl.Series(rng.choice([16, 32, 48, 64], n)))
        .otherwise(pl.Series(rng.choice([2, 4, 8, 16], n)))
    )
    memory = pl.Series(rng.choice([4096, 8192, 16384, 32768, 65536], n))
    return (
        things.with_columns(
            pl.when(computes).then(cores).alias("cores"),
            pl.when(physical).then(2).alias("sockets"),
            pl.when(computes).then(pl.when(physical).then(memory * 4).otherwise(memory)).alias("memory"),
            pl.when(computes).then(pl.Series(rng.choice([1, 1, 2, 3], n))).alias("disks"),
            pl.when(computes).then(pl.Series(rng.choice([40, 80, 120, 250, 500], n))).alias("disk_gib"),
            pl.Series("used_share", rng.choice([0.25, 0.5, 0.75], n)),
        )
        .with_columns(
            cpus=pl.when(physical).then(pl.col("cores") * 2).otherwise("cores"),
            storage=pl.col("disks") * pl.col("disk_gib"),
        )
        .with_columns(used=pl.col("storage") * pl.col("used_share"))
    )


def _running(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Operating systems of servers, as the catalogue shares them out."""
    server = pl.col("type").is_in(["virtual_machine", "physical_server"])
    drawn = pl.Series(rng.choice(SYSTEMS.height, things.height, p=SYSTEMS["share"].to_numpy()))
    return things.with_columns(pl.when(server).then(drawn).alias("system").cast(pl.Int64))


def with_systems(things: pl.DataFrame) -> pl.DataFrame:
    """The names that exports have for the operating system."""
    things = things.join(SYSTEMS, on="system", how="left", maintain_order="left")
    desktop, host = pl.col("type") == "end_user_device", pl.col("type") == "hypervisor"
    names = [c for c in SYSTEMS.columns if c not in ("system", "share", "os_version")]
    return things.with_columns(
        *(
            pl.when(desktop).then(pl.lit(DESKTOP[0])).when(host).then(pl.lit(HOST[0])).otherwise(c).alias(c)
            for c in names
        ),
        pl.when(desktop)
        .then(pl.lit(DESKTOP[1]))
        .when(host)
        .then(pl.lit(HOST[1]))
        .otherwise("os_version")
        .alias("os_version"),
    )


def _made(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Maker and model of hardware; hypervisors and clouds report their own."""
    pick = pl.Series(rng.integers(0, 12, things.height))
    maker, model = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for kind, models in _CATALOGUE["models"].items():
        for number, (made_by, called) in enumerate(models):
            hit = (pl.col("type") == kind) & (pick % len(models) == number)
            maker, model = (
                pl.when(hit).then(pl.lit(made_by)).otherwise(maker),
                pl.when(hit).then(pl.lit(called)).otherwise(model),
            )
    for cloud, (made_by, called) in _CATALOGUE["virtual"].items():
        hit = (pl.col("type") == "virtual_machine") & (pl.col("cloud").fill_null("") == cloud)
        maker, model = (
            pl.when(hit).then(pl.lit(made_by)).otherwise(maker),
            pl.when(hit).then(pl.lit(called)).otherwise(model),
        )
    return things.with_columns(maker.alias("maker"), model.alias("model"))


def _owned(things: pl.DataFrame, style: Style, rng: np.random.Generator) -> pl.DataFrame:
    n = things.height
    return things.with_columns(
        pl.Series("person", rng.integers(0, 400, n)),
        pl.Series("department", rng.choice(DEPARTMENTS, n)),
        pl.Series("team", rng.choice(TEAMS, n)),
        pl.Series("criticality", rng.choice(["critical", "high", "medium", "low"], n)),
    ).with_columns(
        owner=pl.format("Person {}", "person"),
        email=pl.format("person.{}@" + style.domains[0], "person"),
        cost_center=pl.format("CC-{}", pl.col("person") % 60 + 4000),
    )


def _dated(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    n = things.height
    return things.with_columns(
        (pl.lit(EPOCH) + pl.duration(days=pl.lit(pl.Series(rng.integers(0, 3000, n))))).alias("installed"),
        (pl.lit(TODAY) - pl.duration(days=pl.lit(pl.Series(rng.integers(0, 28, n))))).alias("seen"),
        (pl.lit(TODAY) - pl.duration(days=pl.lit(pl.Series(rng.integers(30, 200, n))))).alias("booted"),
    )
