"""Dependencies at scale and in quality, as Markdown: `make bench-dependencies`.

`python -m benchmarks.dependencies.bench [--rows 10000000] [--assets 1000000] [--seeds 901 902 903]`. Ten million
connections to edges beside a bare scan of the same Parquet in the same run; groups and waves of a million assets;
quality on worlds that nothing was tuned on, with the proposed mapping. Every step is a process of its own; seconds do
not count imports. --rows 0, --assets 0, no --seeds: leave that part out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.dependencies import trust
from benchmarks.dependencies.estates import labelled_world
from benchmarks.dependencies.judge import Judged
from benchmarks.dependencies.members import applications, groups
from benchmarks.dependencies.score import judge
from benchmarks.estate.noise import Profile
from benchmarks.mapping.datasheet import table
from benchmarks.measure import measured

PROFILES: tuple[Profile, ...] = ("messy", "hard")
ASSETS = 1_000
_WAVES = ("groups.moves.", "waves.")


def stage(name: str, work: Path, size: int = 0) -> dict[str, Any]:
    """What a stage cost."""
    command = (sys.executable, "-m", "benchmarks.dependencies.stages", name, str(work), "--size", str(size))
    cost: dict[str, Any] = json.loads(measured(command, work, {})[0].splitlines()[-1])
    return cost


def edges(rows: int) -> str:
    """Connections to edges beside the scan."""
    with tempfile.TemporaryDirectory(prefix="bench-dependencies-") as scratch:
        work = Path(scratch)
        stage("connections", work, rows)
        floor, found = stage("scan", work), stage("edges", work)
    ratio = found["cpu_s"] / floor["cpu_s"]
    lines = [
        ("bare scan", "", f"{floor['cpu_s']:.1f}", f"{floor['wall_s']:.1f}", f"{floor['peak_mib']:,.0f}", "1.0"),
        (f"{rows:,} rows to edges", f"{found['rows']:,}", f"{found['cpu_s']:.1f}", f"{found['wall_s']:.1f}",
         f"{found['peak_mib']:,.0f}", f"{ratio:.1f}"),
    ]  # fmt: skip
    return table(("", "edges", "CPU s", "wall s", "peak MiB", "x scan"), lines)


def moves(assets: int) -> str:
    """Groups and waves, and the whole analysis around them."""
    with tempfile.TemporaryDirectory(prefix="bench-dependencies-") as scratch:
        work = Path(scratch)
        made = stage("estate", work, assets)
        found = stage("groups", work)
    steps = {n.removeprefix("analysis."): s for n, s in found["steps"].items()}
    ours = {n: s for n, s in steps.items() if n.startswith(_WAVES)}
    lines: list[tuple[str, ...]] = [(n, f"{cpu:.1f}", f"{wall:.1f}") for n, (cpu, wall) in ours.items() if cpu >= 0.1]
    lines.append(("groups and waves", *(f"{sum(s[i] for s in ours.values()):.1f}" for i in (0, 1))))
    lines.append(("the whole analysis", f"{found['cpu_s']:.1f}", f"{found['wall_s']:.1f}"))
    return f"{made['rows']:,} assets\n\n{table(('', 'CPU s', 'wall s'), lines)}"


def quality(seeds: Sequence[int]) -> str:
    """A line a world."""
    header = ("world", "app P", "app R", "tier P", "tier R", "ARI", "glued pairs", "ECE", "largest group", "cut")
    return table(header, list(_judged(seeds)))


def _judged(seeds: Sequence[int]) -> Iterator[tuple[str, ...]]:
    for profile in PROFILES:
        for seed in seeds:
            yield (f"{profile} {seed}", *_figures(judge(labelled_world(profile, ASSETS, seed), gold=False)))


def _figures(found: Judged) -> Iterator[str]:
    for kind in ("application", "tier"):
        level = found.level(kind)
        yield from (f"{level.precision:.3f}", f"{level.recall:.3f}")
    held = groups(found)
    yield f"{applications(found).ari:.3f}"
    yield str(found.glued.height)
    yield f"{trust.error(trust.judged_edges(found)):.3f}"
    yield from (str(held.largest), f"{held.cut:.3f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--assets", type=int, default=1_000_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[901, 902, 903])
    given = parser.parse_args()
    if given.rows:
        print(f"### Connections to edges\n\n{edges(given.rows)}\n", flush=True)
    if given.assets:
        print(f"### Groups and waves\n\n{moves(given.assets)}\n", flush=True)
    if given.seeds:
        print(f"### Quality, {ASSETS:,} assets, the proposed mapping\n\n{quality(given.seeds)}")


if __name__ == "__main__":
    main()
