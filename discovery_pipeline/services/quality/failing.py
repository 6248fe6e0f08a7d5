"""The rows behind a failed rule, read in the tenant's own frames a page at a time, and as a file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.services.export.writers import ExportTable, write_table
from discovery_pipeline.services.quality.evidence import RECORDS, VALUE, breaking, counted
from discovery_pipeline.services.run_frames import RunFrames, frames_of, run_frames
from discovery_pipeline.store.quality import CheckResult, RuleResult

# In this order, those that the rows have.
SHOWN = (
    "name", VALUE, "detail", "reason", "header", "field", "confidence", "change", "old", "new", "compared", "differing",
    "file", "table", "other table", "row", "line", "asset_id", "from_asset", "to_asset", "kind", "strategy", "advice",
)  # fmt: skip
_WANTED = {*SHOWN, "table_no"}
# More rows than a person reads are a file, and a file has its limit too.
MOST_IN_FILE = 200_000


@dataclass(frozen=True)
class Countable:
    """total: of the rows behind a failed rule. why_not: why none can be shown; "" where some can."""

    total: int
    why_not: str = ""


def count_failing(frames: TenantFrames, result: CheckResult, rule: RuleResult) -> Countable:
    """How many rows break a rule, or are counted by a fact."""
    run, found = _found(frames, result, rule)
    if found is None:
        return Countable(0, _why_not(result, run))
    # The run counted what breaks a rule on a column; what shows a fact was not counted by rows.
    measured = rule.observed is not None
    total = found.select(pl.len()).collect(engine="streaming").item() if measured else rule.unexpected
    return Countable(total, "" if total else "No row of the result shows it.")


def failing_rows(
    frames: TenantFrames, result: CheckResult, rule: RuleResult, offset: int = 0, limit: int = 20
) -> pl.DataFrame:
    """Some of those rows: columns of SHOWN, as far as they have any; no row where none can be shown."""
    run, found = _found(frames, result, rule)
    if run is None or found is None:
        return pl.DataFrame()
    # Only what is shown is read: an inventory has a hundred columns more.
    wanted = [name for name in found.collect_schema().names() if name in _WANTED]
    page = found.select(wanted).slice(offset, limit).collect(engine="streaming")
    return _shown(_with_assets(frames, run, page))


def failing_csv(frames: TenantFrames, result: CheckResult, rule: RuleResult) -> bytes:
    """The same rows as CSV in which no cell starts a formula, at most MOST_IN_FILE; empty where none can be shown."""
    rows = failing_rows(frames, result, rule, limit=MOST_IN_FILE)
    if rows.is_empty():
        return b""
    with tempfile.TemporaryDirectory() as folder:
        write_table(ExportTable("rows", dict(rows.schema), iter([rows])), Path(folder), "csv")
        return (Path(folder) / "rows.csv").read_bytes()


def _found(frames: TenantFrames, result: CheckResult, rule: RuleResult) -> tuple[RunFrames | None, pl.LazyFrame | None]:
    """The frames that were judged, as far as they are still there, and the rows in them."""
    run = _judged(frames, result)
    if run is None:
        return None, None
    if rule.observed is not None:
        return run, counted(run, result.asset, rule.column)
    check = next((check for check in suites().get(result.asset, ()) if check.name == result.check), None)
    known = next((each for each in check.columns if each.name == rule.rule), None) if check else None
    return run, breaking(run, result.asset, known) if known else None


def _judged(frames: TenantFrames, result: CheckResult) -> RunFrames | None:
    """The asset in the version that was checked and what it was made from; of a result that was not published, the
    newest frames without it, which may show why."""
    if not result.published:
        newest = run_frames(frames)
        versions = {asset: version for asset, version in newest.versions.items() if asset != result.asset}
        return RunFrames(frames, versions)
    for run in (run_frames(frames), frames_of(frames, result.asset)):
        if run.versions.get(result.asset) == result.version:
            return run
    return None


def _why_not(result: CheckResult, run: RunFrames | None) -> str:
    if not result.published:
        return "The result was not published, for a blocking check failed, so its rows were not kept."
    if run is None:
        return "A newer run has replaced these rows; only the counts are kept."
    return "This is about the result as a whole: no single row shows it."


def _with_assets(frames: TenantFrames, run: RunFrames, rows: pl.DataFrame) -> pl.DataFrame:
    """With the asset that each row became part of, where the inventory was made from just these records."""
    newest = run_frames(frames)
    same = newest.versions.get(RECORDS) == run.versions.get(RECORDS)
    places = {"table_no", "row"} <= set(rows.columns)
    if "asset_id" in rows.columns or not (same and places and newest.has("inventory", "lineage")) or rows.is_empty():
        return rows
    wanted = rows.select(pl.col("table_no").cast(pl.UInt32), "row").unique().lazy()
    lineage = newest.scan("inventory", "lineage").select("table_no", "row", "asset_id")
    owners = lineage.join(wanted, on=["table_no", "row"], how="semi").unique(["table_no", "row"]).collect()
    return rows.join(owners, on=["table_no", "row"], how="left", maintain_order="left")


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(name for name in SHOWN if name in rows.columns)
