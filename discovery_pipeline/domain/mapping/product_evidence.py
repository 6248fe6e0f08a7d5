"""Evidence from the tool that wrote the export: its conventions, where its headers don't speak for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.domain.vocabulary.field_values import support
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# In log-odds of its own, so that it carries the column against what header and values usually say: the tool is known to
# mean it. A table whose values contradict it was written by something else, or is shifted: there it is one opinion.
_CONVENTION, _DOUBTED = 9.0, 2.0
_CONTRADICTED = -2.5


def product_evidence(table: TableView) -> Iterator[Evidence]:
    """One row per column that the recognised product has a convention for."""
    if table.product is None:
        return
    for position, header in enumerate(table.headers):
        convention = table.product.convention(header.raw)
        # Where people say that the rows are something else, its conventions are about fields that these don't have.
        if convention is not None and convention.field is not None and _has(table, convention.field):
            why = f"{table.product.name} means this by '{header.raw.strip()}'"
            weight = _DOUBTED if _is_contradicted(table, position, convention.field) else _CONVENTION
            yield Evidence(table.table_no, position, convention.field, "product", weight, why)


def _has(table: TableView, field: str) -> bool:
    return field == NO_FIELD or field in fields(table.kind.record)


def _is_contradicted(table: TableView, position: int, field: str) -> bool:
    weight, _ = support(table.profiles[position], table.kind.record, field) if field != NO_FIELD else (0.0, "")
    return weight <= _CONTRADICTED
