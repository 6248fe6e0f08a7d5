"""When vendors' support ends, release by release. Keep out: the dates themselves (domain/analysis/lifecycle)."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.assessment_views.estate import AssessedEstate

# kind: servers, databases or middleware. ends: of regular support, null where no table tells. support: on the day of
# the data (lifecycle.Support).
RELEASES: FrameSchema = {
    "kind": pl.String(), "release": pl.String(), "ends": pl.Date(), "support": pl.String(), "assets": pl.Int64(),
    "production": pl.Int64(),
}  # fmt: skip
# part of the facts -> kind.
_KINDS = {"os": "servers", "db": "databases", "mw": "middleware"}


def releases(estate: AssessedEstate) -> pl.DataFrame:
    """RELEASES, the first to end first, then those whose end is not known; of what there is something to decide for."""
    decided = _deciding(estate)
    parts = pl.collect_all([_of(decided, part, kind) for part, kind in _KINDS.items()])
    return pl.concat(parts).sort(["ends", "assets", "release"], descending=[False, True, False], nulls_last=True)


def servers(estate: AssessedEstate) -> int:
    """How many machines with a system of their own there is something to decide for, named or not."""
    return int(_deciding(estate).filter("runs_os").select(pl.len()).collect().item())


def ends_by_year(found: pl.DataFrame) -> pl.DataFrame:
    """Columns year, kind, support, assets of those RELEASES whose end is known."""
    dated = found.drop_nulls("ends")
    grouped = dated.group_by("kind", "support", year=pl.col("ends").dt.year().cast(pl.Int64))
    return grouped.agg(pl.col("assets").sum()).sort("year", "kind", "support")


def of_release(estate: AssessedEstate, kind: str, release: str, most: int = 200) -> pl.DataFrame:
    """Columns asset_id, name, type, environment, strategy, wave: assets of one release, those that move first first."""
    part = next(part for part, name in _KINDS.items() if name == kind)
    mine = estate.assets.filter(_concerned(part), pl.col(f"{part}_label") == release)
    columns = ("asset_id", "name", "type", "environment", "strategy", "wave")
    return mine.select(columns).sort("wave", "name", nulls_last=True).head(most).collect()


def _deciding(estate: AssessedEstate) -> pl.LazyFrame:
    return estate.assets.filter(pl.col("strategy") != "not_applicable")


def _concerned(part: str) -> pl.Expr:
    return pl.col("type") == "database" if part == "db" else pl.col("runs_os")


def _of(assets: pl.LazyFrame, part: str, kind: str) -> pl.LazyFrame:
    named = assets.filter(_concerned(part), pl.col(f"{part}_label").is_not_null())
    counted = named.group_by(release=f"{part}_label", ends=f"{part}_end", support=f"{part}_support").agg(
        assets=pl.len(), production=(pl.col("environment") == "production").sum()
    )
    told = counted.with_columns(kind=pl.lit(kind))
    return told.select(pl.col(name).cast(dtype) for name, dtype in RELEASES.items())
