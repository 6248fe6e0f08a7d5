"""Wrong clusters shown with their raw rows, for whoever wants to know why they went wrong."""

from __future__ import annotations

import polars as pl

from benchmarks.inventory.pipeline import Run
from discovery_pipeline_tests.sample_tenants.score import ROW, Truth

_ROWS = 8


def report(shared: pl.DataFrame, run: Run, truth: Truth, count: int, first: pl.Series) -> str:
    """Stories of what went wrong, then `count` clusters: half of them merged, half split, the largest first.

    shared: true_id, asset_id, rows. first: merged assets to show before all others.
    """
    merged = _assets_of_several(shared)
    split = _things_in_several(shared)
    lines = [f"  merged: {merged.height} assets of several things; split: {split.height} things in several assets"]
    stories = truth.assets.select("true_id", "story", "type")
    lines += _counted("merged", shared.join(merged, on="asset_id", how="semi"), stories)
    lines += _counted("split", shared.join(split, on="true_id", how="semi"), stories)
    raw = _raw_cells(run)
    worst = pl.concat([first.alias("asset_id"), merged["asset_id"]]).unique(maintain_order=True)
    for asset in worst.head((count + 1) // 2):
        lines += [f"  -- merged {asset}", *_shown(run.lineage.filter(pl.col("asset_id") == asset), truth, raw)]
    for thing in split["true_id"].head(count // 2):
        rows = truth.records.filter(pl.col("true_id") == thing).select(ROW)
        placed = rows.join(run.lineage, on=ROW, how="left")
        lines += [f"  -- split {thing}", *_shown(placed, truth, raw)]
    return "\n".join(lines)


def _assets_of_several(shared: pl.DataFrame) -> pl.DataFrame:
    things = shared.drop_nulls("asset_id").group_by("asset_id").agg(things=pl.len(), rows=pl.col("rows").sum())
    return things.filter(pl.col("things") > 1).sort("rows", "asset_id", descending=[True, False])


def _things_in_several(shared: pl.DataFrame) -> pl.DataFrame:
    assets = shared.group_by("true_id").agg(assets=pl.len(), rows=pl.col("rows").sum())
    return assets.filter(pl.col("assets") > 1).sort("rows", "true_id", descending=[True, False])


def _counted(what: str, shared: pl.DataFrame, stories: pl.DataFrame) -> list[str]:
    counts = shared.select("true_id").unique().join(stories, on="true_id").group_by("type", "story").len()
    ordered = counts.sort("len", "type", "story", descending=[True, False, False])
    return [f"    {what}: {n} x {kind}, {story or 'no story'}" for kind, story, n in ordered.head(10).iter_rows()]


def _raw_cells(run: Run) -> dict[tuple[str, str], pl.DataFrame]:
    """The clean cells of every table by file and table: what matching saw."""
    return {(t.info.file, t.info.table): t.frame.collect() for t in run.tables}


def _shown(rows: pl.DataFrame, truth: Truth, raw: dict[tuple[str, str], pl.DataFrame]) -> list[str]:
    true = truth.records.select(*ROW, "true_id").join(truth.assets.select("true_id", "story"), on="true_id", how="left")
    known = rows.join(true, on=ROW, how="left")
    lines = []
    for row in known.head(_ROWS).iter_rows(named=True):
        cells = raw[row["file"], row["table"]].filter(pl.col("row") == row["row"]).to_dicts()
        filled = {k: v for k, v in (cells[0] if cells else {}).items() if k in _TELLING and v is not None}
        place = f"{row['table']}:{row['row']}"
        lines.append(f"     {row['true_id']} {row['story'] or ''} {row['asset_id']} {place} {filled}")
    return lines


_TELLING = (
    "hostname", "fqdn", "dns_domain", "serial_number", "uuid", "mac_address", "ip_address", "source_id", "asset_type",
    "lifecycle_status", "power_state", "os_name", "model", "memory_mib", "last_seen",
)  # fmt: skip
