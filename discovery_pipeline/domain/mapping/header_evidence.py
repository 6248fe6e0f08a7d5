"""Evidence from what a header says: the claims of the lexicon."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD, Claim
from discovery_pipeline.domain.vocabulary.units import is_convertible

# Weaker or later claims never win, and only widen the frame.
_KEPT_CLAIMS = 6
_WRONG_UNIT = 2.5


def header_evidence(table: TableView) -> Iterator[Evidence]:
    """The strongest claims of every header."""
    for position, claims in enumerate(table.claims):
        kept = [c for c in claims if c.weight > 0][:_KEPT_CLAIMS]
        for claim in kept:
            yield Evidence(table.table_no, position, claim.field, "lexicon", claim.weight, _why(claim))
            yield from _unit(table, position, claim)


def _unit(table: TableView, position: int, claim: Claim) -> Iterator[Evidence]:
    """A unit that the field can't have speaks against it; the field without any unit most of all."""
    unit = table.headers[position].unit
    if unit is None or claim.field == NO_FIELD:
        return
    expected = fields(table.kind.record)[claim.field].unit
    if not is_convertible(unit, expected):
        yield Evidence(table.table_no, position, claim.field, "lexicon", -_WRONG_UNIT, f"is not measured in {unit}")


def _why(claim: Claim) -> str:
    meaning = f"means '{claim.phrase}'" if claim.field != NO_FIELD else f"means '{claim.phrase}', which no field holds"
    unexplained = f"; '{' '.join(claim.rest)}' unexplained" if claim.rest else ""
    return f"header {meaning}{unexplained}"
