"""How ready the estate is, and what it lacks: the deductions that cost it most. Keep out: the deductions themselves."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from discovery_pipeline.domain.analysis.readiness.readiness import deductions, readiness_rules
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.assessment_views.estate import AssessedEstate

STEP = 10
# from, to: of the score, both included but for the last step's 100. assets: machines there is something to decide for.
SCORES: FrameSchema = {"low": pl.Int64(), "band": pl.String(), "assets": pl.Int64()}
# part: of the score (the deduction's group). points: off each. lost: points of all. example: the most frequent wording.
BLOCKERS: FrameSchema = {
    "part": pl.String(), "blocker": pl.String(), "points": pl.Float64(), "assets": pl.Int64(), "lost": pl.Float64(),
    "wordings": pl.Int64(), "example": pl.String(),
}  # fmt: skip
_LOST = r"^Readiness -(\d+): (.*)$"
_UNLISTED = "other"


def scores(estate: AssessedEstate) -> pl.DataFrame:
    """SCORES, every step in order."""
    moving = estate.assets.filter("runs_os", pl.col("strategy") != "not_applicable").drop_nulls("readiness")
    step = (pl.col("readiness") // STEP * STEP).clip(upper_bound=100 - STEP).cast(pl.Int64)
    counted = moving.group_by(low=step).agg(assets=pl.len()).collect()
    starts = pl.DataFrame({"low": list(range(0, 100, STEP))}, schema={"low": pl.Int64()})
    bands = sorted(readiness_rules()["bands"].items(), key=lambda band: -band[1])
    named = pl.lit(bands[-1][0])
    for name, low in reversed(bands):
        named = pl.when(pl.col("low") >= low).then(pl.lit(name)).otherwise(named)
    joined = starts.join(counted, on="low", how="left").with_columns(pl.col("assets").fill_null(0), band=named)
    return joined.select(pl.col(name).cast(dtype) for name, dtype in SCORES.items()).sort("low")


def blockers(estate: AssessedEstate) -> pl.DataFrame:
    """BLOCKERS, those that cost most first: of all assets that there is something to decide for."""
    told = _sorted_out(estate.losses)
    summed = (
        told.sort(["assets", "sentence"], descending=[True, False])
        .group_by("part", "blocker", "points", maintain_order=True)
        .agg(pl.col("assets").sum(), wordings=pl.len(), example=pl.col("sentence").first())
        .with_columns(lost=pl.col("points") * pl.col("assets"))
    )
    ordered = summed.sort(["lost", "blocker"], descending=[True, False])
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in BLOCKERS.items())


def wordings(estate: AssessedEstate, blocker: str) -> pl.DataFrame:
    """Columns sentence, assets: what one blocker says of different assets, the most frequent first."""
    told = _sorted_out(estate.losses)
    mine = told.filter(pl.col("blocker") == blocker)
    return mine.group_by("sentence").agg(pl.col("assets").sum()).sort(["assets", "sentence"], descending=[True, False])


def blocked_by(estate: AssessedEstate, sentence: str, most: int = 200) -> pl.DataFrame:
    """Columns asset_id, name, type, environment, strategy, readiness: assets that a blocker's sentence is said of, the
    least ready first.
    """
    saying = estate.losses.filter(pl.col("reason").str.ends_with(f": {sentence}"))["number"]
    said = pl.any_horizontal(pl.lit(value=False), *(pl.col("losses").list.contains(number) for number in saying))
    columns = ("asset_id", "name", "type", "environment", "strategy", "readiness")
    mine = estate.assets.filter(said).select(columns)
    return mine.sort("readiness", "name", nulls_last=True).head(most).collect()


def _sorted_out(losses: pl.DataFrame) -> pl.DataFrame:
    """Columns part, blocker, points, sentence, assets. Distinct sentences are few: each is looked at by itself."""
    rows = [_of(reason, assets) for reason, assets in losses.select("reason", "assets").iter_rows()]
    names = ("part", "blocker", "points", "sentence", "assets")
    types = (pl.String(), pl.String(), pl.Float64(), pl.String(), pl.Int64())
    return pl.DataFrame([row for row in rows if row], schema=dict(zip(names, types, strict=True)), orient="row")


def _of(reason: str, assets: int) -> tuple[str, str, float, str, int] | None:
    found = re.match(_LOST, reason, re.DOTALL)
    if found is None:
        return None
    points, sentence = float(found[1]), found[2]
    for pattern, part, blocker, cost in _patterns():
        if cost == points and pattern.fullmatch(sentence):
            return part, blocker, points, sentence, assets
    return _UNLISTED, sentence, points, sentence, assets


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str, float], ...]:
    """Per deduction: what its sentences look like, its group, the sentence with what varies left open, its points."""
    found = []
    for rule in deductions():
        fixed = re.split(r"\{[^{}]*\}", rule.reason)
        pattern = re.compile(".*".join(map(re.escape, fixed)), re.DOTALL)
        found.append((pattern, rule.group, "…".join(fixed), rule.points))
    return tuple(found)
