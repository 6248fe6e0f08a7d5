"""The true things of an estate as one frame, a row each. What exports make of them is not decided here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.estate import text

SHARES = {
    "hypervisor": 0.02,
    "database": 0.05,
    "network_device": 0.04,
    "storage": 0.01,
    "end_user_device": 0.06,
    "application": 0.02,
}
SHARED_ROLES = ("dc", "mon", "bck", "log")
SYSTEMS = (
    ("Windows 2019 Standard", "Microsoft Windows Server 2019 (64-bit)", "Microsoft Windows Server 2019 Standard"),
    ("Windows 2016 Standard", "Microsoft Windows Server 2016 (64-bit)", "Microsoft Windows Server 2016 Standard"),
    ("Windows 2022 Datacenter", "Microsoft Windows Server 2022 (64-bit)", "Microsoft Windows Server 2022 Datacenter"),
    ("Linux Red Hat", "Red Hat Enterprise Linux 8 (64-bit)", "Red Hat Enterprise Linux 8.9"),
    ("Linux Ubuntu", "Ubuntu Linux (64-bit)", "Ubuntu 22.04.4 LTS"),
)
DOMAIN = "estate.example"
WORDS = (
    "Ledger",
    "Claims",
    "Order",
    "Billing",
    "Pricing",
    "Customer",
    "Payroll",
    "Stock",
    "Fleet",
    "Audit",
    "Search",
    "Report",
)
KINDS = ("Gateway", "Hub", "Engine", "Portal", "Archive", "Service", "Desk", "Feed")


@dataclass(frozen=True)
class Estate:
    """things: number, true_id, name, type, role, app (number of the application row or null), and what describes it.

    servers, applications, ...: see `of`. Numbers are row positions in `things`.
    """

    things: pl.DataFrame

    def of(self, *types: str) -> pl.DataFrame:
        return self.things.filter(pl.col("type").is_in(types))

    def living(self) -> pl.DataFrame:
        """Servers in use."""
        return self.of("virtual_machine", "physical_server").filter(~pl.col("stale"))


def build(assets: int, seed: int) -> Estate:
    """An estate of `assets` things; shares of types as in SHARES, the rest servers."""
    rng = np.random.default_rng([seed, assets])
    counts = {kind: max(4, int(assets * share)) for kind, share in SHARES.items()}
    servers = assets - sum(counts.values())
    things = pl.concat([base("server", servers), *(base(kind, count) for kind, count in counts.items())])
    things = things.with_columns(pl.row_index("number").cast(pl.Int64))
    things = hardware(things, rng)
    first_application = assets - counts["application"]
    things = server_columns(things, servers, first_application, counts["application"], rng)
    things = hosted(things, servers, counts["hypervisor"], rng)
    return Estate(
        named(things).with_columns(pl.format("T{}", pl.col("number").cast(pl.String).str.zfill(8)).alias("true_id"))
    )


def base(kind: str, count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"type": pl.repeat(kind, count, dtype=pl.String, eager=True), "nth": pl.int_range(count, eager=True)}
    )


def hardware(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Identifiers and sizes for every row; what makes no sense for a type is simply not exported."""
    n = things.height
    return things.with_columns(
        text.hex_strings(rng, n, 32, "42").alias("uuid"),
        text.hex_strings(rng, n, 32, "50").alias("instance_uuid"),
        text.unique_digits(n).alias("mac_digits"),
        text.hex_strings(rng, n, 10).str.to_uppercase().alias("tag"),
        text.hex_strings(rng, n, 32).alias("key"),
        text.ipv4(pl.int_range(pl.len())).alias("ip"),
        pl.Series("cpus", rng.choice([2, 4, 8, 16], n)),
        pl.Series("memory_mib", rng.choice([4096, 8192, 16384, 32768, 65536], n)),
        pl.Series("disks", rng.choice([1, 1, 2, 3], n)),
        pl.Series("disk_gib", rng.choice([40, 80, 120, 250, 500], n)),
        pl.Series("system", rng.integers(0, len(SYSTEMS), n)),
        pl.Series("person", rng.integers(0, 400, n)),
        pl.Series("installed", rng.integers(0, 3000, n)),
        pl.Series("site", rng.choice(["ams", "dub", "lis"], n)),
    )


def server_columns(
    things: pl.DataFrame, servers: int, first_application: int, applications: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Applications get runs of servers of very different length; some servers serve all; some are long gone."""
    shared = max(len(SHARED_ROLES), servers // 500)
    bounds = np.sort(rng.choice(np.arange(shared, servers), applications - 1, replace=False))
    position = np.arange(servers)
    app = np.searchsorted(bounds, position, side="right")
    start = np.concatenate([[shared], bounds])[app]
    role = np.array(["web", "web", "app", "app", "app", "db", "db"])[(position - start) % 7]
    role = np.where(position < shared, np.array(SHARED_ROLES)[position % len(SHARED_ROLES)], role)
    stale = (rng.random(servers) < 0.03) & (position >= shared)
    physical = rng.random(servers) < 0.12
    columns = pl.DataFrame(
        {
            "number": position,
            "role": role,
            "app": np.where(position < shared, -1, app + first_application),
            "stale": stale,
            "server_type": np.where(physical, "physical_server", "virtual_machine"),
            "environment": rng.choice(["production", "production", "test", "development"], applications)[app],
        }
    ).with_columns(pl.when(pl.col("app") >= 0).then("app").alias("app"))
    joined = things.join(columns, on="number", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("server_type", "type").alias("type"), pl.col("stale").fill_null(False), pl.col("role").fill_null("")
    ).drop("server_type")


def hosted(things: pl.DataFrame, servers: int, hypervisors: int, rng: np.random.Generator) -> pl.DataFrame:
    """VMs on hypervisors, database instances on servers of the database role (one each)."""
    host = rng.integers(servers, servers + hypervisors, things.height)
    hosts = things.filter((pl.col("role") == "db") & ~pl.col("stale"))["number"].to_numpy()
    databases = things.filter(pl.col("type") == "database")["number"].to_numpy()
    on = rng.permutation(hosts)[: len(databases)]
    placed = pl.DataFrame({"number": databases[: len(on)], "server": on})
    return (
        things.join(placed, on="number", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("type") == "virtual_machine").then(pl.Series(host)).otherwise("server").alias("parent")
        )
        .drop("server")
    )


def named(things: pl.DataFrame) -> pl.DataFrame:
    """Names as such estates have them: site, environment, application code, role, number."""
    code = pl.coalesce(pl.format("a{}", pl.col("app").cast(pl.String)), pl.lit("inf"))
    letter = pl.col("environment").fill_null("p").str.slice(0, 1)
    server = pl.format("{}{}-{}-{}{}", "site", letter, code, "role", "nth")
    short = {"hypervisor": "esx", "network_device": "sw", "storage": "san", "end_user_device": "ws"}
    device = pl.format("{}-{}-{}", "site", pl.col("type").replace(short), "nth")
    word = pl.col("nth").mod(len(WORDS)).replace_strict(dict(enumerate(WORDS)), return_dtype=pl.String)
    kind = (pl.col("nth") // len(WORDS)).mod(len(KINDS)).replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)
    application = pl.format("{} {} {}", word, kind, "nth")
    is_server = pl.col("type").is_in(["virtual_machine", "physical_server"])
    own = pl.when(is_server).then(server).when(pl.col("type") == "application").then(application).otherwise(device)
    things = things.with_columns(own.alias("name"))
    hosts = things.select(
        pl.col("number").alias("parent"), pl.col("name").alias("parent_name"), pl.col("ip").alias("parent_ip")
    )
    apps = things.select(pl.col("number").alias("app"), pl.col("name").alias("app_name"))
    things = things.join(hosts, on="parent", how="left", maintain_order="left")
    things = things.join(apps, on="app", how="left", maintain_order="left")
    database = pl.col("type") == "database"
    return (
        things.with_columns(
            pl.when(database).then(pl.format("MSSQLSERVER@{}", "parent_name")).otherwise("name").alias("name"),
            pl.when(database).then("parent_ip").otherwise("ip").alias("ip"),
        )
        .drop("parent_ip")
        .filter(pl.col("name").is_not_null())
    )
