"""What a tenant's corrections changed: columns before and after, and the inventory's cells. Reads what runs stored.

Keep out: recording corrections (corrections.py); how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.learning.corrections import Correction, standing
from discovery_pipeline.domain.mapping.places import Place, place_of
from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline.services.mapping.corrections import Decision
from discovery_pipeline.services.mapping.decisions import checked
from discovery_pipeline.services.mapping.published import PublishedMapping, published_mapping, table_places
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.corrections import corrections


@dataclass(frozen=True)
class CorrectedColumn:
    """A column that was corrected. was_*: when its newest correction was made; the rest: in the newest mapping."""

    file: str
    table: str
    position: int
    header: str
    was_field: str | None
    was_confidence: float | None
    was_status: str | None
    field: str | None
    confidence: float
    status: str
    method: str
    author: str
    reason: str


@dataclass(frozen=True)
class InventoryChange:
    """Changes of one kind since the inventory of other input. field: None where whole assets came or went.

    count: cells, or assets. asset, old, new: one of them; old and new are null where there is no value.
    """

    change: str
    field: str | None
    count: int
    asset: str
    old: str | None
    new: str | None


def not_yet_made(workspace: Workspace, tenant: str, decisions: Sequence[Decision], author: str) -> tuple[Decision, ...]:
    """The decisions about columns on which this author has said nothing yet, whoever overruled it since.

    Raises BadDecisions where one can't be taken.
    """
    published = published_mapping(workspace.frames.open(tenant))
    if published is None:
        return tuple(decisions)
    log = corrections(workspace.database, tenant)
    made = {place_of(c.what.target) for c in log if c.what.author == author and c.what.kind == "mapping"}
    return tuple(t.decision for t in checked(decisions, published) if t.place not in made)


def corrected_columns(workspace: Workspace, tenant: str) -> tuple[CorrectedColumn, ...]:
    """Every column of the newest mapping that was corrected, in the order of the files."""
    published = published_mapping(workspace.frames.open(tenant))
    if published is None:
        return ()
    holds = standing(corrections(workspace.database, tenant)).values()
    newest = {place_of(c.what.target): c for c in holds if c.what.kind == "mapping"}
    return tuple(
        _corrected(file, table, mapping, newest[place])
        for file, table, mapping, place in _columns(published)
        if place in newest
    )


def inventory_changes(workspace: Workspace, tenant: str) -> tuple[InventoryChange, ...]:
    """What changed since the last inventory made from other files or another mapping, the most frequent first."""
    run = run_frames(workspace.frames.open(tenant))
    changes = run.scan("inventory_changes", "inventory_changes").sort("field", "asset_id", nulls_last=False)
    grouped = changes.group_by("change", "field", maintain_order=True).agg(
        pl.len().alias("count"), pl.col("asset_id", "old", "new").first()
    )
    rows = grouped.sort("count", descending=True, maintain_order=True).collect().to_dicts()
    names = _names(run, [row["asset_id"] for row in rows])
    return tuple(
        InventoryChange(row["change"], row["field"], row["count"], names[row["asset_id"]], row["old"], row["new"])
        for row in rows
    )


def _columns(published: PublishedMapping) -> list[tuple[str, str, ColumnMapping, Place]]:
    return [
        (info.file, info.table, mapping, places[mapping.position])
        for number, info in published.tables.items()
        for places in (table_places(info),)
        for mapping in published.mappings[number]
    ]


def _corrected(file: str, table: str, mapping: ColumnMapping, correction: Correction) -> CorrectedColumn:
    was = correction.what
    return CorrectedColumn(
        file, table, mapping.position, mapping.header, was.was.get("field"), was.was.get("confidence"),
        was.was.get("status"),
        mapping.field, mapping.confidence, mapping.status, mapping.method, was.author, was.reason,
    )  # fmt: skip


def _names(run: RunFrames, asset_ids: Sequence[str]) -> dict[str, str]:
    found = run.scan("inventory", "inventory").filter(pl.col("asset_id").is_in(asset_ids)).collect()
    named = {row["asset_id"]: display_name(row) for row in found.iter_rows(named=True)}
    # What another mapping of the same files made has left the inventory.
    return {asset_id: named.get(asset_id, asset_id) for asset_id in asset_ids}
