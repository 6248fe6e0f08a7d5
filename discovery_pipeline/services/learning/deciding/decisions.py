"""Decisions of every kind, as a person makes them: about spellings, assets, rows, edges. Checks and stores nothing.

Those about columns are services/mapping/decisions.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.services.mapping.decisions import Decision


@dataclass(frozen=True, kw_only=True)
class Said:
    """What every decision has. line: of the file that it stands in, for messages. overrules: the number of somebody
    else's correction that this one is meant to replace."""

    reason: str = ""
    line: int | None = None
    overrules: int | None = None


@dataclass(frozen=True)
class ValueDecision(Said):
    """Cells of this field that are spelled like `raw` mean `value`; None = nothing. source: the only feed meant."""

    field: str
    raw: str
    value: str | None
    record: RecordKind = "asset"
    source: str | None = None


@dataclass(frozen=True)
class RowValueDecision(Said):
    """This row's field has this value; None = nothing. row: as lineage counts. source: where two have a file of this
    name. Later deliveries hold it where their row has the same identifiers and still says the same; where identifiers
    don't tell the row from others, where all its cells are the same. Copies of a named row share it. seen: its cells
    when it was decided about, in the order of the columns: a row that came into its place since is not meant. None =
    whatever stands there."""

    file: str
    table: str
    row: int
    field: str
    value: str | None
    source: str | None = None
    seen: tuple[str | None, ...] | None = None


@dataclass(frozen=True)
class AssetValueDecision(Said):
    """This asset's field has this value, items of a list joined with ";"; None = it has none.

    asset, here and below: an asset_id, or a name or identifier that only one asset has.
    """

    asset: str
    field: str
    value: str | None


@dataclass(frozen=True)
class MergeDecision(Said):
    """These two are one asset, or are two and stay so."""

    asset: str
    other: str
    holds: bool = True


@dataclass(frozen=True)
class SplitDecision(Said):
    """What this row describes is not this asset, or is it (holds). row: as lineage counts. source: where two have a
    file of this name."""

    asset: str
    file: str
    table: str
    row: int
    source: str | None = None
    holds: bool = False


@dataclass(frozen=True)
class TypeDecision(Said):
    """This asset is of this type (AssetType)."""

    asset: str
    value: str


@dataclass(frozen=True)
class EdgeDecision(Said):
    """`asset` depends on `other`, or does not. edge_kind: EdgeKind; None = of whatever kind."""

    asset: str
    other: str
    holds: bool
    edge_kind: str | None = None


@dataclass(frozen=True)
class StrategyDecision(Said):
    """What to do with this asset (Strategy)."""

    asset: str
    value: str


@dataclass(frozen=True)
class AdvisedMerge(Said):
    """What a model took for one asset is one, or two. one, other: as they were found before it was asked."""

    one: Anchor
    other: Anchor
    holds: bool


@dataclass(frozen=True)
class AdvisedSplit(Said):
    """A row that a model took out of an asset is no part of it, or is. rest: what stayed the asset."""

    rest: Anchor
    row: Anchor
    holds: bool


AdvisedDecision: TypeAlias = AdvisedMerge | AdvisedSplit
AssetDecision: TypeAlias = (
    AssetValueDecision | MergeDecision | SplitDecision | TypeDecision | EdgeDecision | StrategyDecision
)
AnyDecision: TypeAlias = Decision | ValueDecision | RowValueDecision | AdvisedDecision | AssetDecision

KIND_OF: Mapping[type, Kind] = {
    Decision: "mapping", ValueDecision: "value", RowValueDecision: "value", AssetValueDecision: "value",
    MergeDecision: "merge", SplitDecision: "split", TypeDecision: "type", EdgeDecision: "edge",
    StrategyDecision: "strategy", AdvisedMerge: "merge", AdvisedSplit: "split",
}  # fmt: skip
