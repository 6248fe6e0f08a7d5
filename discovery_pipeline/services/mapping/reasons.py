"""What speaks for each field that a column could carry: of one column, read when somebody looks at it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.resolve import reasons
from discovery_pipeline.services.mapping.known_tables import gathered_of
from discovery_pipeline.services.mapping.published import published_mapping
from discovery_pipeline.services.workspace import Workspace


def reasons_of(workspace: Workspace, tenant: str, table_no: int, position: int) -> Mapping[str, tuple[str, ...]]:
    """Per field of which anything is known what speaks for and against it, the weightiest first; "" = no field.

    As ColumnMapping.why has it of the field that was chosen, without what was learned from people. Empty before a run
    has mapped anything, and for a column that is not there. Raises UsageError (no such tenant).
    """
    published = published_mapping(workspace.frames.open(tenant))
    if published is None or table_no not in published.tables:
        return {}
    proposals = gathered_of(published.run, {table_no})
    scores = combine(proposals.profiles, proposals.evidence).filter(pl.col("position") == position)
    evidence = proposals.evidence.filter(pl.col("position") == position).to_dicts()
    return {row["field"]: reasons(row, evidence) for row in scores.iter_rows(named=True)}
