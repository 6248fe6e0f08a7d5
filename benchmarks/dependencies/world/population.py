"""The machines of a world as the estate's frame of things: applications' servers, shared services, hardware, devices.

Columns beside the estate's: service (role of a shared service, else ""), also (a second application or null), code.
Keep out: traffic, exports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from benchmarks.dependencies.world.portfolio import Application, portfolio, vocabulary
from benchmarks.estate.hardware import equipped, with_systems
from benchmarks.estate.noise import Noise
from benchmarks.estate.population import SERVERS, Estate, _base, _placed, linked
from benchmarks.estate.stories import befallen
from benchmarks.estate.style import Style

# Of all things; what is left are servers and applications.
SHARES = {
    "hypervisor": 0.02, "network_device": 0.02, "security_device": 0.004, "load_balancer": 0.004, "storage": 0.006,
    "printer": 0.008, "end_user_device": 0.06, "cluster": 0.008,
}  # fmt: skip
SERVER_SHARE = 0.77
PHYSICAL, CLOUD = 0.1, 0.12
_INSTANCES, _SHARED_EVERY = 0.5, 60


@dataclass(frozen=True)
class World:
    """estate: its things. applications: number of the row -> what it is. services: role -> entry of vocabulary.yaml
    that this estate has. telling: host names tell the application."""

    estate: Estate
    applications: dict[int, Application]
    services: dict[str, dict[str, Any]]
    telling: bool

    @property
    def things(self) -> pl.DataFrame:
        return self.estate.things

    def living(self) -> pl.DataFrame:
        return self.estate.living()


def build(assets: int, style: Style, noise: Noise, silent: float, two: float, rng: np.random.Generator) -> World:
    """A world of about `assets` things. silent: chance that host names tell nothing. two: share of servers that serve
    a second application."""
    services = {s["role"]: s for s in vocabulary()["services"] if s["role"] in ("dc", "mon") or rng.random() < 0.75}
    shared = [role for role, s in services.items() for _ in range(int(s["servers"]) + assets // 8_000)]
    applications = portfolio(int(assets * SERVER_SHARE) - len(shared), rng)
    telling = bool(rng.random() >= silent)
    things, first = _things(assets, applications, shared, rng)
    things = equipped(_placed(things, style, rng), style, rng)
    things = _together(_named(things, applications, first, style, telling, rng), rng)
    made = Estate(
        things.with_columns(
            pl.format("T{}", pl.col("number").cast(pl.String).str.zfill(8)).alias("true_id"), story=pl.lit("")
        ),
        style,
    )
    made = befallen(made, noise, rng)
    told = with_systems(linked(made.things, style)).with_columns(is_on=pl.col("power") == "on")
    known = {first + n: application for n, application in enumerate(applications)}
    return World(Estate(_second(told, two, rng), style), known, services, telling)


def _things(
    assets: int, applications: Sequence[Application], shared: Sequence[str], rng: np.random.Generator
) -> tuple[pl.DataFrame, int]:
    """The things, and the number of the first application. Servers come first: those of shared services, then the
    applications' in order."""
    owned = [(n, environment, tier) for n, a in enumerate(applications) for environment, tier in a.servers]
    servers = len(shared) + len(owned)
    counts = {kind: max(3, int(assets * share)) for kind, share in SHARES.items()}
    hosts = [len(shared) + i for i, (_, _, tier) in enumerate(owned) if tier == "db"]
    instances = [int(h) for h in hosts if rng.random() < _INSTANCES]
    counts = {**counts, "database": len(instances), "application": len(applications)}
    things = pl.concat([_base("server", servers), *(_base(kind, count) for kind, count in counts.items())])
    things = things.with_columns(pl.row_index("number").cast(pl.Int64))
    first = things.height - len(applications)
    kind = rng.random(servers)
    columns = pl.DataFrame(
        {
            "number": np.arange(servers),
            "service": [*shared, *([""] * len(owned))],
            "role": [*shared, *(tier for _, _, tier in owned)],
            "app": [*([None] * len(shared)), *(first + n for n, _, _ in owned)],
            "environment": [*(["production"] * len(shared)), *(environment for _, environment, _ in owned)],
            "server_type": np.where(kind < PHYSICAL, "physical_server", "virtual_machine"),
            "is_cloud": _in_cloud(owned, len(shared), kind, rng),
        },
        schema_overrides={"app": pl.Int64},
    )
    things = things.join(columns, on="number", how="left", maintain_order="left").with_columns(
        pl.coalesce("server_type", "type").alias("type"), pl.col("is_cloud").fill_null(value=False),
        pl.col("role", "service").fill_null(""), stale=pl.lit(value=False),
    ).drop("server_type")  # fmt: skip
    return _hosted(things, servers, counts["hypervisor"], instances, rng), first


def _in_cloud(
    owned: Sequence[tuple[int, str, str]], shared: int, kind: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Whole applications are in a cloud, not single servers."""
    clouded = rng.random(1 + max((n for n, _, _ in owned), default=0)) < CLOUD
    of_server = np.array([False] * shared + [clouded[n] for n, _, _ in owned])
    return of_server & (kind >= PHYSICAL)


def _hosted(
    things: pl.DataFrame, servers: int, hypervisors: int, instances: Sequence[int], rng: np.random.Generator
) -> pl.DataFrame:
    """VMs on hypervisors, database instances on their servers, with their application and environment."""
    host = rng.integers(servers, servers + hypervisors, things.height)
    databases = things.filter(type="database")["number"].to_numpy()
    of = pl.DataFrame({"number": databases, "server": np.array(instances, dtype=np.int64)})
    like = things.select(server="number", its_app="app", its_environment="environment")
    on_vmware = (pl.col("type") == "virtual_machine") & ~pl.col("is_cloud")
    joined = things.join(of, on="number", how="left", maintain_order="left").join(
        like, on="server", how="left", maintain_order="left"
    )
    return joined.with_columns(
        pl.when(on_vmware).then(pl.Series(host)).otherwise("server").alias("parent"),
        pl.coalesce("app", "its_app").alias("app"),
        pl.coalesce("environment", "its_environment").alias("environment"),
    ).drop("server", "its_app", "its_environment")


def _named(
    things: pl.DataFrame,
    applications: Sequence[Application],
    first: int,
    style: Style,
    telling: bool,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Host names by one convention; numbers count the servers of an application, environment and tier, or all."""
    words = vocabulary()
    pattern = str(rng.choice(words["names"]["telling" if telling else "silent"]))
    forms = words["environments"][str(rng.choice(list(words["environments"])))]
    spelt = {role: str(rng.choice(options)) for role, options in words["roles"].items()}
    codes = dict(enumerate((a.code for a in applications), first))
    names = dict(enumerate((a.name for a in applications), first))
    width = 2 if telling else style.width + 1
    group = ["app", "service", "environment", "role"] if telling else ["type_of"]
    is_server = pl.col("type").is_in(SERVERS)
    numbered = (
        things.with_columns(type_of=is_server)
        .with_columns(
            site=pl.col("site").first().over("app", "service", "environment", "type_of"),
            town=pl.col("town").first().over("app", "service", "environment", "type_of"),
        )
        .with_columns(
            count=(pl.int_range(pl.len()).over(group) + 1).cast(pl.String).str.zfill(width),
            code=pl.col("app").replace_strict(codes, default=None, return_dtype=pl.String),
        )
    )
    parts = {
        "{c}": pl.coalesce("code", pl.lit("inf")), "{s}": pl.col("site"), "{n}": pl.col("count"),
        "{e}": pl.col("environment").replace_strict(forms, default="p", return_dtype=pl.String),
        "{r}": pl.col("role").replace(spelt),
    }  # fmt: skip
    short = {"hypervisor": "esx", "network_device": "sw", "security_device": "fw", "load_balancer": "lb",
             "storage": "san", "printer": "prt", "end_user_device": "ws", "cluster": "clu"}  # fmt: skip
    device = pl.format("{}-{}-{}", "site", pl.col("type").replace(short), pl.col("nth").cast(pl.String).str.zfill(3))
    name = pl.when(is_server).then(_filled(pattern, parts)).otherwise(device)
    title = pl.col("number").replace_strict(names, default=None, return_dtype=pl.String)
    return numbered.with_columns(name=pl.coalesce(title, name)).drop("type_of", "count")


def _filled(pattern: str, parts: dict[str, pl.Expr]) -> pl.Expr:
    """A pattern with its placeholders filled by columns."""
    pieces = pattern.replace("{", "\0{").replace("}", "}\0").split("\0")
    return pl.concat_str([parts.get(piece, pl.lit(piece)) for piece in pieces if piece])


def _together(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Owners, teams and departments are an application's rather than a server's, but for one in ten."""
    own = pl.Series(rng.random(things.height) < 0.1)
    group = pl.coalesce("app", pl.when(pl.col("type") == "application").then("number"))
    columns = ("person", "owner", "email", "department", "cost_center", "team", "criticality")
    return things.with_columns(
        pl.when(group.is_null() | own).then(pl.col(c)).otherwise(pl.col(c).first().over(group)).alias(c)
        for c in columns
    )


def _second(things: pl.DataFrame, two: float, rng: np.random.Generator) -> pl.DataFrame:
    """Column also: the second application of servers that serve two; of database servers with no instance listed they
    are the ones that applications without their own use."""
    applications = things.filter(type="application")["number"].to_numpy()
    hit = pl.Series(rng.random(things.height) < two) & things["app"].is_not_null() & (things["story"] == "")
    other = pl.Series(rng.choice(applications, things.height))
    kept = hit & things["type"].is_in(SERVERS) & (things["environment"] == "production")
    return things.with_columns(
        also=pl.when(kept & (other != pl.col("app"))).then(other).otherwise(pl.lit(None, pl.Int64))
    )
