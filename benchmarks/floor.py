"""The floor under any pipeline: read every CSV of a folder as strings, write it as Parquet, nothing else.

`python -m benchmarks.floor FOLDER OUT` prints {"seconds", "rows"}; imports and the start of Python are not counted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl


def floor(folder: Path, out: Path) -> tuple[float, int]:
    """Seconds and rows."""
    out.mkdir(parents=True, exist_ok=True)
    started, rows = time.perf_counter(), 0
    for path in sorted(folder.glob("*.csv")):
        frame = pl.read_csv(path, infer_schema=False)
        frame.write_parquet(out / f"{path.stem}.parquet", compression="zstd", compression_level=1)
        rows += frame.height
    return time.perf_counter() - started, rows


if __name__ == "__main__":
    seconds, count = floor(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"seconds": seconds, "rows": count}))
