"""Rules that corrections taught, in the form in which the phases after mapping take them. Applies nothing.

A rule stands until it is undone; of two about the same thing the newer one is the rule. A model's advice comes in the
same form, and before every correction. Each phase applies its own and
names the corrections in what it says of the result.
"""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.domain.opinions.advice import Advice
from discovery_pipeline.domain.schema import RecordKind


@dataclass(frozen=True)
class Told:
    """Who taught a rule. corrections: their numbers, oldest first. confidence: that it stands, in (0, 1)."""

    corrections: tuple[int, ...]
    author: str
    confidence: float

    @property
    def newest(self) -> int:
        return self.corrections[-1]

    def __str__(self) -> str:
        plural = "s" if len(self.corrections) > 1 else ""
        return f"correction{plural} {', '.join(map(str, self.corrections))} by {self.author}"


@dataclass(frozen=True)
class ValueRule:
    """Cells of this field that are spelled like `raw` mean `value`, or nothing (value None).

    value: as the schema's type is written: "production", "16384", "2024-05-01". source: the only feed it holds for,
    None = every one of the tenant's. cells: of the only rows meant, how their cells of these fields are spelt; () =
    every row. Then the cell is the field's of such a row, whatever `raw` is.
    """

    record: RecordKind
    field: str
    raw: str
    value: str | None
    source: str | None
    told: Told | Advice
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AssetValueRule:
    """This asset's field has this value, whatever the sources say; None = it has none."""

    asset_id: str
    field: str
    value: str | None
    told: Told | Advice


@dataclass(frozen=True)
class Anchor:
    """Something that rows describe, recognisable in later deliveries: the texts "kind:value" that identified it when it
    was decided about, as the registry of identities writes them, strongest first. source: of the row, where one row is
    meant and not an asset."""

    asset_id: str
    texts: tuple[str, ...]
    source: str | None = None


@dataclass(frozen=True)
class SameRule:
    """These two are one asset (holds), or are not (not holds)."""

    one: Anchor
    other: Anchor
    holds: bool
    told: Told | Advice


@dataclass(frozen=True)
class TypeRule:
    """This asset is of this type (classified_type)."""

    asset_id: str
    classified_type: str
    told: Told | Advice


@dataclass(frozen=True)
class EdgeRule:
    """`from_asset` depends on `to_asset` (holds), or does not. kind: of the edge; None = of whatever kind."""

    from_asset: str
    to_asset: str
    kind: str | None
    holds: bool
    told: Told | Advice


@dataclass(frozen=True)
class StrategyRule:
    """What to do with this asset."""

    asset_id: str
    strategy: str
    told: Told


@dataclass(frozen=True)
class Rules:
    """The rules of a tenant that stand, each tuple by the number of the newest correction."""

    values: tuple[ValueRule, ...] = ()
    asset_values: tuple[AssetValueRule, ...] = ()
    same: tuple[SameRule, ...] = ()
    types: tuple[TypeRule, ...] = ()
    edges: tuple[EdgeRule, ...] = ()
    strategies: tuple[StrategyRule, ...] = ()
