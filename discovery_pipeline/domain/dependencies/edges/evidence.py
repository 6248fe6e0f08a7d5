"""Evidence: one reason to believe that one thing needs another, and the rule that turns reasons into a confidence.

Keep out: where evidence comes from (stated, observed, described), what kind of edge it makes, what contradicts it.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.handoffs import DEPENDENCIES

# relation: a meaning of wording.yaml, or "observed". label: as shown in the edge's evidence list. grade: the
# reliability class, "observed" or a key of DependencyParams.reliability. weight in (0, 1]: doubts about this piece.
# cap: the most it may contribute. records: rows or connections behind it. port, service, role: of observed traffic,
# else null. against: why its weight is less than 1, else null.
EVIDENCE: dict[str, pl.DataType] = {
    "from_asset": pl.String(), "to_asset": pl.String(), "to_address": pl.String(), "relation": pl.String(),
    "label": pl.String(), "grade": pl.String(), "weight": pl.Float64(), "cap": pl.Float64(), "records": pl.Int64(),
    "port": pl.Int64(), "service": pl.String(), "role": pl.String(), "against": pl.String(),
    "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"),
}  # fmt: skip
EDGE_KEY = ["from_asset", "to_asset", "to_address", "kind"]
_ONCE = "only one observation"


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
    observed = limit - (limit - once) / pl.col("records").clip(lower_bound=1).cast(pl.Float64).pow(
        params.observed_growth
    )
    stated = pl.col("grade").replace_strict(params.reliability, default=None, return_dtype=pl.Float64)
    return pl.when(pl.col("grade") == "observed").then(observed).otherwise(stated)


def _numbered(evidence: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(evidence plus column edge, the edges in the order of EDGE_KEY): names compared once, all else on a number."""
    assets = pl.concat([evidence["from_asset"], evidence["to_asset"]])
    values = (assets, assets, evidence["to_address"], evidence["kind"])
    key = pl.lit(0, pl.Int128)
    for name, known in zip(EDGE_KEY, values, strict=True):
        order = pl.Enum(known.drop_nulls().unique().sort())
        last = len(order.categories)
        key = key * (last + 1) + pl.col(name).cast(order).to_physical().cast(pl.Int128).fill_null(last)
    keyed = evidence.with_columns(key=key).sort("key")
    numbered = keyed.with_columns(edge=pl.col("key").rle_id())
    edges = numbered.filter(pl.col("edge").ne_missing(pl.col("edge").shift(1))).select("edge", *EDGE_KEY)
    return numbered.drop("key", *EDGE_KEY).with_columns(pl.col("edge").set_sorted()), edges


def reason(grade: pl.Expr, records: pl.Expr, contribution: pl.Expr) -> pl.Expr:
    """ "observed, 120 records: 0.9669": the class, what is behind it, its contribution."""
    counted = pl.when(records == 1).then(pl.lit("1 record")).otherwise(pl.format("{} records", records))
    return pl.format("{}, {}: {}", grade, counted, contribution)


def _confidences(pieces: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Per edge confidence and reasons: the noisy-or over its classes of evidence, each of which counts once.

    Within a class records add up and the best piece's weight and cap hold: ten rows that repeat an opinion are not ten
    opinions. Contributions are rounded to four digits, so that the reasons give the confidence again.
    """
    classes = pieces.group_by("edge", "grade").agg(pl.col("records").sum(), pl.col("weight").max(), pl.col("cap").max())
    contribution = pl.min_horizontal(_reliability(params) * pl.col("weight"), pl.col("cap")).round(4)
    # Multiplied in a fixed order: a product of floats depends on it in its last digit.
    ordered = (
        classes.with_columns(contribution=contribution)
        .sort("edge", "grade")
        .with_columns(reason=reason(pl.col("grade"), pl.col("records"), pl.col("contribution")))
    )
    # Most edges have one class; a product per group costs more than all else.
    one = pl.col("edge").is_unique()
    alone = ordered.filter(one).select("edge", doubt=1 - pl.col("contribution"))
    several = ordered.filter(~one).group_by("edge").agg(doubt=(1 - pl.col("contribution")).product())
    reasons = ordered.group_by("edge", maintain_order=True).agg(reasons="reason")
    joined = reasons.join(pl.concat([alone, several]), on="edge")
    return joined.select("edge", "reasons", confidence=(1 - pl.col("doubt")).round(4))


def _listed(pieces: pl.DataFrame, column: str, name: str, limit: int) -> pl.DataFrame:
    """Per edge the column's values, ascending, at most so many."""
    values = pieces.select("edge", column).drop_nulls().unique().sort("edge", column)
    return values.group_by("edge", maintain_order=True).agg(pl.col(column).head(limit).alias(name))


def _labels(pieces: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Per edge its evidence, most frequent first, at most params.max_evidence of them."""
    counted = pieces.group_by("edge", "label").agg(pl.col("records").sum())
    ordered = counted.sort("edge", "records", "label", descending=[False, True, False])
    return ordered.group_by("edge", maintain_order=True).agg(evidence=pl.col("label").head(params.max_evidence))


def _against(pieces: pl.DataFrame) -> pl.DataFrame:
    """Per edge what speaks against it."""
    doubted = pieces.filter(pl.col("against").is_not_null())
    return doubted.group_by("edge").agg(contradictions=pl.col("against").unique().sort())


def combine(evidence: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """DEPENDENCIES, one row per (from, to, kind), sorted by them. evidence: EVIDENCE plus a column kind.

    observations: the connections seen; for an edge that nobody observed, the records that state it.
    """
    pieces, edges = _numbered(evidence)
    seen = pl.col("grade") == "observed"
    observed = pl.col("records").filter(seen).sum()
    facts = pieces.group_by("edge").agg(
        observations=pl.when(seen.any()).then(observed).otherwise(pl.col("records").sum()),
        first_seen=pl.col("first_seen").min(),
        last_seen=pl.col("last_seen").max(),
        once=(seen.all() & (pl.col("records").sum() == 1)),
    )
    offered = (_listed(pieces, name, f"{name}s", params.max_ports) for name in ("port", "service"))
    for part in (facts, *offered, _confidences(pieces, params), _labels(pieces, params), _against(pieces)):
        edges = edges.join(part, on="edge", how="left", maintain_order="left")
    edges = edges.with_columns(pl.col("ports", "services").fill_null([]))
    told = pl.col("contradictions").fill_null([])
    once = pl.when("once").then(pl.concat_list(told, pl.lit(_ONCE))).otherwise(told)
    return edges.with_columns(contradictions=once).select(
        pl.col(name).cast(dtype) for name, dtype in DEPENDENCIES.items()
    )
