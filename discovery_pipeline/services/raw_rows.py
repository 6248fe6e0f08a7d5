"""Rows of the tables as the files have them."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import TableInfo
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.run_frames import RunFrames

RawCells = tuple[str | None, ...]


def raw_cells(run: RunFrames, info: TableInfo, row: int) -> RawCells | None:
    """The cells of a row in the order of the table's columns; None for a row that was never split into cells.

    row: counts from 0 after the header.
    """
    if not run.has("raw_export", part_name(info.table_no)):
        return None
    found = run.scan("raw_export", part_name(info.table_no)).filter(pl.col("row") == row).collect()
    columns = [f"c{position}" for position in range(len(info.headers))]
    cells = next(found.iter_rows(named=True), None)
    return None if cells is None else tuple(cells.get(column) for column in columns)
