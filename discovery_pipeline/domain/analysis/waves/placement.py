"""Where the other end of an undiscovered need lies, told by where those of the known ones do.

Sums over assets of the chance that a need of theirs crosses into another wave, by class of asset and by wave: what the
simulation draws from. Keep out: how many needs are missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.waves.numbered import looked_up
from discovery_pipeline.domain.analysis.waves.order import ENVIRONMENTS
from discovery_pipeline.domain.analysis.waves.risk import weights
from discovery_pipeline.domain.analysis.waves.sums import exact_sum

Floats = npt.NDArray[np.float64]
# Assets of one class have the same expected number of undiscovered needs.
CLASS = ("known", "by_observation", "by_statement")
_MOST_KNOWN = 255
_ENVIRONMENTS = {name: number for number, name in enumerate(ENVIRONMENTS)}
# Parts of the mixture: what the other end has in common with the asset.
_PLACES: dict[str, list[str]] = {"application": ["application_id"], "environment": ["environment"], "any": []}


@dataclass(frozen=True)
class Reach:
    """classes: CLASS and assets (how many), by class. waves: numbers (0: what stays). touching: per class and wave, the
    sum over assets of the chance that a need of theirs crosses that wave's border, from in- or outside; crossing: per
    class, that it crosses any. _squared: the sums of the squares. held: assets per class and wave.
    """

    classes: pl.DataFrame
    waves: list[int]
    touching: Floats
    touching_squared: Floats
    crossing: Floats
    crossing_squared: Floats
    held: Floats


def _share(hits: int, tried: int, prior: float) -> float:
    weight = weights()["placement"]["prior_weight"]
    return float((hits + prior * weight) / (tried + weight))


def shares(assets: pl.DataFrame, needs: pl.DataFrame) -> tuple[float, float]:
    """(share of needs within one application, share of the others within one environment); assets: with application_id.

    Of those whose dependent has an application or an environment; pulled to the prior of risk.yaml.
    """
    known = assets.select("asset_id", "application_id", "environment", here=pl.lit(value=True))
    ends = looked_up(needs.select("from_asset", "to_asset"), "from_asset", known, "from_")
    both = looked_up(ends, "to_asset", known, "to_").drop_nulls(["from_here", "to_here"])
    inside = (
        pl.col("from_application_id").eq_missing(pl.col("to_application_id"))
        & pl.col("from_application_id").is_not_null()
    )
    told = both.filter(pl.col("from_application_id").is_not_null())
    others = both.filter(~inside)
    prior = weights()["placement"]
    same = len(others.filter(pl.col("from_environment") == pl.col("to_environment")))
    return (
        _share(len(told.filter(inside)), len(told), prior["same_application"]),
        _share(same, len(others), prior["same_environment"]),
    )


def _class_no() -> pl.Expr:
    """A number for each class that occurs, in the order of CLASS."""
    key = pl.col("known") * 4 + pl.col("by_observation").cast(pl.Int64) * 2 + pl.col("by_statement").cast(pl.Int64)
    return key.rank("dense").cast(pl.Int64) - 1


def _classified(assets: pl.DataFrame, needs: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    """assets plus CLASS, weight (1 + who needs it) and class_no; applications of one asset say nothing: null."""
    size = 1 + max(
        (int(str(c.max())) for c in (assets["asset_id"], needs["from_asset"], needs["to_asset"]) if len(c)), default=0
    )
    own = assets["asset_id"].to_numpy()
    outward = np.bincount(needs["from_asset"].to_numpy(), minlength=size)[own]
    inward = np.bincount(needs["to_asset"].to_numpy(), minlength=size)[own]
    filled = looked_up(assets, "asset_id", covered).with_columns(
        pl.col("by_observation", "by_statement").fill_null(value=False),
        known=pl.Series(outward, dtype=pl.Int64).clip(upper_bound=_MOST_KNOWN),
        weight=pl.Series(1.0 + inward),
        application_id=pl.when(pl.len().over("application_id") > 1).then("application_id"),
    )
    return filled.with_columns(class_no=_class_no())


def _cells(assets: pl.DataFrame) -> pl.DataFrame:
    """Assets that are alike: class_no, application_id, environment, wave; count and weight (whole numbers) of them."""
    alike = assets.group_by("class_no", "application_id", "environment", "wave")
    return alike.agg(pl.len().alias("count"), pl.col("weight").sum())


def _mass(cells: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """keys, share: the part of the weight of all but the last key that lies in the last (wave)."""
    summed = cells.group_by(*keys).agg(pl.col("weight").sum())
    whole = pl.col("weight").sum().over(keys[:-1]) if len(keys) > 1 else pl.col("weight").sum()
    return summed.with_columns(share=pl.col("weight") / whole).drop("weight")


def _leaving(cells: pl.DataFrame, same_application: float, same_environment: float) -> pl.DataFrame:
    """cells plus leaving: the chance that a need of theirs lies in another wave; q_*: the parts of the mixture."""
    own = pl.when(pl.col("application_id").is_not_null()).then(same_application).otherwise(0.0)
    mixed = cells.with_columns(q_application=own).with_columns(
        q_environment=(1 - pl.col("q_application")) * same_environment,
        q_any=(1 - pl.col("q_application")) * (1 - same_environment),
    )
    inside = pl.lit(0.0)
    for name, keys in _PLACES.items():
        mass = _mass(_of_place(cells, keys), *keys, "wave").rename({"share": f"in_{name}"})
        mixed = mixed.join(mass, on=[*keys, "wave"], how="left")
        inside = inside + pl.col(f"q_{name}") * pl.col(f"in_{name}").fill_null(0.0)
    return mixed.with_columns(leaving=(1 - inside).clip(0.0, 1.0))


def _of_place(cells: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return cells.drop_nulls(keys) if keys else cells


def _entering(cells: pl.DataFrame, name: str, keys: list[str]) -> pl.DataFrame:
    """Columns class_no, wave, entering: the part of a mixture's needs that comes into a wave from assets of others."""
    known = _of_place(cells, keys)
    part = exact_sum(pl.col(f"q_{name}") * pl.col("count")).alias("part")
    sources = known.group_by("class_no", "wave", *keys).agg(part).rename({"wave": "source"})
    mass = _mass(known, *keys, "wave")
    joined = sources.join(mass, on=keys) if keys else sources.join(mass, how="cross")
    crossing = joined.filter(pl.col("source") != pl.col("wave"))
    return crossing.group_by("class_no", "wave").agg(entering=exact_sum(pl.col("part") * pl.col("share")))


def _matrix(cells: pl.DataFrame, value: str, shape: tuple[int, int], places: dict[int, int]) -> Floats:
    """A column by class and wave. cells: one row per class and wave at most."""
    found = np.zeros(shape)
    if len(cells):
        at = cells["wave"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
        found[cells["class_no"].to_numpy(), at] = cells[value].to_numpy()
    return found


def reach(assets: pl.DataFrame, needs: pl.DataFrame, covered: pl.DataFrame) -> Reach:
    """assets: asset_id, wave, environment, application_id; needs: believed needs; covered: of Discovery."""
    environment = pl.col("environment").replace_strict(_ENVIRONMENTS, default=-1, return_dtype=pl.Int8)
    graded = _classified(assets.with_columns(environment=environment), needs, covered)
    moved = _leaving(_cells(graded), *shares(graded, needs))
    classes = graded.group_by(*CLASS, "class_no").agg(assets=pl.len()).sort("class_no")
    waves = sorted(assets["wave"].unique().to_list())
    places = {wave: number for number, wave in enumerate(waves)}
    shape = (len(classes), len(waves))
    count, leaving = pl.col("count"), pl.col("leaving")
    sums = moved.group_by("class_no", "wave").agg(
        total=exact_sum(leaving * count), squared=exact_sum(leaving**2 * count), held=count.sum().cast(pl.Float64)
    )
    out, squared, held = (_matrix(sums, value, shape, places) for value in ("total", "squared", "held"))
    into = np.zeros(shape)
    for name, keys in _PLACES.items():
        into += _matrix(_entering(moved, name, keys), "entering", shape, places)
    return Reach(classes, waves, out + into, squared, out.sum(axis=1), squared.sum(axis=1), held)
