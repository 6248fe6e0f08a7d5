"""What a tenant has learned, as the mapping of a run takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals


@dataclass(frozen=True)
class Learned:
    """kinds, proposals: of the run's tables, with what was learned in them. overrides: columns that were decided.

    corrections: the highest number considered. told: of how many columns corrections told something: same_column,
    same_layout, like_layout, same_header, similar_header. recall: how similar headers were looked for, in words.
    """

    kinds: Sequence[TableKind]
    proposals: Proposals
    overrides: tuple[ColumnMapping, ...] = ()
    corrections: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    recall: str = "nothing was corrected yet"


def nothing_learned(_: Sequence[TableInfo], kinds: Sequence[TableKind], proposals: Proposals) -> Learned:
    """The recall of nobody."""
    return Learned(kinds, proposals)


Recall = Callable[[Sequence[TableInfo], Sequence[TableKind], Proposals], Learned]
"""What a tenant has learned about tables, asked once their evidence is gathered."""
