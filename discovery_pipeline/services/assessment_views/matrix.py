"""Strategies by what assets are, stand in or belong to: how many, and what they cost. Keep out: how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema, Strategy
from discovery_pipeline.services.assessment_views.estate import AssessedEstate

Dimension = Literal["type", "environment", "application", "owner", "wave"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
# value: null = none is known. priced: assets with a price. cost: their sum a month on demand, null where none has one.
CELLS: FrameSchema = {
    "value": pl.String(), "strategy": pl.String(), "assets": pl.Int64(), "priced": pl.Int64(), "cost": pl.Float64(),
}  # fmt: skip


@dataclass(frozen=True)
class Matrix:
    """cells: CELLS, those of the largest values first. values: how many there are, those left out included."""

    cells: pl.DataFrame
    values: int


def strategy_matrix(
    estate: AssessedEstate, by: Dimension, provider: str | None = None, most: int = 40, *, undecided: bool = True
) -> Matrix:
    """Assets per value and strategy. provider: whose prices count; None: no cost. most: values at most, the largest.

    An asset of several applications counts in each. undecided: with what there is nothing to decide for.
    """
    assets = estate.assets if provider is None else estate.priced(provider)
    if not undecided:
        assets = assets.filter(pl.col("strategy") != "not_applicable")
    cost = pl.lit(None, pl.Float64) if provider is None else pl.col("total_on_demand")
    told = assets.select("strategy", value=by, cost=cost)
    if by == "application":
        told = told.explode("value", empty_as_null=True)
    cost_of_all = pl.when(pl.col("cost").count() > 0).then(pl.col("cost").sum())
    counted = (
        told.group_by("value", "strategy")
        .agg(assets=pl.len(), priced=pl.col("cost").count(), cost=cost_of_all)
        .collect()
    )
    cells = counted.select(pl.col(name).cast(dtype) for name, dtype in CELLS.items())
    number = pl.col("value").cast(pl.Int64, strict=False)
    sizes = cells.group_by("value").agg(size=pl.col("assets").sum(), number=number.first())
    first = ["number"] if by == "wave" else ["size", "value"]
    ranked = sizes.sort(first, descending=[name == "size" for name in first], nulls_last=True)
    shown = ranked.head(most).with_row_index("rank").select("value", "rank")
    joined = cells.join(shown, on="value", nulls_equal=True)
    return Matrix(joined.sort("rank", "strategy").drop("rank"), len(sizes))
