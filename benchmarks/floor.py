"""The floor under any pipeline: read every file of a folder as strings, write it as Parquet, nothing else.

`python -m benchmarks.floor FOLDER OUT` prints {"seconds", "rows"}; imports and the start of Python are not counted.
Text files in UTF-8 or with a byte order mark, separated by whichever of comma and semicolon the first line has more of;
workbooks sheet by sheet.
"""

from __future__ import annotations

import codecs
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl


def floor(folder: Path, out: Path) -> tuple[float, int]:
    """Seconds and rows."""
    out.mkdir(parents=True, exist_ok=True)
    started, rows = time.perf_counter(), 0
    for path in sorted(folder.iterdir()):
        for name, frame in _tables(path):
            frame.write_parquet(out / f"{name}.parquet", compression="zstd", compression_level=1)
            rows += frame.height
    return time.perf_counter() - started, rows


def _tables(path: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    if path.suffix == ".xlsx":
        for name, frame in pl.read_excel(path, sheet_id=0, infer_schema_length=0).items():
            yield f"{path.stem}-{name}", frame
        return
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16").encode()
    first = data[: data.find(b"\n")]
    separator = ";" if first.count(b";") > first.count(b",") else ","
    yield (
        path.stem,
        pl.read_csv(data, separator=separator, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True),
    )


if __name__ == "__main__":
    seconds, count = floor(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"seconds": seconds, "rows": count}))
