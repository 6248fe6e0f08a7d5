"""Fields that other columns plainly carry."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import LEANS, header_text, says
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_DOUBTFUL = 2.2


def already_carried(table: TableView) -> Iterator[Evidence]:
    """A doubtful reading is less likely where another column plainly carries that field."""
    for position, claims in enumerate(table.claims):
        for claim in claims:
            others = [p for p in table.strong.get(claim.field, ()) if p != position]
            if claim.field and 0 < claim.weight <= _DOUBTFUL and others:
                why = f"{header_text(table, others[0])} plainly carries it"
                yield says(table, position, claim.field, -LEANS, why)
