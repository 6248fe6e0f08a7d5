"""Runs whole estates through the real command line and says what every phase cost, against a floor of the same run.

`python -m benchmarks.run --assets 10000 100000 [--seed N] [--output FILE]`. Estates are made once and kept below
bench-data/; every size gets a fresh DISCOVERY_HOME whose database is stopped afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.estates import generate
from benchmarks.measure import Cost, measured
from discovery_pipeline_tests.sample_tenants import score

DATA = Path(__file__).resolve().parents[1] / "bench-data"
TENANT = "bench"


@dataclass(frozen=True)
class Result:
    """One estate. floor_s: seconds of benchmarks/floor.py; phases: of `discovery run --json`; scores in [0, 1]."""

    assets: int
    rows: int
    floor_s: float
    commands: dict[str, Cost]
    phases: list[dict[str, Any]]
    scores: dict[str, float]


def estate(assets: int, seed: int) -> Path:
    """The folder of this estate, made when it is not there; a half-made one is never taken for whole."""
    folder = DATA / f"estate-{assets}-{seed}"
    if not folder.exists():
        print(f"making an estate of {assets:,} assets", file=sys.stderr)
        aside = folder.with_name(folder.name + ".making")
        shutil.rmtree(aside, ignore_errors=True)
        generate(assets, aside, seed)
        aside.rename(folder)
    return folder


def benchmark(assets: int, seed: int) -> Result:
    """Ingest, run and export one estate in a fresh home."""
    folder = estate(assets, seed)
    with tempfile.TemporaryDirectory(prefix="discovery-bench-", ignore_cleanup_errors=True) as scratch:
        home = Path(scratch) / "home"
        ground = json.loads(module("benchmarks.floor", home, folder / "exports", Path(scratch) / "floor")[0])
        try:
            commands, phases = discovery(home, folder / "exports", Path(scratch) / "out")
        finally:
            cli(home, "down")
        read = next(phase["rows_in"] for phase in phases if phase["asset"] == "raw_export")
        scores = judged(Path(scratch) / "out", folder / "truth", read)
    return Result(assets, ground["rows"], ground["seconds"], commands, phases, scores)


def discovery(home: Path, exports: Path, out: Path) -> tuple[dict[str, Cost], list[dict[str, Any]]]:
    """The cost of each command, and the phases of the run."""
    costs = {"tenant add": cli(home, "tenant", "add", TENANT)[1]}
    costs["ingest"] = cli(home, "ingest", TENANT, exports)[1]
    document, costs["run"] = cli(home, "run", TENANT, "--json")
    costs["export"] = cli(home, "export", TENANT, "--to", out, "--format", "parquet")[1]
    return costs, json.loads(document)["phases"]


def cli(home: Path, *words: str | Path) -> tuple[str, Cost]:
    return module("discovery_pipeline", home, *words)


def module(name: str, home: Path, *words: str | Path) -> tuple[str, Cost]:
    command = [sys.executable, "-m", name, *map(str, words)]
    return measured(command, home, {"DISCOVERY_HOME": str(home)})


def judged(out: Path, folder: Path, rows: int) -> dict[str, float]:
    """Reconciliation, edges and conservation of an export against the estate's truth."""
    files = {
        name: pl.read_parquet(out / f"{name}.parquet")
        for name in ("inventory", "lineage", "quarantine", "dependencies")
    }
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in ("assets", "records", "dependencies")}
    truth = score.Truth(**tables, mappings=pl.DataFrame())
    ids = score.true_ids(files["inventory"], files["lineage"], truth)
    pairs = score.pairwise(files["lineage"], truth.records)
    edges, kinds = score.edges(files["dependencies"], ids, truth)
    placed = files["lineage"].height + files["quarantine"]["row"].count()
    return {
        "pair precision": pairs.precision, "pair recall": pairs.recall, "pair f1": pairs.f1,
        "edge precision": edges.precision, "edge recall": edges.recall, "edge kind": kinds,
        "rows placed": placed / rows,
    }  # fmt: skip


def table(result: Result) -> str:
    """What people read: a line per phase, per command and per score."""
    lines = [f"\n{result.assets:,} assets, {result.rows:,} rows; floor {result.floor_s:.2f} s"]
    lines.append(f"{'phase':<24}{'seconds':>10}{'rows in':>14}{'rows/s':>14}{'x floor':>10}")
    for phase in result.phases:
        seconds, rows = phase["seconds"], phase["rows_in"]
        speed = f"{rows / seconds:,.0f}" if seconds else ""
        lines.append(f"{phase['asset']:<24}{seconds:>10.2f}{rows:>14,}{speed:>14}{seconds / result.floor_s:>10.1f}")
    lines.append(f"{'command':<24}{'wall s':>10}{'CPU s':>14}{'peak MiB':>14}{'x floor':>10}{'database MiB':>14}")
    for name, cost in result.commands.items():
        times = f"{cost.wall_s:>10.2f}{cost.cpu_s:>14.2f}"
        lines.append(
            f"{name:<24}{times}{cost.peak_mib:>14,.0f}{cost.wall_s / result.floor_s:>10.1f}{cost.database_mib:>14,.0f}"
        )
    lines += [f"{name:<24}{value:>10.4f}" for name, value in result.scores.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="also write the figures here, as JSON")
    options = parser.parse_args()
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "polars": pl.__version__}
    print(f"{machine['cpus']} CPUs, Python {machine['python']}, polars {machine['polars']}")
    results = []
    for assets in options.assets:
        results.append(benchmark(assets, options.seed))
        print(table(results[-1]), flush=True)
    if options.output:
        document = {"machine": machine, "results": [asdict(r) for r in results]}
        options.output.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
