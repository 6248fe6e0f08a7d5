"""Which rows of the tenant's frames show what a check found: those that break a rule, or those that a fact counts.

Keep out: reading them a page at a time (failing.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import names_of
from discovery_pipeline.domain.inventory.values.conflicts import TABLE_CODE
from discovery_pipeline.domain.mapping.disagreements import CODE as DISAGREE_CODE
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.quality.rules import Rule
from discovery_pipeline.services.run_frames import RunFrames

# The part of each asset that its rules on columns judge; clean_records are judged table by table.
JUDGED_PARTS = {
    "export_findings": "findings", "model_answers": "evidence", "column_mapping": "mapping",
    "quarantined_records": "rows", "inventory": "inventory", "inventory_changes": "inventory_changes",
    "dependencies": "dependencies", "analysis": "analysis",
}  # fmt: skip
RECORDS = "clean_records"
# The column of a row's value that breaks a rule.
VALUE = "value"
_NAMES = ("hostname", "fqdn", "source_id")


@dataclass(frozen=True)
class Evidence:
    """Rows that a fact counts, or that show best where it comes from. asset: None = the one that was checked.

    order: column by which the worst come first.
    """

    part: str
    condition: pl.Expr
    asset: str | None = None
    order: pl.Expr | None = None


def _findings(*codes: str) -> Evidence:
    return Evidence("findings", pl.col("code").is_in(codes))


OF_FACTS: Mapping[str, Evidence] = {
    "unreadable_files": _findings("unreadable_file", "unreadable_table"),
    "asset_tables": Evidence("findings", pl.col("severity") != "info", asset="raw_export"),
    "tables_without_identity": _findings("no_identity_column"),
    "missing_facts": _findings("missing_field"),
    "forbidden_pairs": _findings("values_contradict"),
    "conflicting_columns": _findings("conflicting_columns"),
    "contradicting_strong_patterns": _findings(DISAGREE_CODE),
    "disagreeing_tables": _findings(TABLE_CODE),
    "accepted_share": Evidence("mapping", pl.col("status") == "review", order=pl.col("confidence")),
    "precision_shortfall": Evidence(
        "mapping", (pl.col("status") == "accepted") & (pl.col("method") != "pattern"), order=pl.col("confidence")
    ),
    "recalled_miscalibration": Evidence("mapping", pl.col("method") == "pattern", order=pl.col("confidence")),
    "quarantined_share": Evidence("rows", pl.col("disposition") == "quarantined"),
    "highest_conflict_rate": Evidence(
        "agreement", pl.col("differing") > 0, order=-pl.col("differing") / pl.col("compared")
    ),
    "repeated_share": Evidence("lineage", pl.col("duplicate")),
    "vanished_share": Evidence("inventory_changes", pl.col("change") == "vanished"),
    "widest_change_share": Evidence("inventory_changes", pl.col("change") == "changed", order=pl.col("field")),
}


def breaking(run: RunFrames, asset: str, rule: Rule) -> pl.LazyFrame | None:
    """The rows that break a rule on a column, with what says where they stand and the value; None where no part of
    the asset has the column."""
    if not run.has(asset):
        return None
    if asset == RECORDS:
        found = list(_records(run, rule))
        return _placed(run, pl.concat(found)) if found else None
    frame = run.scan(asset, JUDGED_PARTS[asset])
    if rule.column not in frame.collect_schema().names():
        return None
    value = rule.judged().cast(pl.String).alias(VALUE)
    return _placed(run, _with_name(frame.filter(rule.violating())).with_columns(value))


def counted(run: RunFrames, asset: str, fact: str) -> pl.LazyFrame | None:
    """The rows that a fact counts; None where no row shows it, or the asset was not made."""
    shown = OF_FACTS.get(fact)
    if shown is None or not run.has(shown.asset or asset, shown.part):
        return None
    found = run.scan(shown.asset or asset, shown.part).filter(shown.condition)
    return _placed(run, found if shown.order is None else found.sort(shown.order))


def _records(run: RunFrames, rule: Rule) -> Iterator[pl.LazyFrame]:
    """The breaking rows of every asset table that carries the column."""
    kinds, parts = run.kinds(), set(run.parts(RECORDS))
    for info in run.tables():
        if kinds[info.table_no].record != "asset" or part_name(info.table_no) not in parts:
            continue
        frame = run.scan(RECORDS, part_name(info.table_no))
        if rule.column in frame.collect_schema().names():
            value = rule.judged().cast(pl.String).alias(VALUE)
            named = _with_name(frame.filter(rule.violating()))
            yield named.select("table_no", "row", "line", "name", value)


def _with_name(frame: pl.LazyFrame) -> pl.LazyFrame:
    """With the column name: what people call the thing; as it was where nothing of it is a name."""
    columns = frame.collect_schema().names()
    own = [name for name in _NAMES if name in columns]
    if not own and "asset_id" not in columns and "row" in columns:
        return frame.with_columns(pl.lit(None, pl.String).alias("name"))
    return frame.with_columns(pl.coalesce(own).alias("name")) if own else frame


def _placed(run: RunFrames, frame: pl.LazyFrame) -> pl.LazyFrame:
    """With file and table in place of their number."""
    columns = frame.collect_schema().names()
    if "table_no" not in columns:
        return frame
    names = names_of(run.tables()).lazy()
    placed = frame.join(names, on="table_no", how="left", maintain_order="left")
    if "other_no" not in columns:
        return placed
    others = names.select(pl.col("table_no").alias("other_no"), pl.col("table").alias("other table"))
    return placed.join(others, on="other_no", how="left", maintain_order="left")
