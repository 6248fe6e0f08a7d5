"""What a person wants to see of a run at a glance: counts. Keep out: everything that other phases read."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.inventory.matching.match import Matching
from discovery_pipeline.domain.inventory.values.conflicts import Conflicts


def summarise_run(
    inventory: pl.DataFrame,
    lineage: pl.DataFrame,
    matching: Matching,
    conflicts: Conflicts,
    details_set_aside: pl.DataFrame,
) -> dict[str, Any]:
    """Counts of the run, as plain JSON values."""
    here = inventory.filter(~pl.col("vanished"))
    return {
        "assets": len(here),
        "described": int((here["record_count"] > 0).sum()),
        "named_only": int((here["record_count"] == 0).sum()),
        "merged_assets": int((here["sources"].list.len() > 1).sum()),
        "vanished": int(inventory["vanished"].sum()),
        "records": len(lineage),
        "duplicates": int(lineage["duplicate"].sum()),
        "details_set_aside": len(details_set_aside),
        "candidate_pairs": matching.pairs,
        "guarded_values": {kind: count for kind, count in matching.guarded.items() if count},
        "conflicts": {field: count for field, count in conflicts.counts.items() if count},
        "conflict_rates": {field: rate for field, rate in conflicts.rates().items() if rate},
        "disagreeing_tables": conflicts.disagreeing,
        "types": _counts(here["classified_type"]),
    }


def _counts(values: pl.Series) -> dict[str, int]:
    counted = values.value_counts().sort(values.name)
    return dict(zip(counted[values.name], counted["count"], strict=True))
