"""The heavy parts one at a time, each a process of its own: `python -m benchmarks.dependencies.stages STAGE WORK ...`
prints {"cpu_s", "wall_s", "peak_mib", "rows"} of the work itself, and (CPU, wall) seconds of each of a phase's steps.

Stages: connections (make them), scan (the same Parquet read, every column), edges (connections to dependencies), estate
(make a million assets), groups (analysis of it).
"""

from __future__ import annotations

import argparse
import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.dependencies.scale import graph_of, inventory_of, world_of, write_connections
from benchmarks.inventory.stages import spent
from discovery_pipeline.domain.analysis import assess as analysis
from discovery_pipeline.domain.dependencies import graph
from discovery_pipeline.domain.handoffs import MEMBERSHIPS, CleanTable, TableInfo, TableKind

SEED = 900
# Of the world whose servers the connections join, and whose copies make the big estate.
WORLD = 40_000
_DOMAIN = "discovery_pipeline.domain."


def connections(work: Path, rows: int) -> int:
    """An inventory, and clean records of connections between its machines."""
    world, found = world_of(WORLD, SEED)
    inventory_of(world).write_parquet(work / "inventory.parquet")
    write_connections(work / "connections.parquet", world, found, rows, SEED)
    return rows


def scan(work: Path, _size: int) -> int:
    """The floor: every column of the Parquet decoded, nothing kept."""
    counts = pl.scan_parquet(work / "connections.parquet").select(pl.all().null_count()).collect(engine="streaming")
    return counts.width


def edges(work: Path, _size: int) -> int:
    """Connections to dependencies: the whole phase."""
    frame = pl.scan_parquet(work / "connections.parquet")
    info = TableInfo(0, "flows", "flows.csv", "flows", tuple(frame.collect_schema().names()), 0)
    kind = TableKind(0, "connection", "asset", None, 1.0)
    outcome = graph.build(pl.read_parquet(work / "inventory.parquet"), [CleanTable(info, kind, frame)])
    outcome.dependencies.write_parquet(work / "dependencies.parquet")
    return outcome.dependencies.height


def estate(work: Path, size: int) -> int:
    """An inventory of about `size` assets with its dependencies and memberships."""
    world, found = world_of(WORLD, SEED)
    inventory, dependencies, members = graph_of(world, found, max(1, round(size / world.things.height)), SEED)
    reason = pl.lit(["named"], pl.List(pl.String))
    told = members.with_columns(basis=pl.lit("named"), confidence=pl.lit(0.95), reasons=reason)
    inventory.write_parquet(work / "big_inventory.parquet")
    dependencies.write_parquet(work / "big_dependencies.parquet")
    told.select(pl.col(c).cast(t) for c, t in MEMBERSHIPS.items()).write_parquet(work / "big_memberships.parquet")
    return inventory.height


def groups(work: Path, _size: int) -> int:
    """The analysis phase over the big estate."""
    frames = [pl.read_parquet(work / f"big_{name}.parquet") for name in ("inventory", "dependencies", "memberships")]
    outcome = analysis.assess(frames[0], frames[1], memberships=frames[2])
    return outcome.move_groups.height


STAGES: dict[str, Callable[[Path, int], int]] = {
    "connections": connections, "scan": scan, "edges": edges, "estate": estate, "groups": groups,
}  # fmt: skip


def timed_steps() -> dict[str, list[float]]:
    """Wraps every step that the two phases call; its (CPU, wall) seconds are added under its name as it runs."""
    steps: dict[str, list[float]] = {}

    def wrapped(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def run(*given: Any, **named: Any) -> Any:
            cpu, wall = time.process_time(), time.perf_counter()
            try:
                return step(*given, **named)
            finally:
                spent_before = steps.setdefault(name, [0.0, 0.0])
                spent_before[0] += time.process_time() - cpu
                spent_before[1] += time.perf_counter() - wall

        return run

    for phase in (graph, analysis):
        for name, step in list(vars(phase).items()):
            module = str(getattr(step, "__module__", ""))
            if callable(step) and not isinstance(step, type) and module.startswith(_DOMAIN) and name != "build":
                setattr(phase, name, wrapped(f"{module.removeprefix(_DOMAIN)}.{name}", step))
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=sorted(STAGES))
    parser.add_argument("work", type=Path)
    parser.add_argument("--size", type=int, default=0, help="rows of connections, or assets")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    steps = timed_steps()
    cost = spent(lambda: STAGES[given.stage](given.work, given.size))
    print(json.dumps({**cost, "steps": steps}))


if __name__ == "__main__":
    main()
