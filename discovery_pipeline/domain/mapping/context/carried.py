"""Fields that other columns plainly carry."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import LEANS, REFUSES, carries_none, header_text, says
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_DOUBTFUL = 2.2
_VENDORS = frozenset({"vendor", "vendors"})


def already_carried(table: TableView) -> Iterator[Evidence]:
    """A doubtful reading is less likely where another column plainly carries that field."""
    for position, claims in enumerate(table.claims):
        for claim in claims:
            others = [p for p in table.strong.get(claim.field, ()) if p != position]
            if claim.field and 0 < claim.weight <= _DOUBTFUL and others:
                why = f"{header_text(table, others[0])} plainly carries it"
                yield says(table, position, claim.field, -LEANS, why)


def sellers(table: TableView) -> Iterator[Evidence]:
    """'Vendor' beside a column of makers is who sold it."""
    makers = table.strong.get("manufacturer", ())
    for position in makers:
        others = [p for p in makers if p != position and not _says_vendor(table, p)]
        if _says_vendor(table, position) and others:
            why = f"{header_text(table, others[0])} names the maker"
            yield says(table, position, "manufacturer", -REFUSES, why)
            yield carries_none(table, position, why)


def _says_vendor(table: TableView, position: int) -> bool:
    """Whether a header says 'vendor' and of nothing in particular."""
    words = {word.text for word in table.headers[position].words}
    return bool(words & _VENDORS) and words <= _VENDORS | {"name", "code", "id"}
