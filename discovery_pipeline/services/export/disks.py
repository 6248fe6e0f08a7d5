"""The single disks of each machine, from the tables that list disks (RVTools' vDisk and its like).

Keep out: what a machine's disks add up to, which is the inventory's.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import TableInfo, empty
from discovery_pipeline.domain.inventory.details import lists_disks
from discovery_pipeline.domain.vendors.estate import DISKS
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.run_frames import RunFrames

# Disks are told only where they add up to the machine's capacity, within what rounding does.
_TOLERANCE = 0.01


def disks_of(run: RunFrames) -> pl.DataFrame:
    """DISKS of the machines whose disks add up to the capacity that the inventory holds; largest first.

    Where several tables list a machine's disks, the first table that agrees counts.
    """
    kinds = run.kinds() if run.has("clean_records") and run.has("inventory", "lineage") else {}
    tables = [info for info in (run.tables() if kinds else []) if info.table_no in kinds]
    listed = [
        rows
        for info in tables
        if kinds[info.table_no].grain == "detail" and lists_disks(info) and (rows := _rows(run, info)) is not None
    ]
    if not listed:
        return empty(DISKS)
    disks = pl.concat(listed).collect()
    total = run.scan("inventory", "inventory").select("asset_id", "storage_total_gib").collect()
    sums = disks.group_by("asset_id", "table_no").agg(pl.col("size_gib").sum().alias("sum"))
    off = (pl.col("sum") - pl.col("storage_total_gib")).abs()
    agreeing = sums.join(total, on="asset_id").filter(off <= _TOLERANCE * pl.col("storage_total_gib"))
    first = agreeing.group_by("asset_id").agg(pl.col("table_no").min())
    ordered = disks.join(first, on=["asset_id", "table_no"]).sort(
        ["asset_id", "size_gib", "row"], descending=[False, True, False]
    )
    number = pl.int_range(1, pl.len() + 1).over("asset_id")
    return ordered.with_columns(label=pl.format("disk {}", number)).select(list(DISKS))


def _rows(run: RunFrames, info: TableInfo) -> pl.LazyFrame | None:
    """table_no, row, asset_id and size of each disk that a table lists; None where it says no sizes."""
    part = part_name(info.table_no)
    if not run.has("clean_records", part):
        return None
    clean = run.scan("clean_records", part)
    columns = clean.collect_schema().names()
    if "storage_total_gib" not in columns:
        return None
    used = pl.col("storage_used_gib") if "storage_used_gib" in columns else pl.lit(None, pl.Float64)
    sized = clean.select("row", size_gib="storage_total_gib", used_gib=used).filter(pl.col("size_gib") > 0)
    lineage = run.scan("inventory", "lineage").filter(
        pl.col("table_no") == info.table_no, pl.col("asset_id").is_not_null(), ~pl.col("duplicate")
    )
    return sized.join(lineage.select("row", "asset_id"), on="row").with_columns(
        table_no=pl.lit(info.table_no, pl.UInt32)
    )
