"""What stays of corrections that were forgotten: who deleted how many of which kind, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select

from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.store.correction_rows import FORGOTTEN
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import CorrectionRow


@dataclass(frozen=True)
class Forgotten:
    """count: of corrections that were deleted together."""

    number: int
    made_at: datetime
    kind: Kind
    count: int
    author: str
    reason: str


def forgotten(database: Database, tenant: str) -> tuple[Forgotten, ...]:
    """Every forgetting, oldest first."""
    query = select(CorrectionRow).where(CorrectionRow.action == FORGOTTEN).order_by(CorrectionRow.number)
    with database.tenant_session(tenant) as session:
        return tuple(
            Forgotten(row.number, row.made_at, cast("Kind", row.kind), row.said["count"], row.author, row.reason)
            for row in session.execute(query).scalars()
        )
