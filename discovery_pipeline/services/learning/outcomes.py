"""What a run's mappings came to, as the trend over runs counts them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.learning.checks import RECALLED
from discovery_pipeline.store.mapping_outcomes import Outcome


def outcome_of(run_id: str, mappings: Sequence[ColumnMapping]) -> Outcome:
    """The columns of a run by status, how many were recalled from what people taught, how sure the mapped ones are."""
    mapped = [mapping for mapping in mappings if mapping.status != "unmapped"]
    accepted = sum(mapping.status == "accepted" for mapping in mapped)
    return Outcome(
        run_id,
        accepted=accepted,
        review=len(mapped) - accepted,
        unmapped=len(mappings) - len(mapped),
        recalled=sum(mapping.method == RECALLED for mapping in mapped),
        confidence=fmean(mapping.confidence for mapping in mapped) if mapped else None,
    )
