"""Evidence from relationship exports: who is meant by parent and child, and what their words say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.dependencies.edges.evidence import EVIDENCE, evidence_frame, lead_cap
from discovery_pipeline.domain.dependencies.ends.directory import Directory, Want, resolve_names
from discovery_pipeline.domain.dependencies.ends.loose import loose_frame
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.dependencies.stated.wording import wording_table
from discovery_pipeline.domain.handoffs import CleanTable, empty

_COLUMNS = ("parent", "child", "relationship_type")
STATEMENTS = {
    "parent": pl.String(), "child": pl.String(), "relationship_type": pl.String(), "table": pl.String(),
    "records": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True)
class StatedOutcome:
    """evidence: EVIDENCE. unresolved: the names of ends no asset answers to, with `records`. unknown_words likewise.
    loose: LOOSE, of the rows of which one end is known.
    """

    evidence: pl.DataFrame
    unresolved: pl.DataFrame
    loose: pl.DataFrame
    unknown_words: pl.DataFrame
    rows: int


def statements(tables: Sequence[CleanTable]) -> pl.DataFrame:
    """STATEMENTS: the distinct relationship rows of all relationship tables, with how often each was made."""
    parts = []
    for table in tables:
        if table.kind.record != "relationship":
            continue
        present = table.frame.collect_schema().names()
        columns = [pl.col(c) if c in present else pl.lit(None, pl.String).alias(c) for c in _COLUMNS]
        counted = table.frame.select(columns).group_by(_COLUMNS).agg(records=pl.len().cast(pl.Int64))
        parts.append(counted.with_columns(table=pl.lit(table.info.table)).select(*STATEMENTS))
    if not parts:
        return empty(STATEMENTS)
    merged = pl.concat(parts).group_by("parent", "child", "relationship_type", "table").agg(pl.col("records").sum())
    return merged.collect().sort("parent", "child", "relationship_type", "table", nulls_last=True).select(*STATEMENTS)


def _attach(rows: pl.DataFrame, directory: Directory, side: str, want: Want) -> pl.DataFrame:
    """Columns {side}_asset and {side}_candidates; a row per candidate."""
    matches = resolve_names(directory, rows[side], want).rename(
        {"value": side, "asset_id": f"{side}_asset", "candidates": f"{side}_candidates"}
    )
    return rows.join(matches, on=side, how="left", maintain_order="left")


def _oriented(words: pl.DataFrame) -> pl.DataFrame:
    """Statements with columns dependent and provider (the names as written)."""
    parent_depends = pl.col("parent_depends")
    return words.with_columns(
        dependent=pl.when(parent_depends).then("parent").otherwise("child"),
        provider=pl.when(parent_depends).then("child").otherwise("parent"),
    )


def _resolved(oriented: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """Both ends resolved; what something runs on is looked for among the machines first."""
    runs_on = pl.col("relation") == "runs_on"
    parts = []
    for rows, want in ((oriented.filter(runs_on), "machine"), (oriented.filter(~runs_on), "any")):
        wanted: Want = "machine" if want == "machine" else "any"
        parts.append(_attach(_attach(rows, directory, "dependent", "any"), directory, "provider", wanted))
    return pl.concat(parts)


def _unresolved(resolved: pl.DataFrame) -> pl.DataFrame:
    ends = [
        resolved.filter(pl.col(f"{side}_asset").is_null(), pl.col(side).is_not_null()).select(
            name=side, records="records"
        )
        for side in ("dependent", "provider")
    ]
    return (
        pl.concat(ends).group_by("name").agg(pl.col("records").sum()).sort("records", "name", descending=[True, False])
    )


def _loose(resolved: pl.DataFrame) -> pl.DataFrame:
    """LOOSE of the rows of which one end is one asset and the other a name that no asset answers to."""
    parts = []
    for known, other in (("dependent", "provider"), ("provider", "dependent")):
        sure = (pl.col(f"{known}_candidates") == 1) & pl.col(f"{other}_asset").is_null() & pl.col(other).is_not_null()
        rows = resolved.filter(sure).select(
            "relation", "records", name=other, asset_id=f"{known}_asset", label=pl.lit("stated:") + pl.col("table")
        )
        parts.append(loose_frame(rows, provider=other == "provider"))
    return pl.concat(parts)


def stated_evidence(tables: Sequence[CleanTable], directory: Directory, params: DependencyParams) -> StatedOutcome:
    """Evidence of every relationship row whose two ends are assets of the inventory."""
    rows = statements(tables)
    words = rows.join(wording_table(rows["relationship_type"]), on="relationship_type", nulls_equal=True)
    unknown = words.filter(pl.col("relation") == "unknown").group_by("relationship_type").agg(pl.col("records").sum())
    resolved = _resolved(_oriented(words.filter(pl.col("relation") != "none")), directory)
    both = resolved.drop_nulls(["dependent_asset", "provider_asset"]).filter(
        pl.col("dependent_asset") != pl.col("provider_asset")
    )
    readings = pl.col("dependent_candidates") * pl.col("provider_candidates")
    ends = both.filter(readings <= params.max_candidates**2).with_columns(
        from_asset="dependent_asset", to_asset="provider_asset", cap=lead_cap(readings, params)
    )
    unclear = pl.col("relation").is_in(["related", "unknown"])
    graded = ends.with_columns(
        label=pl.lit("stated:") + pl.col("table"),
        grade=pl.when(unclear).then(pl.lit("stated_unclear")).otherwise(pl.lit("stated")),
    )
    return StatedOutcome(
        evidence_frame(graded).select(*EVIDENCE),
        _unresolved(resolved),
        _loose(resolved),
        unknown.sort("records", "relationship_type", descending=[True, False], nulls_last=True),
        int(rows["records"].sum()),
    )
