"""Evidence from the tool that wrote the export: its conventions, where its headers don't speak for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

# Above every sum of header, values and neighbours: the tool is known to mean it.
_CONVENTION = 9.0


def product_evidence(table: TableView) -> Iterator[Evidence]:
    """One row per column that the recognised product has a convention for."""
    if table.product is None:
        return
    for position, header in enumerate(table.headers):
        convention = table.product.convention(header.raw)
        if convention is not None and convention.field is not None:
            why = f"{table.product.name} means this by '{header.raw.strip()}'"
            yield Evidence(table.table_no, position, convention.field, "product", _CONVENTION, why)
