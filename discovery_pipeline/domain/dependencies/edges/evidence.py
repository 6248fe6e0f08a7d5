"""Evidence: one reason to believe that one thing needs another, and the rule that turns reasons into a confidence.

Keep out: where evidence comes from (stated, observed, hosting, text) and what kind of edge it makes.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.handoffs import DEPENDENCIES

# relation: a meaning of wording.yaml, or "observed". label: as shown in the edge's evidence list. grade: the
# reliability class, "observed" or a key of DependencyParams.reliability. weight in (0, 1]: doubts about this piece.
# cap: the most it may contribute. records: rows or connections behind it. port, role: of observed traffic, else null.
EVIDENCE: dict[str, pl.DataType] = {
    "from_asset": pl.String(), "to_asset": pl.String(), "to_address": pl.String(), "relation": pl.String(),
    "label": pl.String(), "grade": pl.String(), "weight": pl.Float64(), "cap": pl.Float64(), "records": pl.Int64(),
    "port": pl.Int64(), "role": pl.String(), "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"),
}  # fmt: skip
EDGE_KEY = ["from_asset", "to_asset", "to_address", "kind"]


def evidence_frame(frame: pl.DataFrame, **constants: object) -> pl.DataFrame:
    """EVIDENCE from a frame with some of its columns; constants fill others, the rest is null (weight and cap: 1)."""
    defaults: dict[str, object] = {"weight": 1.0, "cap": 1.0, **constants}
    columns = [
        (pl.col(name) if name in frame.columns else pl.lit(defaults.get(name))).cast(dtype).alias(name)
        for name, dtype in EVIDENCE.items()
    ]
    return frame.select(columns)


def lead_cap(candidates: pl.Expr, params: DependencyParams) -> pl.Expr:
    """What a piece of evidence may contribute when its ends have this many readings: all, or a share of a lead."""
    return pl.when(candidates > 1).then(params.lead / candidates).otherwise(1.0)


def _reliability(params: DependencyParams) -> pl.Expr:
    """Reliability of a class of evidence; that of observation grows with the number of connections."""
    once, limit = params.observed_once, params.observed_limit
    observed = limit - (limit - once) / pl.col("records").clip(lower_bound=1)
    stated = pl.col("grade").replace_strict(params.reliability, default=None, return_dtype=pl.Float64)
    return pl.when(pl.col("grade") == "observed").then(observed).otherwise(stated)


def _confidences(evidence: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Per edge the noisy-or over its classes of evidence: each class counts once, with its best piece.

    Two rows of one CMDB are one opinion, so pieces of a class are not independent and don't add up; connections do, but
    within their class.
    """
    classes = evidence.group_by([*EDGE_KEY, "grade"]).agg(
        pl.col("records").sum(), pl.col("weight").max(), pl.col("cap").max()
    )
    doubt = 1 - pl.min_horizontal(_reliability(params) * pl.col("weight"), pl.col("cap"))
    # Multiplied in a fixed order: a product of floats depends on it in its last digit.
    ordered = classes.with_columns(doubt=doubt).sort([*EDGE_KEY, "grade"], nulls_last=True)
    return ordered.group_by(EDGE_KEY, maintain_order=True).agg(confidence=(1 - pl.col("doubt").product()).round(4))


def _labels(evidence: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Per edge its evidence, most frequent first, at most params.max_evidence of them."""
    counted = evidence.group_by([*EDGE_KEY, "label"]).agg(pl.col("records").sum())
    ordered = counted.sort([*EDGE_KEY, "records", "label"], descending=[False] * 4 + [True, False], nulls_last=True)
    return ordered.group_by(EDGE_KEY, maintain_order=True).agg(evidence=pl.col("label").head(params.max_evidence))


def combine(evidence: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """DEPENDENCIES, one row per (from, to, kind), sorted by them. evidence: EVIDENCE plus a column kind.

    observations: the connections seen; for an edge that nobody observed, the records that state it.
    """
    seen = pl.col("grade") == "observed"
    observed = pl.col("records").filter(seen).sum()
    facts = evidence.group_by(EDGE_KEY).agg(
        observations=pl.when(seen.any()).then(observed).otherwise(pl.col("records").sum()),
        ports=pl.col("port").drop_nulls().unique().sort().head(params.max_ports),
        first_seen=pl.col("first_seen").min(),
        last_seen=pl.col("last_seen").max(),
    )
    edges = facts
    for part in (_confidences(evidence, params), _labels(evidence, params)):
        edges = edges.join(part, on=EDGE_KEY, how="left", nulls_equal=True)
    return edges.select(pl.col(name).cast(dtype) for name, dtype in DEPENDENCIES.items()).sort(
        EDGE_KEY, nulls_last=True
    )
