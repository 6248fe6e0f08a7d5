"""Whether confidence means what it says: of edges of confidence .8, four in five are right.

Keep out: fitting anything (calibrate).
"""

from __future__ import annotations

import polars as pl

from benchmarks.dependencies.judge import Judged

BINS = 10
_SHARES = (pl.len().alias("edges"), pl.col("confidence").mean(), pl.col("right").mean())


def judged_edges(judged: Judged) -> pl.DataFrame:
    """edge, kind, confidence, right, classes (of its evidence): of every edge that counts, leads too."""
    edges = judged.verdicts.filter("counted")
    label = pl.element().str.split(":").list.first()
    return edges.select(
        "edge", "kind", "confidence", "right", classes=pl.col("evidence").list.eval(label).list.unique()
    )


def table(edges: pl.DataFrame) -> pl.DataFrame:
    """bin (its lower end), edges, confidence (mean), right (share)."""
    cut = (pl.col("confidence") * BINS).floor().clip(upper_bound=BINS - 1) / BINS
    return edges.group_by(bin=cut).agg(*_SHARES).sort("bin")


def error(edges: pl.DataFrame) -> float:
    """Expected calibration error: the mean distance of confidence and share that is right, over bins of confidence."""
    bins = table(edges)
    gaps = (bins["confidence"] - bins["right"]).abs() * bins["edges"]
    return float(gaps.sum() / max(edges.height, 1))


def by_class(edges: pl.DataFrame) -> pl.DataFrame:
    """classes (one, or several joined by +), edges, confidence, right: by what the edge rests on."""
    resting = edges.with_columns(classes=pl.col("classes").list.sort().list.join("+"))
    return resting.group_by("classes").agg(*_SHARES).sort("edges", "classes", descending=[True, False])
