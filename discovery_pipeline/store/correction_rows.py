"""Corrections as rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.store.bulk import NO_NUL
from discovery_pipeline.store.tables import CorrectionRow

FORGOTTEN = "forgotten"
_COLUMNS = tuple(f.name for f in fields(NewCorrection))


def read(session: Session, condition: ColumnElement[bool]) -> tuple[Correction, ...]:
    """The corrections that meet a condition, oldest first, undoings included."""
    query = select(CorrectionRow).where(condition, CorrectionRow.action != FORGOTTEN).order_by(CorrectionRow.number)
    return tuple(_correction(row) for row in session.execute(query).scalars())


def as_row(tenant: str, correction: Correction) -> dict[str, object]:
    """The row of a correction."""
    what = {name: getattr(correction.what, name) for name in _COLUMNS}
    key = correction.what.target_key
    return {"tenant_id": tenant, "number": correction.number, "made_at": correction.made_at, "target_key": key, **what}


def storable(what: NewCorrection) -> NewCorrection:
    """Without the one character that PostgreSQL's text can't hold."""
    return NewCorrection(**{name: _without_nul(getattr(what, name)) for name in _COLUMNS})


def _correction(row: CorrectionRow) -> Correction:
    return Correction(row.number, row.made_at, NewCorrection(**{name: getattr(row, name) for name in _COLUMNS}))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(*NO_NUL)
    if isinstance(value, Mapping):
        return {name: _without_nul(inner) for name, inner in value.items()}
    return [_without_nul(inner) for inner in value] if isinstance(value, list | tuple) else value
