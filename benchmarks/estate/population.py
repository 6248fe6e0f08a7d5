"""The true things of an estate as one frame, a row each. What befell them and what exports make of them comes later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.estate import text
from benchmarks.estate.hardware import equipped
from benchmarks.estate.style import Style

SHARES = {
    "hypervisor": 0.02,
    "database": 0.05,
    "network_device": 0.025,
    "security_device": 0.005,
    "load_balancer": 0.003,
    "storage": 0.007,
    "printer": 0.01,
    "end_user_device": 0.06,
    "cluster": 0.01,
    "application": 0.02,
}
PHYSICAL, CLOUD = 0.12, 0.10
SERVERS = ("virtual_machine", "physical_server")
SHARED_ROLES = ("dc", "mon", "bck", "log")
ENVIRONMENTS = ("production", "production", "production", "test", "development", "qa")
WORDS = (
    "Ledger", "Claims", "Order", "Billing", "Pricing", "Customer", "Payroll", "Stock", "Fleet", "Audit", "Search",
    "Report",
)  # fmt: skip
KINDS = ("Gateway", "Hub", "Engine", "Portal", "Archive", "Service", "Desk", "Feed")
SHORT = {
    "hypervisor": "esx", "network_device": "sw", "security_device": "fw", "load_balancer": "lb", "storage": "san",
    "printer": "prt", "end_user_device": "ws", "cluster": "clu",
}  # fmt: skip


@dataclass(frozen=True)
class Estate:
    """things: number (its row position), true_id, name, type, role, app (number of the application row or null), ...

    servers, applications, ...: see `of`.
    """

    things: pl.DataFrame
    style: Style

    def of(self, *types: str) -> pl.DataFrame:
        return self.things.filter(pl.col("type").is_in(types))

    def living(self) -> pl.DataFrame:
        """Servers in use."""
        return self.of(*SERVERS).filter(~pl.col("stale") & ~pl.col("is_template"))


def build(assets: int, style: Style, rng: np.random.Generator) -> Estate:
    """An estate of `assets` things; shares of types as in SHARES, the rest servers. Nothing befell any of them yet."""
    counts = {kind: max(4, int(assets * share)) for kind, share in SHARES.items()}
    servers = assets - sum(counts.values())
    things = pl.concat([_base("server", servers), *(_base(kind, count) for kind, count in counts.items())])
    things = things.with_columns(pl.row_index("number").cast(pl.Int64))
    things = _server_columns(things, servers, assets - counts["application"], counts["application"], rng)
    things = _hosted(things, servers, counts["hypervisor"], rng)
    things = equipped(_placed(things, style, rng), style, rng)
    return Estate(
        _named(things, style).with_columns(
            pl.format("T{}", pl.col("number").cast(pl.String).str.zfill(8)).alias("true_id"), pl.lit("").alias("story")
        ),
        style,
    )


def _base(kind: str, count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"type": pl.repeat(kind, count, dtype=pl.String, eager=True), "nth": pl.int_range(count, eager=True)}
    )


def _server_columns(
    things: pl.DataFrame, servers: int, first_application: int, applications: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Applications get runs of servers of very different length; some servers serve all."""
    shared = max(len(SHARED_ROLES), servers // 500)
    bounds = np.sort(rng.choice(np.arange(shared, servers), applications - 1, replace=False))
    position = np.arange(servers)
    app = np.searchsorted(bounds, position, side="right")
    start = np.concatenate([[shared], bounds])[app]
    role = np.array(["web", "web", "app", "app", "app", "db", "db"])[(position - start) % 7]
    role = np.where(position < shared, np.array(SHARED_ROLES)[position % len(SHARED_ROLES)], role)
    kind = rng.random(servers)
    columns = pl.DataFrame(
        {
            "number": position,
            "role": role,
            "app": np.where(position < shared, -1, app + first_application),
            "server_type": np.where(kind < PHYSICAL, "physical_server", "virtual_machine"),
            "is_cloud": (kind >= PHYSICAL) & (kind < PHYSICAL + CLOUD),
            "environment": rng.choice(ENVIRONMENTS, applications)[app],
        }
    ).with_columns(pl.when(pl.col("app") >= 0).then("app").alias("app"))
    joined = things.join(columns, on="number", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("server_type", "type").alias("type"),
        pl.col("is_cloud").fill_null(value=False),
        pl.col("role").fill_null(""),
        pl.lit(value=False).alias("stale"),
    ).drop("server_type")


def _hosted(things: pl.DataFrame, servers: int, hypervisors: int, rng: np.random.Generator) -> pl.DataFrame:
    """VMs on hypervisors, database instances on servers of the database role (one each)."""
    host = rng.integers(servers, servers + hypervisors, things.height)
    hosts = things.filter(pl.col("role") == "db")["number"].to_numpy()
    databases = things.filter(pl.col("type") == "database")["number"].to_numpy()
    on = rng.permutation(hosts)[: len(databases)]
    placed = pl.DataFrame({"number": databases[: len(on)], "server": on})
    on_vmware = (pl.col("type") == "virtual_machine") & ~pl.col("is_cloud")
    return (
        things.join(placed, on="number", how="left", maintain_order="left")
        .with_columns(pl.when(on_vmware).then(pl.Series(host)).otherwise("server").alias("parent"))
        .drop("server")
    )


def _placed(things: pl.DataFrame, style: Style, rng: np.random.Generator) -> pl.DataFrame:
    """Site, domain and addresses; of a database instance those of its server."""
    n = things.height
    domain = rng.choice(len(style.domains), n, p=[0.86, 0.09, 0.05])
    site = rng.integers(0, len(style.sites), n)
    spread = (pl.col("number") * 1_664_525 + int(rng.integers(2**22))) % 2**22  # odd factor: a permutation
    return things.with_columns(
        pl.Series("site", np.array([code for code, _ in style.sites])[site]),
        pl.Series("town", np.array([town for _, town in style.sites])[site]),
        pl.Series("domain", np.array(style.domains)[domain]),
        pl.Series("netbios", np.array(style.netbios)[domain]),
        text.ipv4(spread).alias("ip"),
        pl.when(pl.Series(rng.random(n) < 0.15) & pl.col("type").is_in(SERVERS))
        .then(text.ipv4(spread + 2**22))
        .alias("ip2"),
        text.ipv4(spread + 2 * 2**22).alias("old_ip"),
        pl.lit(None, pl.String).alias("vip"),
    )


def _named(things: pl.DataFrame, style: Style) -> pl.DataFrame:
    """Names by the estate's convention; those of database instances tell their server."""
    number = pl.col("nth").cast(pl.String).str.zfill(style.width)
    letter = pl.col("environment").fill_null("production").str.slice(0, 1)
    parts = {"{s}": pl.col("site"), "{e}": letter, "{r}": pl.col("role"), "{n}": number,
             "{c}": pl.format("a{}", pl.col("app").fill_null(0) % 1000)}  # fmt: skip
    server = _filled(style.names, parts)
    device = pl.format("{}-{}-{}", "site", pl.col("type").replace(SHORT), number)
    word = pl.col("nth").mod(len(WORDS)).replace_strict(dict(enumerate(WORDS)), return_dtype=pl.String)
    kind = (pl.col("nth") // len(WORDS)).mod(len(KINDS)).replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)
    application = pl.format("{} {} {}", word, kind, "nth")
    is_server = pl.col("type").is_in(SERVERS)
    return things.with_columns(
        pl.when(is_server)
        .then(server)
        .when(pl.col("type") == "application")
        .then(application)
        .otherwise(device)
        .alias("name")
    )


def linked(things: pl.DataFrame, style: Style) -> pl.DataFrame:
    """Names of what a thing stands on and belongs to; a database instance has the name and address of its server."""
    hosts = things.select(
        parent="number", parent_name="name", parent_ip="ip", parent_domain="domain", parent_net="netbios"
    )
    apps = things.select(app="number", app_name="name")
    things = things.join(hosts, on="parent", how="left", maintain_order="left")
    things = things.join(apps, on="app", how="left", maintain_order="left")
    database = pl.col("type") == "database"
    instance = pl.format("INST{}", pl.col("nth") % 90 + 10)
    parts = {"{h}": pl.col("parent_name"), "{H}": pl.col("parent_name").str.to_uppercase(), "{i}": instance}
    return (
        things.with_columns(
            pl.when(database).then(_filled(style.databases, parts)).otherwise("name").alias("name"),
            pl.when(database).then("parent_ip").otherwise("ip").alias("ip"),
            pl.when(database).then("parent_domain").otherwise("domain").alias("domain"),
            pl.when(database).then("parent_net").otherwise("netbios").alias("netbios"),
        )
        .with_columns(fqdn=pl.format("{}.{}", pl.col("name").str.to_lowercase(), "domain"))
        .drop("parent_ip", "parent_net")
    )


def _filled(pattern: str, parts: dict[str, pl.Expr]) -> pl.Expr:
    """A pattern with its placeholders filled by columns."""
    pieces: list[pl.Expr] = []
    rest = pattern
    while rest:
        at, found = min(((rest.find(p), p) for p in parts if p in rest), default=(-1, ""))
        if at < 0:
            return pl.concat_str([*pieces, pl.lit(rest)])
        pieces += [pl.lit(rest[:at]), parts[found]]
        rest = rest[at + len(found) :]
    return pl.concat_str(pieces)
