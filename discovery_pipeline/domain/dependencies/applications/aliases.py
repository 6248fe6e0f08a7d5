"""Evidence about a misspelt application is about the application that is meant. Keep out: which names are misspelt."""

from __future__ import annotations

import polars as pl


def canonical_ends(evidence: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """The evidence with its ends led through ALIASES; what then speaks of one thing alone is left out."""
    if aliases.is_empty():
        return evidence
    meant = evidence
    for end in ("from_asset", "to_asset"):
        named = aliases.select(pl.col("alias_id").alias(end), "application_id")
        joined = meant.join(named, on=end, how="left", maintain_order="left")
        meant = joined.with_columns(pl.coalesce("application_id", end).alias(end)).drop("application_id")
    itself = (pl.col("from_asset") == pl.col("to_asset")).fill_null(value=False)
    return meant.filter(~itself)
