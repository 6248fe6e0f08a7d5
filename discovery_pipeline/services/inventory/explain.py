"""Explains an asset: where each value came from, cell by cell and step by step, what competes with it, what it led to.

Keep out: how it is shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from discovery_pipeline.domain.schema import fields
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.inventory.asset_search import known_field
from discovery_pipeline.services.inventory.cells import Cell
from discovery_pipeline.services.inventory.opened import Claim, FieldExplanation, OpenedAsset, open_asset

__all__ = ["ASSESSED", "Cell", "Claim", "Explanation", "FieldExplanation", "explain"]

# What follows from an asset's values: told in `type` and `assessment`.
ASSESSED = ("classified_type", "strategy", "wave", "sizing")


@dataclass(frozen=True)
class Explanation:
    """An asset explained. lineage: its input rows. type, assessment: as the phases wrote them; dependencies: counts
    and the surest neighbours. note: what the reader has to know about all of it. told: the corrections that merged it
    with another or split it."""

    tenant: str
    asset_id: str
    name: str
    type: dict[str, Any]
    fields: tuple[FieldExplanation, ...]
    lineage: tuple[dict[str, Any], ...]
    dependencies: dict[str, Any]
    assessment: dict[str, Any] | None
    note: str = ""
    told: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The explanation as a JSON document; times as ISO text."""
        document: dict[str, Any] = _plain(asdict(self))
        return document


def explain(frames: TenantFrames, asset: str, field: str | None = None) -> Explanation:
    """Explain one field of an asset, or all that have a value, competing values first.

    asset: asset_id, or a name that one asset alone has. field: a canonical field, or one of ASSESSED, which
    no row states (then no field is explained). Raises UsageError when the asset or field is not known or the name is
    ambiguous, PermanentError when there is no inventory yet.
    """
    wanted = _wanted(field)
    opened = open_asset(frames, asset)
    return Explanation(
        tenant=opened.run.tenant,
        asset_id=opened.asset_id,
        name=opened.name,
        type=opened.type,
        fields=_all(opened) if field is None else tuple(opened.field(name) for name in wanted),
        lineage=tuple(opened.lineage()),
        dependencies=opened.dependencies(),
        assessment=opened.assessment(),
        note=opened.note,
        told=opened.told,
    )


def _all(opened: OpenedAsset) -> tuple[FieldExplanation, ...]:
    return tuple(opened.field(each.field) for each in opened.fields)


def _wanted(field: str | None) -> list[str]:
    if field is None:
        return list(fields("asset"))
    return [] if field in ASSESSED else [known_field(field)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
