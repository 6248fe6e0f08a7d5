"""Writes the cells of an export as the file that its tool would save."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import polars as pl

from benchmarks.estate.layouts import Layout


def written(folder: Path, layout: Layout, cells: pl.DataFrame) -> str:
    """The name of the file written."""
    name = f"{layout.file}.csv"
    path = folder / name
    if layout.encoding == "utf-8":
        cells.write_csv(path, separator=layout.delimiter)
        return name
    buffer = BytesIO()
    cells.write_csv(buffer, separator=layout.delimiter)
    path.write_bytes(buffer.getvalue().decode("utf-8").encode(layout.encoding, errors="replace"))
    return name
