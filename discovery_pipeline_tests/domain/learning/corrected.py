"""Corrections for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection

START = datetime(2025, 3, 1, tzinfo=UTC)
PLACE = {"source": "cmdb", "series": "cmdb.csv", "table": "cmdb", "header_key": "managed by", "occurrence": 0}
SEEN = {
    "file": "cmdb_2025.csv", "table": "cmdb_2025", "position": 3, "header": "Managed by", "record": "asset",
    "product": None,
}  # fmt: skip
WAS = {"field": "business_owner", "status": "review", "confidence": 0.68, "method": "lexicon"}
OWNER = NewCorrection(
    "mapping", "changed", PLACE, {"field": "technical_owner", "unit": None, "transform": None}, WAS, SEEN, "ann",
    "they run it",
)  # fmt: skip
VALUE = NewCorrection(
    "value", "set", {"record": "asset", "field": "environment", "raw": "PRD", "source": None}, {"value": "production"},
    {}, {}, "ann", "",
)  # fmt: skip


def mapped(field: str | None, author: str = "ann", was: str | None = None, **said: Any) -> NewCorrection:
    """The decision that the column carries this field. was: what a run had chosen; None = nothing."""
    return replace(OWNER, said={**OWNER.said, "field": field, **said}, was={**WAS, "field": was}, author=author)


def elsewhere(what: NewCorrection, header: str | None = None, **place: Any) -> NewCorrection:
    """The same decision about another column. header: also its key, in small letters."""
    if header is None:
        return replace(what, target={**what.target, **place})
    place["header_key"] = header.lower()
    return replace(what, target={**what.target, **place}, context={**what.context, "header": header})


def undoing(number: int, of: NewCorrection) -> NewCorrection:
    return replace(of, action="undone", said={}, undoes=number)


def numbered(decided: Iterable[NewCorrection]) -> Sequence[Correction]:
    """As they are recorded: from 1 on, an hour apart."""
    return [Correction(number, START + timedelta(hours=number), what) for number, what in enumerate(decided, 1)]
