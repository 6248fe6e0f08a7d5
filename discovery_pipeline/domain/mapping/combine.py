"""Adds evidence up: log-odds of every field of a column, then probabilities against 'none of the fields'."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Log-odds of 'no field' before any evidence: about four in ten columns of real exports have no target, and a field
# has to bring evidence of its own.
NO_FIELD_PRIOR = 1.0
# Evidence of different kinds is not independent; beyond this it adds no certainty.
_MOST = 12.0
_CERTAIN = 0.99

COMBINED: dict[str, pl.DataType] = {
    "table_no": pl.UInt32(), "position": pl.Int64(), "field": pl.String(), "score": pl.Float64(),
    "confidence": pl.Float64(),
}  # fmt: skip


def combine(columns: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """COMBINED: every column with NO_FIELD and each field that has evidence, likeliest first.

    columns: table_no and position of all columns. confidence: softmax over a column's scores, capped at 0.99.
    """
    key = ["table_no", "position"]
    prior = columns.select(*key, pl.lit(NO_FIELD).alias("field"), pl.lit(NO_FIELD_PRIOR).alias("weight"))
    # Summed in a fixed order: floating-point sums depend on it.
    rows = pl.concat([prior, evidence.select(*key, "field", "weight")]).sort([*key, "field", "weight"])
    scores = rows.group_by([*key, "field"], maintain_order=True).agg(
        pl.col("weight").sum().clip(-_MOST, _MOST).alias("score")
    )
    likelihood = (pl.col("score") - pl.col("score").max().over(key)).exp()
    confident = scores.with_columns(likelihood.alias("likelihood")).with_columns(
        (pl.col("likelihood") / pl.col("likelihood").sum().over(key)).clip(0.0, _CERTAIN).round(4).alias("confidence")
    )
    order = [*key, "confidence", "score", "field"]
    return confident.sort(order, descending=[False, False, True, True, False]).select(list(COMBINED))
