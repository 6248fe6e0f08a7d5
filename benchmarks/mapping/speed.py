"""How long mapping takes, in processor seconds and as a multiple of what reading the same cells once takes.

Run: python -m benchmarks.mapping.speed [columns | rows | wide]. `columns`: 200 labelled columns in a process that has
mapped nothing yet, then again. `rows`: profiles of 1,000,000 rows of 40 columns. `wide`: one table of 10,000 columns.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.mapping.layouts import CORPUS, load, tables
from discovery_pipeline.domain.handoffs import RawTable, TableInfo
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.domain.vocabulary.profile import profile_table

_ROWS, _COLUMNS, _WIDE = 1_000_000, 40, 10_000


def _seconds(what: str, work: Callable[[], object]) -> float:
    """Processor seconds of all threads, printed with those by the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    work()
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    print(f"{what:44} {processor:6.2f} s of processor, {clock:6.2f} s by the clock")
    return processor


def _map(given: Sequence[RawTable]) -> None:
    intake = inspect(given)
    resolve(propose(given, intake.kinds, profiles=intake.profiles), intake.kinds)


def columns() -> None:
    """Whole labelled layouts until there are 200 columns."""
    labelled = tables(load([CORPUS]))
    ends = itertools.accumulate(len(table.info.headers) for table in labelled)
    some = [table for table, end in zip(labelled, ends, strict=True) if end - len(table.info.headers) < 200]
    count = sum(len(table.info.headers) for table in some)
    _seconds(f"{count} columns of {len(some)} tables, first time", lambda: _map(some))
    _seconds(f"{count} columns of {len(some)} tables, again", lambda: _map(some))


def rows() -> None:
    """Names, numbers, addresses, dates and words of few and of many distinct values, from Parquet."""
    chance = np.random.default_rng(1)
    number = pl.int_range(_ROWS, eager=True).cast(pl.String)
    kinds: list[Callable[[], pl.Series]] = [
        lambda: "srv" + number,
        lambda: pl.Series(chance.integers(0, 2_000, _ROWS)).cast(pl.String),
        lambda: pl.Series(chance.choice(["Windows Server 2019", "RHEL 8", "Ubuntu 22.04", "n/a", ""], _ROWS)),
        lambda: "10.0." + pl.Series(chance.integers(0, 65_536, _ROWS)).cast(pl.String),
        lambda: "2024-01-" + pl.Series(chance.integers(10, 28, _ROWS)).cast(pl.String),
        lambda: pl.Series(chance.integers(0, 10**9, _ROWS)).cast(pl.String),
        lambda: pl.Series(chance.choice(["Production", "Test", "Development"], _ROWS)),
        lambda: pl.Series(chance.choice(["true", "false"], _ROWS)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        pl.DataFrame({f"c{i}": kinds[i % len(kinds)]() for i in range(_COLUMNS)}).write_parquet(path)
        info = TableInfo(0, "labelled", "t.csv", "t", tuple(f"h{i}" for i in range(_COLUMNS)), _ROWS)
        floor = _seconds("reading all cells once", lambda: pl.scan_parquet(path).collect())
        spent = _seconds(
            f"profiling {_ROWS:,} rows of {_COLUMNS} columns",
            lambda: profile_table(RawTable(info, pl.scan_parquet(path))),
        )
    print(f"{spent / floor:.1f} times the reading")


def wide() -> None:
    """One table; a twentieth of the time for a twentieth of the columns means that nothing grows faster than it."""
    for count in (_WIDE // 20, _WIDE):
        headers = tuple(f"{('owner', 'memory', 'zq', 'status')[i % 4]} {i} x{i * 7_919 % 10_007}" for i in range(count))
        cells = {f"c{i}": [f"v{i}", "w", None] for i in range(count)}
        frame = pl.DataFrame({"row": [0, 1, 2], "line": [2, 3, 4], **cells})
        table = RawTable(TableInfo(0, "labelled", "t.csv", "t", headers, 3), frame.lazy())
        _seconds(f"one table of {count:,} columns", lambda table=table: _map([table]))  # type: ignore[misc]


def main() -> None:
    """Measure one thing, or all of them."""
    measured = {"columns": columns, "rows": rows, "wide": wide}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=measured)
    what = parser.parse_args().what
    for work in [measured[what]] if what else measured.values():
        work()


if __name__ == "__main__":
    main()
