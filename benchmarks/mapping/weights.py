"""The weights with which the combiner adds evidence up: a conditional logit over the candidates of every column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.mapping.columns import Logs, Material
from benchmarks.mapping.meanings import unseen_meanings
from discovery_pipeline.domain.mapping.combine import features, rivals
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.example_evidence import example_weights
from discovery_pipeline.domain.mapping.meaning_evidence import LabelledMeanings
from discovery_pipeline.domain.mapping.trained.combiner import FEATURES, JUDGED, TRAINED

PENALTY = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """x: FEATURES of every candidate. owner: number of its column, ascending. right: whether it is a label of it.
    tables: number of its table."""

    x: Floats
    owner: NDArray[np.int64]
    right: NDArray[np.bool_]
    fields: tuple[str, ...]
    tables: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> Candidates:
        """Those of the chosen columns, renumbered."""
        kept = chosen[self.owner]
        number = np.cumsum(chosen) - 1
        fields = tuple(f for f, k in zip(self.fields, kept, strict=True) if k)
        return Candidates(self.x[kept], number[self.owner[kept]], self.right[kept], fields, self.tables[kept])

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each column's candidates begin."""
        return np.flatnonzero(np.r_[True, np.diff(self.owner) > 0])

    def shares(self, scores: Floats) -> Floats:
        """The probability of each candidate among those of its column: softmax of the scores."""
        powers = np.exp(scores - np.maximum.reduceat(scores, self.starts)[self.owner])
        found: Floats = powers / np.add.reduceat(powers, self.starts)[self.owner]
        return found

    def with_rivals(self, weights: Floats) -> Candidates:
        """The same with the rivals that a first pass with these weights finds."""
        frame = pl.DataFrame({"table_no": self.tables, "field": self.fields, "share": self.shares(self.x @ weights)})
        x, names = self.x.copy(), list(FEATURES)
        x[:, names.index("rival")] = rivals(frame).to_numpy()
        x[:, names.index("rival, named")] = x[:, names.index("rival")] * x[:, names.index("named")]
        return replace(self, x=x)


def candidates(material: Material, logs: Sequence[Logs], meanings: LabelledMeanings | None = None) -> Candidates:
    """Every candidate of every column, with what the sources say of it. logs: of the model of single columns.

    meanings: of labelled headers; those that only the column's own family has are not compared with it.
    """
    rows = [
        Evidence(c.table_no, c.position, field, "examples", weight, "")
        for c, said in zip(material.columns, logs, strict=True)
        for field, weight in example_weights(said).items()
    ]
    if meanings is not None:
        rows.extend(unseen_meanings(material, meanings))
    frame = features(material.profiles, pl.concat([material.evidence, evidence_frame(rows)]))
    at = {(c.table_no, c.position): i for i, c in enumerate(material.columns)}
    owner = np.array([at[place] for place in frame.select("table_no", "position").iter_rows()])
    order = np.argsort(owner, kind="stable")
    fields = tuple(frame["field"][int(i)] for i in order)
    owner = owner[order]
    right = np.array([material.columns[o].label.is_right(f) for o, f in zip(owner, fields, strict=True)])
    tables = frame["table_no"].to_numpy()[order].astype(np.int64)
    return Candidates(frame.select(list(FEATURES)).to_numpy()[order], owner, right, fields, tables)


def fit_weights(given: Candidates) -> Floats:
    """Weights of all features. A first fit without rivals finds the rivals that the second is given."""
    return _likeliest(given.with_rivals(_likeliest(given)))


def _is_sum(feature: str) -> bool:
    """Whether a feature is what a source says for a candidate (`lexicon+`, `none lexicon`) or against it."""
    return (feature.rstrip("+-") in TRAINED and feature not in JUDGED) or feature.removeprefix("none ") in TRAINED


def _likeliest(given: Candidates) -> Floats:
    """Maximum likelihood with a quadratic penalty on weights of unit variance, by L-BFGS from zero.

    Judged weights stay as they are.
    A column with several labels counts their probabilities together; one none of whose labels is a candidate tells
    nothing.
    """
    starts = given.starts
    scale = given.x.std(axis=0) + 1e-9
    x = given.x / scale
    has = np.add.reduceat(given.right.astype(float), starts) > 0
    counted = has[given.owner]

    trained = np.array([feature not in JUDGED for feature in FEATURES])
    start = np.array([JUDGED.get(feature, 0.0) for feature in FEATURES]) * scale

    def loss(weights: Floats) -> tuple[float, Floats]:
        share = given.shares(x @ weights)
        right = np.add.reduceat(share * given.right, starts)
        wanted = np.where(counted, share * given.right / np.maximum(right, 1e-12)[given.owner], share)
        value = -np.log(np.maximum(right[has], 1e-12)).sum() + PENALTY * weights @ weights
        return float(value), (x.T @ (share - wanted) + 2 * PENALTY * weights) * trained

    # What speaks for a candidate never lowers its score, what speaks against it never raises it.
    bounds = [(0.0, None) if _is_sum(feature) else (None, None) for feature in FEATURES]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    fitted: Floats = found.x / scale
    return fitted


def unseen_scores(material: Material, given: Candidates) -> Floats:
    """Scores of all candidates with weights fitted on untuned layouts of other families."""
    scores = np.zeros(len(given.owner))
    for tested in material.folds():
        weights = fit_weights(given.of(material.untuned & ~tested))
        here = tested[given.owner]
        # Both passes as at run time: with the same weights.
        scores[here] = given.with_rivals(weights).x[here] @ weights
    return scores
