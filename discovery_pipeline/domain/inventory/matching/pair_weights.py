"""What each level of a comparison is worth, in log-odds: fitted on labelled estates, shipped as a data file.

Fitted by benchmarks/inventory/train_weights.py, whose file says on what and how well. Keep out: what is compared
(comparison.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.matching.comparison import FEATURES, NUMBER_ATTRIBUTES, TEXT_ATTRIBUTES, Levels
from discovery_pipeline.domain.packaged import packaged_text

FILE = "pair_weights.json"
# Log-odds beyond this are told as certainty.
_CERTAIN = 30.0
# A reason that moves the odds by less is not worth saying.
_WORTH_SAYING = 0.3


@dataclass(frozen=True)
class PairWeights:
    """bias: log-odds of a candidate pair of which nothing else is known. weights: per feature one per level."""

    bias: float
    weights: Mapping[str, NDArray[np.float64]]

    @property
    def reach(self) -> float:
        """How far all attributes together can move a score that identifiers made."""
        attributes = (*TEXT_ATTRIBUTES, *NUMBER_ATTRIBUTES)
        return float(sum(np.abs(self.weights[name]).max() for name in attributes))

    def score(self, levels: Mapping[str, Levels]) -> NDArray[np.float64]:
        """Log-odds of each pair's being one thing. Features in a fixed order: sums of floats depend on it."""
        size = len(next(iter(levels.values())))
        total = np.full(size, self.bias)
        for name in FEATURES:
            if name in levels:
                total += self.weights[name][levels[name]]
        return total

    def reasons(self, levels: Mapping[str, Levels], pair: int, most: int = 4) -> tuple[str, ...]:
        """The comparisons of one pair that weigh most, for and against, in words."""
        told = [
            (-abs(self.weights[name][levels[name][pair]]), f"{name} {FEATURES[name][levels[name][pair]]}")
            for name in FEATURES
            if name in levels and levels[name][pair]
        ]
        return tuple(text.replace("_", " ") for weight, text in sorted(told)[:most] if -weight >= _WORTH_SAYING)


def probability(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds -> probability."""
    return 1.0 / (1.0 + np.exp(-np.clip(score, -_CERTAIN, _CERTAIN)))


@dataclass(frozen=True)
class Trained:
    """across: weights of two entries of different tables. within: of two rows of one table."""

    across: PairWeights
    within: PairWeights


@cache
def trained() -> Trained:
    """The packaged weights."""
    document = json.loads(packaged_text(__package__, FILE))
    return Trained(*(weights_of(document[name]) for name in ("across", "within")))


def weights_of(document: Mapping[str, Any]) -> PairWeights:
    """{"bias": ..., "weights": {feature: {level: weight}}}; what is not named is worth nothing."""
    given = document["weights"]
    return PairWeights(
        document["bias"],
        {
            name: np.array([given.get(name, {}).get(level, 0.0) for level in levels])
            for name, levels in FEATURES.items()
        },
    )
