"""Types, states and labels: of the asset, of its model, or of one of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import LEANS, TURNS, row_names, says, turns
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_OF_PARTS = frozenset(
    """
    running type label enabled role level class category tier number name size version start flag
    """.split()  # noqa: SIM905  # words, not a list
)
_OF_ASSETS = frozenset(
    """
    power_state lifecycle_status asset_type model platform tags criticality application_role environment is_virtual
    """.split()  # noqa: SIM905  # words, not a list
)
_MOSTLY = 0.6


def part_columns(table: TableView) -> Iterator[Evidence]:
    """In a table of parts, a bare state, type or label is the part's, and so is a second name."""
    if table.kind.grain != "detail":
        return
    names = set(row_names(table))
    for position, header in enumerate(table.headers):
        if header.words and set(header.concepts) <= _OF_PARTS:
            for claim in table.claims[position]:
                if claim.field in _OF_ASSETS or (claim.field == "hostname" and names - {position}):
                    yield says(table, position, claim.field, -TURNS - LEANS, "the rows are parts of an asset")


def type_is_model(table: TableView) -> Iterator[Evidence]:
    """Beside a manufacturer and without a model column, a type with product codes as values is the model."""
    if table.strong.get("manufacturer") and not table.strong.get("model"):
        for position in table.with_concepts("type"):
            share = table.profiles[position].share("numbered_name")
            if share >= _MOSTLY:
                why = f"{share:.0%} product codes, beside a manufacturer and no model"
                yield from turns(table, position, "model", ("asset_type",), why)
