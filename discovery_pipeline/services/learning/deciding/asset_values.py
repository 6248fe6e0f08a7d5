"""Decisions about one field of one asset, checked and put into the words of the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from discovery_pipeline.domain.inventory.decisions.corrected import typed_value
from discovery_pipeline.services.inventory.asset_search import display_name
from discovery_pipeline.services.learning.deciding.asset_names import NamedAssets
from discovery_pipeline.services.learning.deciding.decisions import AssetValueDecision
from discovery_pipeline.services.learning.deciding.drafts import Draft, problem
from discovery_pipeline.services.learning.deciding.values import ITEMS, Readings, readings, value_of
from discovery_pipeline.services.mapping.decisions import Problem


def draft_asset_values(decisions: Sequence[AssetValueDecision], named: NamedAssets) -> Iterator[Draft | Problem]:
    """What each decision comes to, in their order."""
    known = readings(decisions)
    return (_draft(decision, named, known) for decision in decisions)


def _draft(decision: AssetValueDecision, named: NamedAssets, known: Readings) -> Draft | Problem:
    asset = named.find(decision, decision.asset)
    if isinstance(asset, Problem):
        return asset
    read = value_of(decision, known)
    if isinstance(read, Problem):
        return read
    try:
        typed_value(decision.field, read.value)
    except ValueError as error:
        return problem(decision, "unreadable_value", str(error), "write it as the schema does")
    target = {"asset_id": asset["asset_id"], "field": decision.field}
    was = {"value": written(asset[decision.field])}
    return Draft(decision, target, {"value": read.value}, was, {"asset": display_name(dict(asset))})


def written(value: Any) -> str | None:
    """A typed value as it is written in a decision."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, list):
        return ITEMS.join(filter(None, map(written, value)))
    return f"{value:.10g}" if isinstance(value, float) else str(value)
