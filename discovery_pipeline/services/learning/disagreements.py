"""On which columns of a run people disagree, as findings of its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discovery_pipeline.domain.handoffs import TableInfo
from discovery_pipeline.domain.mapping.disagreements import disagreement_findings
from discovery_pipeline.services.mapping.published import table_places
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.session import Database


def analysts_disagree(database: Database, tenant: str, infos: Sequence[TableInfo]) -> list[dict[str, Any]]:
    """Rows of FINDINGS. infos: the tables of the run. Raises UsageError (no such tenant)."""
    columns = {place: (info, no) for info in infos for no, place in enumerate(table_places(info))}
    return disagreement_findings(current_patterns(database, tenant, ["mapping"]), columns)
