"""Corrections: what people decided, numbered in the order in which it was decided, and only ever added to.

Recording one teaches the pattern store in the same transaction. Keep out: whether a decision is possible (services).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.store.bulk import NO_NUL
from discovery_pipeline.store.locks import lock_key
from discovery_pipeline.store.patterns import Lesson, learn
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import Correction

Action = Literal["accepted", "changed", "unmapped"]


@dataclass(frozen=True)
class NewCorrection:
    """A decision about one source column; see tables.Correction for the columns."""

    action: Action
    source: str
    file: str
    series: str
    table: str
    table_series: str
    position: int
    header: str
    header_key: str
    occurrence: int
    record: RecordKind
    product: str | None
    field: str | None
    unit: str | None
    transform: str | None
    was_field: str | None
    was_status: str | None
    was_confidence: float | None
    author: str
    reason: str
    kind: Literal["mapping"] = "mapping"

    @property
    def place(self) -> Place:
        return Place(self.source, self.series, self.table_series, self.header_key, self.occurrence)


@dataclass(frozen=True)
class RecordedCorrection:
    """A correction as it was recorded. number: 1, 2, ... of the tenant."""

    number: int
    made_at: datetime
    what: NewCorrection


def record(database: Database, tenant: str, decided: Sequence[NewCorrection]) -> tuple[RecordedCorrection, ...]:
    """Append corrections and learn from them, all or none; a second writer waits for its numbers.

    Raises UsageError for an unknown tenant.
    """
    with database.tenant_session(tenant) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("corrections", tenant)})
        first = _newest_number(session) + 1
        now = session.execute(select(func.now())).scalar_one()
        recorded = tuple(RecordedCorrection(first + i, now, _storable(what)) for i, what in enumerate(decided))
        if recorded:
            session.execute(insert(Correction), [_row(tenant, correction) for correction in recorded])
            learn(session, tenant, [_lesson(correction) for correction in recorded])
    return recorded


def corrections(database: Database, tenant: str, after: int = 0) -> tuple[RecordedCorrection, ...]:
    """The tenant's corrections with a number above `after`, oldest first."""
    with database.tenant_session(tenant) as session:
        rows = session.execute(select(Correction).where(Correction.number > after).order_by(Correction.number))
        return tuple(_recorded(row) for row in rows.scalars())


def newest_correction(database: Database, tenant: str) -> int:
    """The highest number given so far; 0 where nothing was corrected."""
    with database.tenant_session(tenant) as session:
        return _newest_number(session)


def _newest_number(session: Session) -> int:
    return session.execute(select(func.max(Correction.number))).scalar() or 0


_COLUMNS = tuple(NewCorrection.__dataclass_fields__)


def _storable(what: NewCorrection) -> NewCorrection:
    texts: dict[str, Any] = {name: value for name in _COLUMNS if isinstance(value := getattr(what, name), str)}
    return replace(what, **{name: text.replace(*NO_NUL) for name, text in texts.items()})


def _row(tenant: str, correction: RecordedCorrection) -> dict[str, object]:
    what = {name: getattr(correction.what, name) for name in _COLUMNS}
    return {"tenant_id": tenant, "number": correction.number, "made_at": correction.made_at, **what}


def _recorded(row: Correction) -> RecordedCorrection:
    return RecordedCorrection(row.number, row.made_at, NewCorrection(**{name: getattr(row, name) for name in _COLUMNS}))


def _lesson(correction: RecordedCorrection) -> Lesson:
    what = correction.what
    return Lesson(
        what.place, what.header, what.record, what.product, what.field, what.unit, what.transform, correction.number
    )
