"""What a tenant has learned, as the mapping of a run takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals

_COLUMN = ["table_no", "position"]
# A hint of fewer log-odds stands beside what others say.
_DISPLACES = 1.0
# Sources that speak of the labelled columns of others.
_OF_OTHERS = ("examples", "meaning")


@dataclass(frozen=True)
class Learned:
    """kinds, proposals: of the run's tables, with what was learned in them. overrides: columns that were decided.

    corrections: the highest number considered. told: of how many columns corrections told something: same_column,
    same_layout, like_layout, same_header, similar_header; where other tenants share, shared_header. recall: how similar
    headers were looked for, in words.
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


def own_before_others(evidence: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Where a tenant's own corrections of a header name a field, labelled columns of others speak for no other one.

    evidence: EVIDENCE of all columns. own: EVIDENCE of the corrections of the same header or layout.
    """
    told = own.filter(pl.col("weight") >= _DISPLACES).select(*_COLUMN, "field").unique()
    of_others = pl.col("source").is_in(_OF_OTHERS)
    kept = evidence.filter(of_others).join(told.select(_COLUMN).unique(), on=_COLUMN, how="anti")
    agreeing = evidence.filter(of_others).join(told, on=[*_COLUMN, "field"], how="semi")
    return pl.concat([evidence.filter(~of_others), kept, agreeing])


def without_others(evidence: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Where only other tenants' lessons speak, labelled columns of others neither contradict nor confirm them: both are
    hearsay, and together they would be accepted without anybody's look.

    evidence: EVIDENCE of all columns. told: EVIDENCE of what tenants share.
    """
    of_others = pl.col("source").is_in(_OF_OTHERS)
    packaged = evidence.filter(of_others).join(told.select(_COLUMN).unique(), on=_COLUMN, how="anti")
    return pl.concat([evidence.filter(~of_others), packaged])
