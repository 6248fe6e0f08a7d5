"""Decisions whether rows are the asset that they were taken for, checked and put into the words of the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.inventory.decisions.anchor_of import Row, SplitAnchors
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline.services.learning.deciding.asset_names import Asset
from discovery_pipeline.services.learning.deciding.decisions import SplitDecision
from discovery_pipeline.services.learning.deciding.drafts import Draft, problem
from discovery_pipeline.services.learning.deciding.estate import Estate
from discovery_pipeline.services.learning.deciding.tables import no_table, tables_named
from discovery_pipeline.services.mapping.decisions import Problem


@dataclass(frozen=True)
class _Found:
    """A row of the asset that it is said not to be."""

    decision: SplitDecision
    asset: Asset
    row: Row


def draft_splits(decisions: Sequence[SplitDecision], estate: Estate) -> Iterator[Draft | Problem]:
    """What each decision comes to, in their order. Rows of one asset leave it together."""
    found = [_found(decision, estate) for decision in decisions]
    leaving: dict[str, set[Row]] = {}
    for item in found:
        if isinstance(item, _Found):
            leaving.setdefault(item.asset["asset_id"], set()).add(item.row)
    anchors = {asset_id: _anchors(asset_id, rows, estate) for asset_id, rows in leaving.items()}
    for item in found:
        if isinstance(item, Problem):
            yield item
        else:
            asset_id = item.asset["asset_id"]
            yield _draft(item, anchors[asset_id], sorted(leaving[asset_id]).index(item.row))


def _found(decision: SplitDecision, estate: Estate) -> _Found | Problem:
    asset = estate.named.find(decision, decision.asset)
    if isinstance(asset, Problem):
        return asset
    tables = tables_named(decision, estate.tables)
    if len(tables) != 1:
        return no_table(decision, tables)
    row = (tables[0].table_no, decision.row)
    if row not in estate.owners:
        what = f"row {decision.row} of {decision.table} became part of nothing"
        return problem(decision, "unknown_row", what, "discovery export: lineage lists the rows, from 0")
    owner = estate.owners[row]
    if owner != asset["asset_id"]:
        what = f"row {decision.row} of {decision.table} is no part of {asset['asset_id']}"
        return problem(decision, "other_asset", what, f"it is one of {owner}" if owner else "it describes no asset")
    return _Found(decision, asset, row)


def _anchors(asset_id: str, rows: set[Row], estate: Estate) -> SplitAnchors | UsageError:
    try:
        return estate.anchoring.of_rows(asset_id, rows)
    except UsageError as error:
        return error


def _draft(found: _Found, anchors: SplitAnchors | UsageError, number: int) -> Draft | Problem:
    """number: of the row among those that leave the asset, by table and row."""
    decision = found.decision
    if isinstance(anchors, UsageError):
        return problem(decision, "no_anchor", anchors.message, anchors.advice)
    asset_id, row = found.asset["asset_id"], anchors.rows[number]
    target = {"one": asset_id, "other": asset_id, "source": row.source, "texts": list(row.texts)}
    said = {"holds": decision.holds, "anchors": [anchor_document(anchor) for anchor in (anchors.rest, row)]}
    place = {"file": decision.file, "table": decision.table, "row": decision.row}
    return Draft(decision, target, said, {"holds": True}, {"asset": display_name(dict(found.asset)), **place})


def anchor_document(anchor: Anchor) -> dict[str, object]:
    """An anchor as JSON."""
    return {**asdict(anchor), "texts": list(anchor.texts)}
