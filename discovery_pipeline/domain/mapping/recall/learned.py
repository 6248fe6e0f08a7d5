"""What a tenant has learned, as the mapping of a run takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.evidence import evidence_frame


@dataclass(frozen=True)
class Learned:
    """overrides: columns that were decided. evidence: EVIDENCE for others. corrections: the highest number considered.

    told: of how many columns corrections told something: same_column, same_layout, like_layout, same_header,
    similar_header. recall: how similar headers were looked for, in words.
    """

    overrides: tuple[ColumnMapping, ...] = ()
    evidence: pl.DataFrame = field(default_factory=lambda: evidence_frame(()))
    corrections: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    recall: str = "nothing was corrected yet"


Recall = Callable[[Sequence[TableInfo], Sequence[TableKind], Proposals], Learned]
"""What a tenant has learned about tables, asked once their evidence is gathered."""
