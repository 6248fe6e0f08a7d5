"""Makes the packaged sample tenant northwind-bank: exports, truth, the same bytes for the same seed.

`python -m benchmarks.make_sample_tenant [--to DIR] [--seed N]`; what it writes is committed as package data.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.northwind.cmdb import cmdb_exports
from benchmarks.northwind.connections import connection_export
from benchmarks.northwind.edges import Edges
from benchmarks.northwind.relations import relationship_export
from benchmarks.northwind.rvtools import rvtools_export
from benchmarks.northwind.sccm import sccm_export
from benchmarks.northwind.team_workbook import team_workbook
from benchmarks.northwind.truth import truth_files
from benchmarks.northwind.world import build_world

PACKAGED = Path(__file__).resolve().parents[1] / "discovery_pipeline" / "sample_tenants" / "northwind-bank"
SEED = 7


def sample_tenant(seed: int = SEED) -> dict[str, bytes]:
    """Relative path -> content of every export and truth file."""
    world, edges = build_world(seed), Edges()
    exports = [
        *cmdb_exports(world, seed),
        rvtools_export(world, seed, edges),
        sccm_export(world, seed),
        team_workbook(world, seed, edges),
        relationship_export(world, seed, edges),
        connection_export(world, seed, edges),
    ]
    truth = truth_files(world, exports, edges)
    return {f"exports/{e.file}": e.content for e in exports} | {f"truth/{n}": c for n, c in truth.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=PACKAGED)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    for name, content in sample_tenant(options.seed).items():
        path = options.to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{len(content):>9,}  {path}")


if __name__ == "__main__":
    main()
