"""Makes seeded estates of any size for the benchmarks: seven export files that overlap, and the truth behind them.

`python -m benchmarks.estates --assets 10000 --to DIR [--seed N]`; the same numbers give the same bytes.

An estate of N things is 80 % servers (12 % of them physical), 6 % desktops, 5 % database instances, 4 % network
devices, 2 % hypervisors, 2 % applications, 1 % storage; applications have very different numbers of servers. Exports:
a ServiceNow CMDB list (93 % of all), RVTools vInfo and vDisk (every VM), an agent (75 % of servers and desktops),
an application portfolio, CMDB relationships, and 5 N connections.

The noise model (benchmarks/estate/noise.py holds the shares):
- the CMDB knows 2 % of servers by a former name, and 3 % of servers that are gone, 30 % of these with an address that a
  living server uses today; 10 % of its memory sizes are from before an upgrade; 6 % of addresses, serials, environments
  are empty; 1 % of VMs were entered twice with different keys;
- one name in five is in capitals, one in twenty is the FQDN;
- 20 % of physical machines report a placeholder as serial; 0.2 % of VMs were cloned with their BIOS UUID;
- the agent spells the BIOS UUID as WMI does (bytes swapped) and the CMDB as a VMware serial; units differ per file;
- 0.5 % of CMDB and agent rows are exact repeats; all files but vDisk are in random order;
- a fifth of the connections is denied, dropped or unanswered; 15 % of database connections are seen from the server's
  side, ports turned round; 30-40 % of host names are missing.

Truth: records.parquet (file, table, row -> true_id for asset and detail rows), assets.parquet, dependencies.parquet.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.estate import edges as true_edges
from benchmarks.estate import exports
from benchmarks.estate.connections import connections
from benchmarks.estate.noise import Noise
from benchmarks.estate.population import Estate, build

CONNECTIONS_PER_ASSET = 5


@dataclass
class Writer:
    """Writes export files below `folder` and remembers whose rows they hold."""

    folder: Path
    true_ids: pl.Series
    records: list[pl.DataFrame] = field(default_factory=list)

    def write(self, name: str, frame: pl.DataFrame, outcome: str) -> None:
        """One export; rows with a `true` number are noted as records of that thing."""
        frame.drop("true").write_csv(self.folder / f"{name}.csv")
        known = frame.select(
            file=pl.lit(f"{name}.csv"),
            table=pl.lit(name),
            row=pl.int_range(pl.len()),
            outcome=pl.lit(outcome),
            true="true",
        ).drop_nulls("true")
        self.records.append(known.with_columns(true_id=self.true_ids.gather(known["true"])).drop("true"))


def generate(assets: int, to: Path, seed: int) -> None:
    """Write `to`/exports/*.csv and `to`/truth/*.parquet."""
    for name in ("exports", "truth"):
        (to / name).mkdir(parents=True, exist_ok=True)
    estate, noise = build(assets, seed), Noise()
    rng = np.random.default_rng([seed, assets, 1])
    pairs, carried = true_edges.calls(estate, rng)
    seen = pl.concat([true_edges.tiers(estate, rng), carried, true_edges.shared(estate, rng)])
    writer = Writer(to / "exports", estate.things["true_id"])
    write_assets(writer, estate, pairs, rng, noise)
    write_connections(to / "exports" / "connections.csv", estate, seen, assets * CONNECTIONS_PER_ASSET, rng)
    write_truth(to / "truth", estate, writer.records, pairs, seen)


def write_assets(writer: Writer, estate: Estate, calls: pl.DataFrame, rng: np.random.Generator, noise: Noise) -> None:
    things = exports.old_names(exports.with_shared_uuids(estate, rng, noise), rng, noise)
    writer.write("cmdb_ci", exports.cmdb(things, rng, noise), "asset")
    writer.write("RVTools_tabvInfo", exports.vinfo(things, rng), "asset")
    writer.write("RVTools_tabvDisk", exports.vdisk(things), "detail")
    writer.write("agent_inventory", exports.agent(things, rng, noise), "asset")
    writer.write("application_portfolio", exports.portfolio(things, calls), "asset")
    writer.write("cmdb_rel_ci", exports.relationships(things, calls, true_edges.hosting(estate), rng), "relationship")


def write_connections(path: Path, estate: Estate, edges: pl.DataFrame, rows: int, rng: np.random.Generator) -> None:
    with path.open("wb") as file:
        for number, chunk in enumerate(connections(estate, edges, rows, rng)):
            chunk.write_csv(file, include_header=number == 0)


def write_truth(
    folder: Path, estate: Estate, records: list[pl.DataFrame], calls: pl.DataFrame, seen: pl.DataFrame
) -> None:
    """required edges: stated in a relation, a hosting column or a connection; the membership of servers is not."""
    things, ids = estate.things, estate.things["true_id"]
    hosting = true_edges.hosting(estate)
    application = calls.with_columns(kind=pl.lit("application"))
    members = things.filter(pl.col("app").is_not_null()).select(source="app", target="number", kind=pl.lit("hosting"))
    required = pl.concat([frame.select("source", "target", "kind") for frame in (seen, hosting, application)])
    rows = pl.concat([required.with_columns(required=pl.lit("1")), members.with_columns(required=pl.lit("0"))])
    rows.select(
        ids.gather(rows["source"]).alias("from"),
        ids.gather(rows["target"]).alias("to"),
        pl.lit("").alias("to_address"),
        "kind",
        "required",
    ).write_parquet(folder / "dependencies.parquet")
    pl.concat(records).write_parquet(folder / "records.parquet")
    things.select("true_id", "name", "type", pl.col("memory_mib").cast(pl.String)).write_parquet(
        folder / "assets.parquet"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.assets, options.to, options.seed)


if __name__ == "__main__":
    main()
