"""From the votes of several bases to one probability, calibrated on the servers whose application is known.

A logistic regression with a Gaussian prior around judged weights (maximum a posteriori by Newton's method; C. Bishop,
Pattern Recognition and Machine Learning, 2006, 4.3 and 4.5): an estate with few names keeps the prior, one with many is
measured by itself. Keep out: where votes come from.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from discovery_pipeline.domain.dependencies.applications.params import BASES, MembershipParams

Floats = npt.NDArray[np.float64]
# A basis speaks at most this clearly; where it speaks of others only, it speaks against.
_LOW, _HIGH = 0.05, 0.97
_STEPS, _SMALL, _RIDGE = 12, 1e-8, 1e-9


def candidates(votes: dict[str, pl.DataFrame], params: MembershipParams) -> pl.DataFrame:
    """Columns s, a and per basis its logit (0 where it has no opinion of the server), sorted.

    votes: per basis VOTES; wording has share 1.
    """
    offered = [frame.filter(pl.col("share") >= params.opinion).select("s", "a") for frame in votes.values()]
    pairs = pl.concat(offered).unique().sort("s", "a")
    for basis, frame in votes.items():
        opinions = frame.group_by("s").agg(best=pl.col("share").max()).filter(pl.col("best") >= params.opinion)
        joined = pairs.join(frame.select("s", "a", "share"), on=["s", "a"], how="left", maintain_order="left")
        told = joined.join(opinions, on="s", how="left", maintain_order="left")
        share = pl.col("share").fill_null(0.0).clip(_LOW, _HIGH)
        logit = (share / (1 - share)).log()
        if basis == "wording":
            logit = pl.col("share").fill_null(0.0).clip(0.0, 1.0)
        pairs = told.with_columns(pl.when(pl.col("best").is_not_null()).then(logit).otherwise(0.0).alias(basis)).drop(
            "share", "best"
        )
    return pairs


def _matrix(pairs: pl.DataFrame) -> Floats:
    return np.column_stack([np.ones(len(pairs)), *(pairs[basis].to_numpy() for basis in BASES)])


def _logistic(z: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -30, 30))), dtype=np.float64)


def fitted(pairs: pl.DataFrame, truth: pl.Series, params: MembershipParams) -> Floats:
    """The model's bias and weights of BASES, none of them negative. truth: whether a pair is right."""
    prior = np.array(params.prior)
    x, y, weights = _matrix(pairs), truth.to_numpy().astype(np.float64), prior.copy()
    for _ in range(_STEPS):
        p = _logistic(x @ weights)
        slope = x.T @ (p - y) + params.prior_strength * (weights - prior)
        curve = (x * (p * (1 - p))[:, None]).T @ x + (params.prior_strength + _RIDGE) * np.eye(len(prior))
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < _SMALL:
            break
    weights[1:] = np.maximum(weights[1:], 0.0)
    # A known server's application is among those offered; an unknown one's may be one that nothing names.
    weights[0] = min(weights[0], 0.0) - params.stranger
    return np.asarray(weights.round(6), dtype=np.float64)


def scored(pairs: pl.DataFrame, weights: Floats) -> pl.DataFrame:
    """pairs plus p, and main: the basis that speaks most for it."""
    x = _matrix(pairs)
    spoken = pl.DataFrame({basis: x[:, n + 1] * weights[n + 1] for n, basis in enumerate(BASES)})
    main = np.array(BASES)[spoken.to_numpy().argmax(axis=1)] if len(pairs) else np.array([], dtype=str)
    p = _logistic(x @ weights).round(4)
    return pairs.with_columns(p=pl.Series(p, dtype=pl.Float64), main=pl.Series(main, dtype=pl.String))
