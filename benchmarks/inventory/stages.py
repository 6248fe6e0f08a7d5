"""The phases one at a time, each a process of its own, so that what it costs can be told from what the others cost.

`python -m benchmarks.inventory.stages prepare|floor|clean|inventory FOLDER WORK` prints {"cpu_s", "wall_s", "peak_mib",
"rows"} of the work itself: imports and the start of Python are not counted. Tables lie as Parquet in WORK between
stages, as they do between the assets of a run.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.inventory.pipeline import TENANT, Clock, Gold, mapped
from discovery_pipeline.domain.cleansing.clean import clean as clean_table
from discovery_pipeline.domain.handoffs import (
    REGISTRY,
    CanonicalTable,
    CleanTable,
    ColumnBinding,
    document,
    empty,
    table_info,
    table_kind,
)
from discovery_pipeline.domain.inventory.changes import NOTHING_BEFORE
from discovery_pipeline.domain.inventory.reconcile import reconcile

_CANONICAL, _CLEAN = "canonical", "clean"


def prepare(folder: Path, work: Path) -> int:
    """Read and map an estate with the true mapping; its canonical tables into `work`."""
    known = mapped(folder / "exports", Gold.of(folder / "truth"), Clock())
    _keep(work / _CANONICAL, known.canonical, [{"bindings": [asdict(b) for b in t.bindings]} for t in known.canonical])
    return sum(t.info.rows for t in known.canonical)


def floor(_folder: Path, work: Path) -> int:
    """What any cleansing and inventory costs at least: the canonical tables read and written again."""
    rows = 0
    for path in sorted((work / _CANONICAL).glob("*.parquet")):
        frame = pl.read_parquet(path)
        frame.write_parquet(work / "floor.parquet", compression="zstd", compression_level=1)
        rows += frame.height
    return rows


def clean(_folder: Path, work: Path) -> int:
    """The canonical tables cleansed."""
    cleaned = [clean_table(table).table for table in canonical_tables(work)]
    return _keep(work / _CLEAN, cleaned, [{"review": sorted(table.review)} for table in cleaned])


def inventory(_folder: Path, work: Path) -> int:
    """The clean tables reconciled; which asset each row became part of into `work`."""
    outcome = reconcile(clean_tables(work), empty(REGISTRY), NOTHING_BEFORE, TENANT)
    outcome.inventory.write_parquet(work / "inventory.parquet")
    outcome.lineage.select("table_no", "row", cluster="asset_id").write_parquet(work / "ours.parquet")
    return outcome.lineage.height


STAGES: Mapping[str, Callable[[Path, Path], int]] = {
    "prepare": prepare, "floor": floor, "clean": clean, "inventory": inventory,
}  # fmt: skip


def spent(work: Callable[[], int]) -> dict[str, float]:
    """cpu_s, wall_s, peak_mib, rows of a piece of work that gives the rows it went through."""
    cpu, wall = time.process_time(), time.perf_counter()
    rows = work()
    took = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    return {**took, "peak_mib": _peak_mib(), "rows": rows}


def _peak_mib() -> float:
    """Of this process alone: getrusage would tell the peak of the process that started it too."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def canonical_tables(work: Path) -> list[CanonicalTable]:
    """What `prepare` left, lazily."""
    return [
        CanonicalTable(
            table_info(d["info"]), table_kind(d["kind"]), frame, tuple(ColumnBinding(**b) for b in d["bindings"])
        )
        for d, frame in _kept(work / _CANONICAL)
    ]


def clean_tables(work: Path) -> list[CleanTable]:
    """What `clean` left, lazily."""
    return [
        CleanTable(table_info(d["info"]), table_kind(d["kind"]), frame, frozenset(d["review"]))
        for d, frame in _kept(work / _CLEAN)
    ]


def _keep(folder: Path, tables: Sequence[CanonicalTable | CleanTable], more: Iterable[Mapping[str, object]]) -> int:
    """Rows written."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for table, told in zip(tables, more, strict=True):
        path = folder / f"t{table.info.table_no:04d}.parquet"
        table.frame.sink_parquet(path, compression="zstd", compression_level=1)
        told = {"info": document(table.info), "kind": document(table.kind), **told}
        path.with_suffix(".json").write_text(json.dumps(told), "utf-8")
        rows += int(pl.scan_parquet(path).select(pl.len()).collect().item())
    return rows


def _kept(folder: Path) -> list[tuple[dict[str, Any], pl.LazyFrame]]:
    paths = sorted(folder.glob("*.parquet"))
    return [(json.loads(path.with_suffix(".json").read_text("utf-8")), pl.scan_parquet(path)) for path in paths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=sorted(STAGES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("work", type=Path)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    print(json.dumps(spent(lambda: STAGES[given.stage](given.folder, given.work))))


if __name__ == "__main__":
    main()
