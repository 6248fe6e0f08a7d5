"""One tenant's stores as agents' tools see them: read only, under its row-level security, bounded in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from discovery_pipeline.agents.tools import (
    MOST_ROWS,
    DecidedArguments,
    DecidedRow,
    Neighbours,
    NeighboursArguments,
    ProfileArguments,
)
from discovery_pipeline.domain.insights.contents import Word
from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.store.decided import Decided, decided
from discovery_pipeline.store.session import Database

_OURS = TypeAdapter(Word)
_OTHER, _NONE = "other text", "none"
# An edge from here on is believed.
_BELIEVED = 0.5


@dataclass(frozen=True)
class TenantKnowledge:
    """What the tenant's people decided, and what its last run published."""

    database: Database
    frames: TenantFrames

    def decided(self, asked: DecidedArguments) -> Sequence[DecidedRow]:
        """The most often decided first; what is no choice of the schema is counted as other text. Raises Unreachable,
        UsageError for an unknown tenant."""
        rows = decided(
            self.database, self.frames.tenant, asked.kind, header=asked.header, field=asked.field, most=10 * MOST_ROWS
        )
        return _counted(asked.kind, rows)[:MOST_ROWS]

    def profile(self, asked: ProfileArguments) -> Sequence[Mapping[str, Any]]:
        """The columns of the table, as the last run profiled them."""
        if not self.frames.has("mapping_proposals"):
            return []
        profiles = self.frames.scan("mapping_proposals", "profiles").filter(table_no=asked.table_no)
        return profiles.sort("position").collect().to_dicts()

    def neighbours(self, asked: NeighboursArguments) -> Sequence[Neighbours]:
        """Believed edges of the asset, counted by direction, kind and the other's type; the most first."""
        if not (self.frames.has("dependencies") and self.frames.has("inventory")):
            return []
        edges = self.frames.scan("dependencies", "dependencies").filter(pl.col("confidence") >= _BELIEVED)
        types = self.frames.scan("inventory", "inventory").select(other="asset_id", asset_type="classified_type")
        sides = [("uses", "from_asset", "to_asset"), ("used_by", "to_asset", "from_asset")]
        found = [
            edges.filter(pl.col(own) == asked.asset_id).select("kind", other=other, direction=pl.lit(direction))
            for direction, own, other in sides
        ]
        counted = (
            pl.concat(found).join(types, on="other").group_by("direction", "kind", "asset_type").agg(count=pl.len())
        )
        ordered = counted.sort("count", "direction", "kind", "asset_type", descending=[True, False, False, False])
        return [Neighbours.model_validate(row) for row in ordered.head(MOST_ROWS).collect().to_dicts()]


def _counted(kind: str, rows: Sequence[Decided]) -> list[DecidedRow]:
    """By field and choice, people's own words together."""
    times: dict[tuple[str | None, str], tuple[int, int]] = {}
    for row in rows:
        key = (row.field, _choice(kind, row))
        so_far, people = times.get(key, (0, 0))
        times[key] = (so_far + row.times, max(people, row.people))
    ordered = sorted(times.items(), key=lambda item: (-item[1][0], item[0][0] or "", item[0][1]))
    return [DecidedRow(field=field, choice=choice, times=n, by=by) for (field, choice), (n, by) in ordered]


def _choice(kind: str, row: Decided) -> str:
    """The field, choice or type; of a value that is free text, that it is."""
    if not row.choice:
        return _NONE
    if kind == "value" and not any(row.choice in _choices(record, row.field) for record in RECORD_KINDS):
        return _OTHER
    try:
        return _OURS.validate_python(row.choice)
    except ValidationError:
        return _OTHER


def _choices(record: Any, field: str | None) -> Sequence[str]:
    known = fields(record).get(field or "")
    return known.choices if known else ()
