"""Evidence from what the values look like: support for fields that the header names, and fields that values suggest."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.field_values import suggestions, support, unsuggested
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Shapes that no canonical field holds.
_FOREIGN = {"health": 1.5, "url": 3.0}


def value_evidence(table: TableView) -> Iterator[Evidence]:
    """For and against, per column and field in question."""
    for position in range(len(table.headers)):
        yield from _for_fields(table, position)
        yield from _foreign(table, position)


def _for_fields(table: TableView, position: int) -> Iterator[Evidence]:
    """A field named by the header and suggested by the values gets the stronger of the two: it is one observation."""
    profile, record = table.profiles[position], table.kind.record
    named = {c.field for c in table.claims[position] if c.field != NO_FIELD and c.weight > 0}
    doubted = unsuggested(table.headers[position].concepts)
    suggested = {field: (weight, why) for field, weight, why in suggestions(profile, record) if field not in doubted}
    for field in sorted(named | suggested.keys()):
        weight, why = support(profile, record, field)
        if field not in named:
            weight = min(weight, 0.0)
        if field in suggested and 0 <= weight < suggested[field][0]:
            weight, why = suggested[field]
        elif field in suggested and weight < 0:
            weight += suggested[field][0]
        if weight:
            yield Evidence(table.table_no, position, field, "values", weight, why)


def _foreign(table: TableView, position: int) -> Iterator[Evidence]:
    for shape, weight in _FOREIGN.items():
        share = table.profiles[position].share(shape)
        if share >= 0.8:
            yield Evidence(
                table.table_no, position, NO_FIELD, "values", weight, f"{share:.0%} {shape}, which no field holds"
            )
