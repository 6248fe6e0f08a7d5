"""What decisions about assets are checked against: the newest inventory and what follows from it, as far as named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import TableInfo
from discovery_pipeline.services.learning.deciding.anchoring import Anchoring
from discovery_pipeline.services.learning.deciding.asset_names import NamedAssets, named_assets
from discovery_pipeline.services.learning.deciding.decisions import (
    AssetDecision,
    EdgeDecision,
    MergeDecision,
    SplitDecision,
)
from discovery_pipeline.services.learning.deciding.tables import tables_named
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline.services.workspace import Workspace

# An edge from this confidence on is believed (contract).
BELIEVED = 0.5


@dataclass(frozen=True)
class Edge:
    """A published edge. confidence: in [0, 1]."""

    kind: str
    confidence: float


@dataclass(frozen=True)
class Estate:
    """tables: that were read. owners: asset_id by table_no and row, of the rows named. strategies: by asset_id, null
    without an analysis. edges: by from_asset and to_asset."""

    named: NamedAssets
    tables: Sequence[TableInfo]
    owners: Mapping[tuple[int, int], str | None]
    strategies: Mapping[str, str]
    edges: Mapping[tuple[str, str], Sequence[Edge]]
    anchoring: Anchoring


def estate_of(workspace: Workspace, tenant: str, decisions: Sequence[AssetDecision]) -> Estate:
    """What these decisions name. Raises UsageError before a run has made an inventory."""
    run = run_frames(workspace.frames.open(tenant))
    if not run.has("inventory"):
        raise UsageError("no run has made an inventory yet", where=tenant, advice=f"discovery run {tenant}")
    named = named_assets(run, set(_words(decisions)))
    ids = [asset["asset_id"] for asset in named.assets.values()]
    tables = run.tables()
    return Estate(
        named, tables, _owners(run, tables, decisions), _strategies(run, ids), _edges(run, ids),
        Anchoring(workspace.database, run, ids),
    )  # fmt: skip


def _words(decisions: Iterable[AssetDecision]) -> Iterable[str]:
    for decision in decisions:
        yield decision.asset
        if isinstance(decision, MergeDecision | EdgeDecision):
            yield decision.other


def _owners(
    run: RunFrames, tables: Sequence[TableInfo], decisions: Iterable[AssetDecision]
) -> dict[tuple[int, int], str | None]:
    rows = {
        (table.table_no, decision.row)
        for decision in decisions
        if isinstance(decision, SplitDecision)
        for table in tables_named(decision, tables)
    }
    if not rows:
        return {}
    schema = {"table_no": pl.UInt32(), "row": pl.Int64()}
    wanted = pl.LazyFrame(sorted(rows), schema=schema, orient="row")
    found = run.scan("inventory", "lineage").join(wanted, on=list(schema), how="semi").collect()
    return {(no, row): asset_id for no, row, asset_id in found.select("table_no", "row", "asset_id").iter_rows()}


def _strategies(run: RunFrames, ids: Sequence[str]) -> dict[str, str]:
    if not run.has("analysis"):
        return {}
    analysis = run.scan("analysis", "analysis").filter(pl.col("asset_id").is_in(ids))
    return dict(analysis.select("asset_id", "strategy").collect().iter_rows())


def _edges(run: RunFrames, ids: Sequence[str]) -> dict[tuple[str, str], list[Edge]]:
    if not run.has("dependencies"):
        return {}
    both = pl.col("from_asset").is_in(ids) & pl.col("to_asset").is_in(ids)
    columns = ("from_asset", "to_asset", "kind", "confidence")
    found: dict[tuple[str, str], list[Edge]] = {}
    for one, other, kind, confidence in (
        run.scan("dependencies", "dependencies").filter(both).select(columns).collect().iter_rows()
    ):
        found.setdefault((one, other), []).append(Edge(kind, confidence))
    return found
