"""How sure a move group is: what holds of it when ties are left out at random. Keep out: how groups are found."""

from __future__ import annotations

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.groups.communities import Labels, communities
from discovery_pipeline.domain.analysis.groups.grouping import Found
from discovery_pipeline.domain.analysis.groups.params import GroupParams

# Where there are more ties one trial is made: the average over so many groups is as sure.
_MANY_TIES = 50_000
_ITERATIONS = 2


def stability(found: Found, groups: Labels, count: int, params: GroupParams) -> np.ndarray:
    """Per group, in [0, 1]: the share of its assets that stay in one community, on average over the trials.

    In each trial a share params.dropped of the ties between blocks is left out and communities are sought again with
    another seed (after A. Lancichinetti and S. Fortunato, "Consensus clustering in complex networks", 2012). What is
    tied for certain stays together, so a group of one application is as stable as its name.
    """
    total = np.bincount(groups, minlength=count).astype(np.float64)
    if params.trials == 0 or found.between.is_empty():
        return np.ones(count)
    kept = np.zeros(count)
    trials = params.trials if len(found.between) <= _MANY_TIES else 1
    for trial in range(1, trials + 1):
        rng = np.random.default_rng([params.seed, trial])
        left = found.between.filter(pl.Series(rng.random(len(found.between)) >= params.dropped))
        again = communities(found.sizes, left, params.density, params.seed + trial, _ITERATIONS)[found.blocks]
        kept += _largest_parts(groups, again, count)
    return np.asarray((kept / trials / np.maximum(total, 1)).round(4))


def _largest_parts(groups: Labels, again: Labels, count: int) -> np.ndarray:
    """Per group the most of its assets that are in one community again."""
    pairs = pl.DataFrame({"group": pl.Series(groups), "again": pl.Series(again)}).group_by("group", "again").len()
    most = pairs.group_by("group").agg(pl.col("len").max())
    result = np.zeros(count)
    result[most["group"].to_numpy()] = most["len"].to_numpy()
    return result
