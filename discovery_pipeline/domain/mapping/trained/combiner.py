"""The trained weights with which evidence is added up, their calibration, and the thresholds that follow from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from discovery_pipeline.domain.packaged import packaged_text

FILE = "combiner.json"
# Sources whose say is weighed by training, and those that come in log-odds of their own.
TRAINED = ("lexicon", "values", "context", "examples", "meaning")
CALIBRATED = ("product", "model", "pattern")
# Everything that a score is told as: columns at large, and the other columns of the table, speak too.
TOLD = ("prior", "table", *TRAINED, *CALIBRATED)
# Feature -> the source that it is told as.
FEATURES: Mapping[str, str] = {
    **{f"{source}{sign}": source for source in TRAINED for sign in "+-"},
    **{f"none {source}": source for source in TRAINED},
    "named": "lexicon", "surely named": "lexicon", "values alone": "values", "examples alone": "examples",
    "context alone": "context", "surely refused": "lexicon", "only refused": "lexicon", "impossible": "values",
    "ruled out": "context",
    "none": "prior", "none named": "prior", "none, one value": "prior", "rival": "table", "rival, named": "table",
}  # fmt: skip

# Weights that are judged, not trained: labelled layouts hold next to no column whose values, or whose neighbours, can't
# be those of what its header says, so training learns to overlook it. Four or five log-odds turn a plain name; on
# unseen layouts they cost nothing.
JUDGED: Mapping[str, float] = {"impossible": -5.0, "ruled out": -4.0, "none context": 0.35}


@dataclass(frozen=True)
class Combiner:
    """version: of the artefact. weights: per feature. temperature: what scores are multiplied by before the softmax.

    precision: (confidence, share of right ones among mappings at least so confident), ascending, on products that
    nothing was trained on. unheard: score of 'none' for a column of which nothing is known.
    """

    version: int
    weights: Mapping[str, float]
    temperature: float
    precision: tuple[tuple[float, float], ...]

    def of(self, source: str) -> dict[str, float]:
        """The weights of the features told as this source."""
        return {f: w for f, w in self.weights.items() if FEATURES[f] == source and w}

    @property
    def unheard(self) -> float:
        """What 'none of the fields' scores where nothing speaks for any field."""
        return self.weights["none"] + self.weights["none named"]

    def accept_from(self, precision: float) -> float:
        """The lowest confidence from which on mappings were right with this precision; 1 when none were."""
        found = 1.0
        for confidence, share in sorted(self.precision, reverse=True):
            if share < precision:
                break
            found = confidence
        return found


@cache
def combiner() -> Combiner:
    """The packaged weights."""
    return read_combiner(packaged_text(__package__, FILE))


def read_combiner(text: str) -> Combiner:
    """Weights as the training script wrote them; a feature that they lack says nothing. ValueError on unknown ones."""
    given = json.loads(text)
    if unknown := given["weights"].keys() - FEATURES.keys():
        raise ValueError(f"{FILE} is of other features: {sorted(unknown)}")
    weights = {feature: given["weights"].get(feature, 0.0) for feature in FEATURES}
    weights.update(JUDGED)
    return Combiner(given["version"], weights, given["temperature"], tuple((c, p) for c, p in given["precision"]))
