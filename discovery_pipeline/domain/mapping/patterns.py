"""What corrections taught, and what it says about the columns of a run. Never learns; knows one tenant only."""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.domain.handoffs import Transform
from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.schema import RecordKind


@dataclass(frozen=True)
class Pattern:
    """The newest lesson about a place: its column carries this field, or none (field None).

    supported / contradicted: how many corrections said so / said otherwise there. corrections: the numbers of those
    that said so. record, product: of the table it was learned from.
    """

    pattern_id: str
    place: Place
    header: str
    record: RecordKind
    product: str | None
    field: str | None
    unit: str | None
    transform: Transform | None
    supported: int
    contradicted: int
    corrections: tuple[int, ...]
