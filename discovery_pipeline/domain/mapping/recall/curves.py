"""How likely two columns carry one field, given how alike their headers are: calibrated per embedding model.

Cosines of two models don't compare: a model that nobody calibrated is calibrated on the packaged labelled headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from discovery_pipeline.domain.mapping.meaning_evidence import LabelledMeanings
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Share of a blended similarity that is the vectors' cosine; the rest is spelling.
COSINE_SHARE = 0.6
# Patterns in the store and headers asked about when a model is calibrated.
_STORE, _ASKED, _STEPS = 100, 1_000, 50

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Log-odds that a column carries the field that a lesson about a similar header names."""

    at_zero: float
    slope: float

    def log_odds(self, similarity: float) -> float:
        return self.at_zero + self.slope * similarity


# Fitted on labelled layouts by benchmarks/mapping/pattern_calibration.py; its docstring has the command and the
# figures. LEXICAL for spelling alone.
LEXICAL = Curve(-8.2, 10.4)
CURVES: Mapping[str, Curve] = {"all-MiniLM-L6-v2-onnx-int8": Curve(-6.1, 8.8)}


def fitted_curve(labelled: LabelledMeanings) -> Curve:
    """The curve of the model that made the vectors: each header is asked about among those of other products.

    Seeded: one model has one curve.
    """
    rng = np.random.default_rng(0)
    asset = [i for i, record in enumerate(labelled.records) if record == "asset"]
    named = np.array([i for i in asset if labelled.fields[i] != NO_FIELD])
    near, right = [], []
    for asked in rng.choice(asset, min(_ASKED, len(asset)), replace=False):
        store = rng.choice(named, min(_STORE, len(named)), replace=False)
        others = [i for i in store if labelled.texts[i] != labelled.texts[asked] and not _kin(labelled, i, asked)]
        if others:
            best, similarity = _nearest(labelled, int(asked), others)
            near.append(similarity)
            right.append(labelled.fields[best] == labelled.fields[asked])
    return logistic(np.array(near), np.array(right, dtype=np.float64))


def logistic(near: Floats, right: Floats) -> Curve:
    """Logistic regression of being right on similarity, by Newton's steps."""
    given = np.column_stack([np.ones_like(near), near])
    weights = np.zeros(2)
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-given @ weights))
        curvature = given.T @ (given * (likely * (1 - likely))[:, None])
        weights += np.linalg.solve(curvature + 1e-9 * np.eye(2), given.T @ (right - likely))
    return Curve(float(weights[0]), float(weights[1]))


def _kin(labelled: LabelledMeanings, one: int, other: int) -> bool:
    return bool(set(labelled.families[one]) & set(labelled.families[other]))


def _nearest(labelled: LabelledMeanings, asked: int, others: list[int]) -> tuple[int, float]:
    cosines = labelled.vectors[others] @ labelled.vectors[asked]
    spelling = [fuzz.token_sort_ratio(labelled.texts[asked], labelled.texts[i]) / 100 for i in others]
    blended = COSINE_SHARE * cosines + (1 - COSINE_SHARE) * np.array(spelling)
    best = int(np.argmax(blended))
    return others[best], float(blended[best])
