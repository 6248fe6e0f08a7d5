"""Decisions about assets, checked against the estate and put into the words of the log. Stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import AssetType, EdgeKind, Strategy
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline.services.learning.deciding.asset_names import Asset
from discovery_pipeline.services.learning.deciding.asset_values import draft_asset_values
from discovery_pipeline.services.learning.deciding.decisions import (
    AssetDecision,
    AssetValueDecision,
    EdgeDecision,
    MergeDecision,
    SplitDecision,
    StrategyDecision,
    TypeDecision,
)
from discovery_pipeline.services.learning.deciding.drafts import Draft, problem
from discovery_pipeline.services.learning.deciding.estate import BELIEVED, Estate
from discovery_pipeline.services.learning.deciding.splits import anchor_document, draft_splits
from discovery_pipeline.services.mapping.decisions import Problem


def draft_assets(decisions: Sequence[AssetDecision], estate: Estate) -> list[Draft | Problem]:
    """What each decision comes to, in their order; splits that nothing tells apart come to the same."""
    splits = draft_splits([d for d in decisions if isinstance(d, SplitDecision)], estate)
    values = draft_asset_values([d for d in decisions if isinstance(d, AssetValueDecision)], estate.named)
    found: list[Draft | Problem] = []
    for decision in decisions:
        if isinstance(decision, SplitDecision):
            found.append(next(splits))
        elif isinstance(decision, AssetValueDecision):
            found.append(next(values))
        else:
            found.append(_draft(decision, estate))
    return found


def _draft(decision: MergeDecision | TypeDecision | EdgeDecision | StrategyDecision, estate: Estate) -> Draft | Problem:
    asset = estate.named.find(decision, decision.asset)
    if isinstance(asset, Problem):
        return asset
    if isinstance(decision, TypeDecision):
        return _type(decision, asset)
    if isinstance(decision, StrategyDecision):
        return _strategy(decision, asset, estate)
    other = estate.named.find(decision, decision.other)
    if isinstance(other, Problem):
        return other
    if asset["asset_id"] == other["asset_id"]:
        what = f"{decision.asset!r} and {decision.other!r} are one asset, {asset['asset_id']}"
        return problem(decision, "same_asset", what, "name two")
    if isinstance(decision, MergeDecision):
        return _merge(decision, asset, other, estate)
    return _edge(decision, asset, other, estate)


def _type(decision: TypeDecision, asset: Asset) -> Draft | Problem:
    if decision.value not in get_args(AssetType):
        return _not_among(decision, decision.value, "type of assets", get_args(AssetType))
    said, was = {"type": decision.value}, {"type": asset["classified_type"]}
    return Draft(decision, {"asset_id": asset["asset_id"]}, said, was, {"asset": display_name(dict(asset))})


def _strategy(decision: StrategyDecision, asset: Asset, estate: Estate) -> Draft | Problem:
    if decision.value not in get_args(Strategy):
        return _not_among(decision, decision.value, "strategy", get_args(Strategy))
    asset_id = asset["asset_id"]
    said, was = {"strategy": decision.value}, {"strategy": estate.strategies.get(asset_id)}
    return Draft(decision, {"asset_id": asset_id}, said, was, {"asset": display_name(dict(asset))})


def _merge(decision: MergeDecision, asset: Asset, other: Asset, estate: Estate) -> Draft | Problem:
    """Which of the two is named first means nothing."""
    asset, other = sorted((asset, other), key=lambda row: str(row["asset_id"]))
    one, two = asset["asset_id"], other["asset_id"]
    try:
        anchors = [estate.anchoring.of_asset(one), estate.anchoring.of_asset(two)]
    except UsageError as error:
        return problem(decision, "no_anchor", error.message, error.advice)
    if not decision.holds:
        anchors = [without(anchors[0], anchors[1]), without(anchors[1], anchors[0])]
        if not all(anchor.texts for anchor in anchors):
            what = f"nothing tells {decision.asset!r} from {decision.other!r}"
            return problem(decision, "no_anchor", what, "they bear the same identifiers; withdraw or correct a source")
    said = {"holds": decision.holds, "anchors": [anchor_document(anchor) for anchor in anchors]}
    return Draft(decision, {"one": one, "other": two}, said, {"holds": False}, _names(asset, other))


def without(anchor: Anchor, other: Anchor) -> Anchor:
    """By texts of its own alone: once the two are taken for one, what both bear is on the records of either."""
    return replace(anchor, texts=tuple(text for text in anchor.texts if text not in other.texts))


def _edge(decision: EdgeDecision, asset: Asset, other: Asset, estate: Estate) -> Draft | Problem:
    kind = decision.edge_kind
    if kind is not None and kind not in get_args(EdgeKind):
        return _not_among(decision, kind, "kind of edges", get_args(EdgeKind))
    ends = asset["asset_id"], other["asset_id"]
    known = [edge for edge in estate.edges.get(ends, ()) if kind in (None, edge.kind)]
    was = {"holds": any(edge.confidence >= BELIEVED for edge in known), "kinds": sorted(edge.kind for edge in known)}
    target = {"from_asset": ends[0], "to_asset": ends[1], "kind": kind}
    return Draft(decision, target, {"holds": decision.holds}, was, _names(asset, other))


def _names(asset: Asset, other: Asset) -> dict[str, str]:
    return {"asset": display_name(dict(asset)), "other": display_name(dict(other))}


def _not_among(decision: AssetDecision, said: str, what: str, known: Sequence[str]) -> Problem:
    return problem(decision, f"unknown_{what.split()[0]}", f"{said!r} is no {what}", f"one of: {', '.join(known)}")
