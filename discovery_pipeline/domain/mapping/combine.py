"""Adds evidence up: the score of every field in question for a column, then probabilities against 'none of them'.

A conditional logit: the score of a field is a weighted sum of what each source of evidence says for and against it, and
a column's probabilities are the softmax over its candidates. The weights are trained (trained/combiner.py), except for
what a tenant's corrections, a model and a tool's convention say: that comes in log-odds already. The columns of a table
are decided together: in a second pass a field is weighed by how surely another column carries it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from discovery_pipeline.domain.mapping.context.weights import REFUSES
from discovery_pipeline.domain.mapping.trained.combiner import (
    CALIBRATED,
    TOLD,
    TRAINED,
    Combiner,
    combiner,
)
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# No evidence makes a mapping surer than this.
CERTAIN = 0.99
_KEY = ["table_no", "position"]
# Strength of the lexicon's sure phrases with next to nothing unexplained.
_SURE = 4.5
# What values say against a field when they can't be its.
_IMPOSSIBLE = -3.5
COMBINED: dict[str, pl.DataType] = {
    "table_no": pl.UInt32(), "position": pl.Int64(), "field": pl.String(), "score": pl.Float64(),
    "confidence": pl.Float64(),
    "said": pl.Struct({source: pl.Float64() for source in TOLD}),
}  # fmt: skip


def combine(columns: pl.DataFrame, evidence: pl.DataFrame, weights: Combiner | None = None) -> pl.DataFrame:
    """COMBINED: every column with NO_FIELD and each field that has evidence, likeliest first.

    columns: PROFILES of all columns. confidence: calibrated probability, at most 0.99. said: the part of each source in
    the score, in log-odds.
    """
    weights = weights or combiner()
    alone = _scored(features(columns, evidence), weights)
    together = alone.with_columns(rivals(alone).alias("rival"))
    scored = _scored(together.with_columns((pl.col("rival") * pl.col("named")).alias("rival, named")), weights)
    confident = scored.with_columns(pl.col("share").clip(0.0, CERTAIN).round(4).alias("confidence"))
    order = [*_KEY, "confidence", "score", "field"]
    return confident.sort(order, descending=[False, False, True, True, False]).select(list(COMBINED))


def _scored(frame: pl.DataFrame, weights: Combiner) -> pl.DataFrame:
    """said, score and share of every candidate. share: of the likelihood of its column's candidates."""
    # Log-odds of their own stay what they are whatever the scores are multiplied by.
    calibrated = 1.0 / weights.temperature
    said = [
        *(_part(source, weights.of(source)) for source in TOLD if source not in CALIBRATED),
        *(_part(source, {f"{source}+": calibrated, f"{source}-": calibrated}) for source in CALIBRATED),
    ]
    scored = frame.with_columns(pl.struct(said).alias("said"), pl.sum_horizontal(said).alias("score"))
    tempered = pl.col("score") * weights.temperature
    likely = scored.with_columns((tempered - tempered.max().over(_KEY)).exp().alias("share"))
    return likely.with_columns(pl.col("share") / pl.col("share").sum().over(_KEY))


def rivals(candidates: pl.DataFrame) -> pl.Series:
    """Of each candidate the highest share of its field among the other columns of its table; 0 where no other has it.

    candidates: table_no, field and share. 'None of them' has no rivals.
    """
    share, field = pl.col("share"), ["table_no", "field"]
    second = share.top_k(2).min().over(field)
    highest = share.max().over(field)
    return candidates.select(
        pl.when((pl.len().over(field) == 1) | (pl.col("field") == NO_FIELD))
        .then(0.0)
        .when(share == highest)
        .then(second)
        .otherwise(highest)
    ).to_series()


def _part(source: str, weights: Mapping[str, float]) -> pl.Expr:
    """The part of a source in the score, by the weights of its features."""
    return pl.sum_horizontal([pl.lit(0.0), *(pl.col(feature) * weight for feature, weight in weights.items())]).alias(
        source
    )


def features(columns: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """One row per column and candidate: table_no, position, field, and what the combiner's weights apply to.

    Of each source `source+` and `source-`, the sums of what it says for and against; the rest by name in trained/.
    """
    # Summed in a fixed order: floating-point sums depend on it.
    rows = evidence.sort([*_KEY, "field", "source", "weight", "why"])
    candidates = pl.concat(
        [columns.select(*_KEY, pl.lit(NO_FIELD).alias("field")), rows.select(*_KEY, "field")]
    ).unique(maintain_order=True)
    sums = rows.group_by([*_KEY, "field"], maintain_order=True).agg(
        *(
            pl.col("weight").filter((pl.col("source") == source) & (pl.col("weight") * sign > 0)).sum().alias(name)
            for source in (*TRAINED, *CALIBRATED)
            for name, sign in ((f"{source}+", 1), (f"{source}-", -1))
        )
    )
    frame = candidates.join(sums, on=[*_KEY, "field"], how="left").with_columns(pl.col(pl.Float64).fill_null(0.0))
    facts = columns.select(
        *_KEY, ((pl.col("filled") > 1) & (pl.col("distinct") == 1)).cast(pl.Float64).alias("one value")
    )
    return _derived(frame.join(facts, on=_KEY, how="left")).sort([*_KEY, "field"])


def _derived(frame: pl.DataFrame) -> pl.DataFrame:
    """What sources say together: a field that no header names is judged otherwise, and so is 'none of them'."""
    none, named = pl.col("field") == NO_FIELD, pl.col("lexicon+") > 0
    lone, sure = (~none & ~named).cast(pl.Float64), pl.col("lexicon+") >= _SURE
    derived = frame.with_columns(
        none.cast(pl.Float64).alias("none"),
        (~none & named).cast(pl.Float64).alias("named"),
        (~none & sure).cast(pl.Float64).alias("surely named"),
        (none & ~(~none & named).any().over(_KEY)).cast(pl.Float64).alias("none named"),
        (~none & (pl.col("values-") <= _IMPOSSIBLE)).cast(pl.Float64).alias("impossible"),
        (~none & (pl.col("context-") <= -REFUSES)).cast(pl.Float64).alias("ruled out"),
        (none & sure).cast(pl.Float64).alias("surely refused"),
        (none & sure & ~(~none & sure).any().over(_KEY)).cast(pl.Float64).alias("only refused"),
        (pl.col("one value") * none.cast(pl.Float64)).alias("none, one value"),
        *(pl.lit(0.0).alias(feature) for feature in ("rival", "rival, named")),
        *((pl.col(f"{source}+") * lone).alias(f"{source} alone") for source in ("values", "context", "examples")),
    )
    is_none = pl.col("none")
    return derived.with_columns(
        *((pl.col(f"{source}+") * is_none).alias(f"none {source}") for source in TRAINED),
        *((pl.col(f"{source}+") * (1 - is_none)).alias(f"{source}+") for source in TRAINED),
    ).drop("one value")
