"""How well a plan stands what nobody has found: the chance that an undiscovered need crosses a wave, by simulation.

How many needs an asset has that were not found: the needs of an asset are Poisson with a rate that is Gamma over the
assets (mean d, shape r, by moments); a need is found with chance c = 1 - (1 - p1 f1)(1 - p2 f2), where p1 and p2 are
the two classes' chances (coverage.py) and f1, f2 say whether the class speaks of the asset at all. Given k found ones,
the missing are Poisson with mean (1 - c) times a Gamma of shape r + k and rate r/d + c (the usual posterior: Gelman
et al., Bayesian Data Analysis, 2.6): an asset of which no source speaks is expected to have as many as the average.

Where their other ends lie: as those of the known ones do: some in the same application, else some in the same
environment, else anywhere; within each, what is needed by many is more likely (weight: 1 + who needs it).

A draw takes p1 and p2 from their Beta distributions, the rates, then the numbers. Because sums of Poisson numbers are
Poisson, the needs that cross a wave are drawn per wave, not one by one: the same distribution, a million assets in
little time. Keep out: what a crossing costs (risk.yaml).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.analysis.waves.coverage import Discovery
from discovery_pipeline.domain.analysis.waves.placement import Reach, reach
from discovery_pipeline.domain.analysis.waves.risk import weights

Floats = npt.NDArray[np.float64]
# The prior mean of needs counts as this many assets; keeps estates of a few assets away from nought.
_PRIOR_ASSETS = 5.0
_SHAPES = (0.1, 10.0)


@dataclass(frozen=True)
class Robustness:
    """waves: wave, chance (that at least one undiscovered need crosses its border), expected (how many do), coverage
    (the mean chance that a need of its assets was found). chance, expected, low, high: of the whole plan; low and high
    are the 5th and 95th percentile of the number. missing: expected undiscovered needs, crossing or not.
    """

    waves: pl.DataFrame
    chance: float
    expected: float
    low: float
    high: float
    missing: float


def _shape(found: Floats, count: Floats) -> float:
    """r by moments, from the needs found per class of assets and how many assets are of it."""
    total = count.sum()
    mean = float((found * count).sum() / total)
    spread = float((count * (found - mean) ** 2).sum() / total)
    low, high = _SHAPES
    return high if spread <= mean else float(np.clip(mean**2 / (spread - mean), low, high))


def _found_chance(classes: pl.DataFrame, p_observed: Floats, p_stated: Floats) -> Floats:
    """c of each draw (row) and class (column)."""
    by_observation = classes["by_observation"].to_numpy().astype(np.float64)
    by_statement = classes["by_statement"].to_numpy().astype(np.float64)
    return np.asarray(1 - (1 - np.outer(p_observed, by_observation)) * (1 - np.outer(p_stated, by_statement)))


def _missing(classes: pl.DataFrame, chance: Floats, shape: float) -> Floats:
    """The mean number of undiscovered needs of one asset, per draw and class."""
    known, count = classes["known"].to_numpy().astype(np.float64), classes["assets"].to_numpy().astype(np.float64)
    prior = _PRIOR_ASSETS * weights()["discovery"]["needs_per_asset"]
    mean = ((known * count).sum() + prior) / (chance @ count + _PRIOR_ASSETS)
    return np.asarray((1 - chance) * (shape + known) / (shape / mean[:, None] + chance))


def _numbers(rates: Floats, spread: Floats, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    """Poisson numbers whose means are Gamma with this mean and variance."""
    mean = np.maximum(rates, 1e-12)
    variance = np.maximum(spread, 1e-15)
    return np.asarray(draw.poisson(draw.gamma(mean**2 / variance, variance / mean)))


def _drawn(at: Reach, found: Discovery, draws: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """(means per draw and class, Gamma variances of one asset's mean, mean chance of being found per class)."""
    draw = np.random.default_rng(seed)
    classes = at.classes
    known, count = (classes[name].to_numpy().astype(np.float64) for name in ("known", "assets"))
    shape = _shape(known, count)
    chance = _found_chance(classes, draw.beta(*found.observation, draws), draw.beta(*found.statement, draws))
    means = _missing(classes, chance, shape)
    return means, means**2 / (shape + known), chance.mean(axis=0)


def robustness(assets: pl.DataFrame, needs: pl.DataFrame, found: Discovery, draws: int, seed: int) -> Robustness:
    """The chance of crossings. assets: asset_id, wave (0: stays), environment, application_id (or null) of all that
    moves or stays; needs: believed needs, those that follow from others left out.
    """
    at = reach(assets, needs, found.covered)
    if not len(assets):
        return Robustness(pl.DataFrame(schema=_WAVES), 0.0, 0.0, 0.0, 0.0, 0.0)
    means, variances, chance = _drawn(at, found, draws, seed)
    draw = np.random.default_rng([seed, 1])
    per_wave = _numbers(means @ at.touching, variances @ at.touching_squared, draw)
    whole = _numbers(means @ at.crossing, variances @ at.crossing_squared, draw)
    shares = at.held / np.maximum(at.held.sum(axis=0), 1)
    waves = pl.DataFrame(
        {
            "wave": at.waves,
            "chance": (per_wave > 0).mean(axis=0),
            "expected": per_wave.mean(axis=0),
            "coverage": chance @ shares,
        },
        schema=_WAVES,
    )
    low, high = np.quantile(whole, [0.05, 0.95])
    missing = float((means @ at.classes["assets"].to_numpy().astype(np.float64)).mean())
    summary = (float((whole > 0).mean()), float(whole.mean()), float(low), float(high), missing)
    return Robustness(waves.filter(pl.col("wave") > 0), *summary)


_WAVES = {"wave": pl.Int64(), "chance": pl.Float64(), "expected": pl.Float64(), "coverage": pl.Float64()}
