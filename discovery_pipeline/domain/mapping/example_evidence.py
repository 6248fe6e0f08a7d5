"""Evidence from labelled columns of other exports: what the model of single columns makes of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.trained.column_model import ColumnModel
from discovery_pipeline.domain.mapping.trained.tokens import column_tokens
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Below this a field is not in question; weights are log-odds above it, so that a field without a row has weight 0.
_FLOOR = 1e-4
# Fields worth a row beside 'none'.
_KEPT = 6


def example_evidence(table: TableView, model: ColumnModel) -> Iterator[Evidence]:
    """For each column with values 'none' and the likeliest fields: labelled columns are never without."""
    for position in range(len(table.headers)):
        if not table.profiles[position].has_values:
            continue
        tokens = column_tokens(table.headers, table.profiles, table.kind, position)
        weights = example_weights(model.log_probabilities(table.kind.record, tokens))
        reasons = model.reasons(table.kind.record, tokens, list(weights))
        for field, weight in weights.items():
            told = ", ".join(reasons[field])
            share = math.exp(weight) * _FLOOR
            why = f"{share:.0%} of labelled columns like it" + (f": {told}" if told else "")
            yield Evidence(table.table_no, position, field, "examples", weight, why)


def example_weights(logs: Mapping[str, float]) -> dict[str, float]:
    """Field -> weight of the fields worth a row, 'none' among them. logs: natural logarithms of probabilities."""
    likeliest = sorted(logs, key=lambda field: (-logs[field], field))
    kept = dict.fromkeys([*likeliest[:_KEPT], NO_FIELD])
    weights = {field: round(logs.get(field, -math.inf) - math.log(_FLOOR), 4) for field in kept}
    return {field: weight for field, weight in weights.items() if weight > 0}
