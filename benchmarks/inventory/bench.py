"""The inventory beside its peers on the same clean records, and what cleansing and inventory cost, as Markdown.

Run: make bench-inventory (python -m benchmarks.inventory.bench [--assets 10000 100000] [--cost 1600 16000 160000]
[--splink PYTHON]). Every step is a process of its own; peers get the clean records of rows that are an asset each, so
pairs of detail rows count for nobody. --splink: the Python of an environment that has splink 5; without one it is left
out. Seconds are of CPU, without the start of Python and imports; memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.estate.noise import Profile
from benchmarks.inventory.estates import labelled_estate
from benchmarks.inventory.stages import clean_tables
from benchmarks.mapping.datasheet import table
from benchmarks.measure import measured
from discovery_pipeline.domain.handoffs import names_of
from discovery_pipeline_tests.sample_tenants import score

PROFILES: tuple[Profile, ...] = ("messy", "hard")
SPLINK = Path(__file__).with_name("splink_peer.py")
_TOLD = """Exact keys: UUID (in either order of bytes), serial number, MAC address, FQDN, host name; the guard drops
values on more than 12 records. Splink: its own expectation maximisation, the same guard. Ours is the whole phase:
matching, values with their provenance, types, ids, lineage and findings; peers only cluster."""


@dataclass(frozen=True)
class Spent:
    """cpu_s, wall_s: of the work. peak_mib: of its process. rows: that it read."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    rows: int


@dataclass(frozen=True)
class Method:
    """name: for people. file: where its clusters stand. command: after the interpreter."""

    name: str
    file: str
    command: tuple[str, ...]
    python: str = sys.executable


@dataclass(frozen=True)
class Result:
    """A method on one estate. exact: share of things all of whose rows, and no other, are together."""

    method: str
    profile: Profile
    assets: int
    pairs: score.Score
    exact: float
    spent: Spent


def methods(splink: str | None) -> list[Method]:
    """Ours and its peers."""
    module = ("-m", "benchmarks.inventory.peers")
    found = [
        Method("**ours**", "ours", ("-m", "benchmarks.inventory.stages", "inventory", "{folder}")),
        Method("exact keys", "keys", (*module, "keys")),
        Method("exact keys, guarded", "guarded", (*module, "guarded")),
    ]
    # -P: beside the script lies a module that is called like one of the standard library.
    return [*found, Method("Splink 5", "splink", ("-P", str(SPLINK)), splink)] if splink else found


def compared(profile: Profile, assets: int, seed: int, by: Sequence[Method]) -> Iterator[Result]:
    """Every method on one estate, with the true mapping."""
    folder = labelled_estate(profile, assets, seed)
    with tempfile.TemporaryDirectory(prefix="bench-inventory-") as scratch:
        work = Path(scratch)
        for stage in ("prepare", "clean"):
            spent_on(sys.executable, "-m", "benchmarks.inventory.stages", stage, str(folder), work=work)
        spent_on(sys.executable, "-m", "benchmarks.inventory.peers", "records", work=work)
        true = _rows_of_assets(folder, work)
        for method in by:
            command = [part.format(folder=folder) for part in method.command]
            spent = spent_on(method.python, *command, work=work)
            lineage = _lineage(work, method.file)
            shared = score.together(lineage, true)
            yield Result(
                method.name, profile, assets, score.pairwise(lineage, true), score.exactly_right(shared).recall, spent
            )


def spent_on(python: str, *words: str, work: Path) -> Spent:
    """Run a step on the folder `work`."""
    out, _ = measured([python, *words, str(work)], work, {})
    return Spent(**json.loads(out))


def _rows_of_assets(folder: Path, work: Path) -> pl.DataFrame:
    """The truth of the rows that every method gets."""
    records = pl.read_parquet(folder / "truth" / "records.parquet").filter(outcome="asset")
    given = pl.read_parquet(work / "records.parquet", columns=["table_no", "row"])
    return records.join(_placed(given, work), on=score.ROW, how="semi")


def _lineage(work: Path, method: str) -> pl.DataFrame:
    found = pl.read_parquet(work / f"{method}.parquet").with_columns(pl.col("table_no").cast(pl.UInt32))
    return _placed(found, work).with_columns(pl.col("cluster").cast(pl.String).alias("asset_id"))


def _placed(rows: pl.DataFrame, work: Path) -> pl.DataFrame:
    """Table numbers as file and table."""
    return rows.join(names_of([t.info for t in clean_tables(work)]), on="table_no")


def beside_peers(results: Sequence[Result]) -> str:
    """A line per estate and method."""
    header = ("estate", "method", "precision", "recall", "F1", "exactly right", "CPU s", "peak MiB")
    return table(header, [_line(result) for result in results])


def _line(result: Result) -> tuple[str, ...]:
    pairs = (result.pairs.precision, result.pairs.recall, result.pairs.f1, result.exact)
    estate = f"{result.profile}, {result.assets:,} assets"
    return (
        estate,
        result.method,
        *(f"{x:.4f}" for x in pairs),
        f"{result.spent.cpu_s:.1f}",
        f"{result.spent.peak_mib:,.0f}",
    )


def cost(profile: Profile, sizes: Sequence[int], seed: int) -> str:
    """What cleansing and inventory take as the estate grows, and how much faster than its rows."""
    lines: list[tuple[str, ...]] = []
    before: tuple[int, float] | None = None
    for assets in sizes:
        folder = labelled_estate(profile, assets, seed)
        with tempfile.TemporaryDirectory(prefix="bench-inventory-") as scratch:
            stage = ("-m", "benchmarks.inventory.stages")
            names = ("prepare", "floor", "clean", "inventory")
            done = {n: spent_on(sys.executable, *stage, n, str(folder), work=Path(scratch)) for n in names}
        rows, both = done["prepare"].rows, done["clean"].wall_s + done["inventory"].wall_s
        growth = "" if before is None else f"{both / before[1] / (rows / before[0]):.2f}"
        peak = max(done["clean"].peak_mib, done["inventory"].peak_mib)
        cpu = done["clean"].cpu_s + done["inventory"].cpu_s
        lines.append(
            (f"{rows:,}", f"{done['clean'].wall_s:.1f}", f"{done['inventory'].wall_s:.1f}", f"{both:.1f}", f"{cpu:.1f}",
             f"{both / done['floor'].wall_s:.1f}", growth, f"{peak:,.0f}")
        )  # fmt: skip
        before = (rows, both)
    header = ("rows", "cleansing s", "inventory s", "both s", "both CPU s", "x floor", "growth per row", "peak MiB")
    return table(header, lines)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, nargs="*", default=[10_000, 100_000], help="beside peers")
    parser.add_argument("--cost", type=int, nargs="*", default=[1_600, 16_000, 160_000], help="6.2 rows an asset")
    parser.add_argument("--seed", type=int, default=301, help="not one that weights were fitted on")
    parser.add_argument("--splink", help="the Python of an environment with splink 5")
    given = parser.parse_args()
    by = methods(given.splink)
    estates = [(profile, size) for size in given.assets for profile in PROFILES]
    results = [found for profile, size in estates for found in compared(profile, size, given.seed, by)]
    if results:
        print(f"### Beside peers\n\n{beside_peers(results)}\n\n{_TOLD}\n")
    if given.cost:
        print(f"### Cost\n\n{cost('messy', given.cost, given.seed)}\n\nFloor: the same tables read and written again.")


if __name__ == "__main__":
    main()
