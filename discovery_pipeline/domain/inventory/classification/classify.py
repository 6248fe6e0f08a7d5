"""From hints to types: evidence per record and per asset, the type it speaks for and how clearly.

Keep out: the rules themselves (type_hints.yaml), what they are tried on (hints.py), fitting (benchmarks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.hints import TYPES, Hint, Weights
from discovery_pipeline.domain.packaged import packaged_yaml

# Records of two families are never one thing, whatever their identifiers say.
FAMILIES = ("host", "application", "database", "cluster")
_FAMILY_OF_TYPE = np.array(
    [FAMILIES.index(name) if name in FAMILIES else 0 for name in TYPES], dtype=np.int8
)  # fmt: skip
_UNKNOWN = -1
# Evidence adds up without bound; beyond this margin the confidence would only round to 1.
_LARGEST_MARGIN = 12.0


@dataclass(frozen=True)
class Typed:
    """Per asset: the type's name and a confidence in (0, 1)."""

    names: pl.Series
    confidence: pl.Series


def record_evidence(hints: Sequence[Hint], size: int) -> Weights:
    """Evidence (records x types): the sum of every hint that tells records apart."""
    evidence = np.zeros((size, len(TYPES)), dtype=np.float32)
    for hint in hints:
        if not hint.of_the_asset:
            evidence += hint.weights[hint.rule]
    return evidence


@dataclass(frozen=True)
class TypeWeights:
    """What the word of a field counts, fitted so that the confidence is the share that is right. scales: per field, 1
    where it is not fitted. prior: per type of TYPES, what speaks for it beside the evidence. unsaid: what speaks for a
    type for which there is no evidence."""

    scales: Mapping[str, float]
    prior: Weights
    unsaid: float

    def scale(self, field: str) -> float:
        return self.scales.get(field, 1.0)


@cache
def type_weights() -> TypeWeights:
    """The packaged weights."""
    data = packaged_yaml(__package__, "type_weights.yaml")
    prior = np.zeros(len(TYPES), dtype=np.float32)
    for name, value in data["prior"].items():
        prior[TYPES.index(name)] = value
    return TypeWeights(data["scales"], prior, data["unsaid"])


def asset_evidence(hints: Sequence[Hint], asset_of_record: NDArray[np.int64], assets: int) -> Weights:
    """Evidence (assets x types): per field the strongest word of any record, then the sum over the fields.

    So five sources that repeat "server" do not outvote one that says "virtual machine". Fields are weighed.
    """
    by_asset = _ByAsset.of(asset_of_record)
    evidence = np.zeros((assets, len(TYPES)), dtype=np.float32)
    for hint in hints:
        evidence[by_asset.numbers] += _strongest(hint, by_asset) * np.float32(type_weights().scale(hint.field))
    return evidence


def strongest(hint: Hint, asset_of_record: NDArray[np.int64], assets: int) -> Weights:
    """Per asset (assets x types) the strongest word of any record in one field."""
    by_asset = _ByAsset.of(asset_of_record)
    found = np.zeros((assets, len(TYPES)), dtype=np.float32)
    found[by_asset.numbers] = _strongest(hint, by_asset)
    return found


@dataclass(frozen=True)
class _ByAsset:
    """order: positions of the records by asset. first: where in it each asset begins. numbers: these assets."""

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, asset_of_record: NDArray[np.int64]) -> _ByAsset:
        order = np.argsort(asset_of_record, kind="stable")
        assets = asset_of_record[order]
        first = np.flatnonzero(np.diff(assets, prepend=-1))
        return cls(order, first, assets[first])


def _strongest(hint: Hint, by_asset: _ByAsset) -> Weights:
    """One row per asset of by_asset. Nearly all assets have one or two rules of a field: few pairs of rules in all."""
    rule = hint.rule[by_asset.order].astype(np.int64)
    if not len(rule):
        return np.zeros((0, len(TYPES)), dtype=np.float32)
    least, most = np.minimum.reduceat(rule, by_asset.first), np.maximum.reduceat(rule, by_asset.first)
    size = len(hint.weights)
    words = np.maximum(hint.weights[:, np.newaxis], hint.weights).reshape(size * size, len(TYPES))
    found: Weights = words[least * size + most]
    sizes = np.diff(by_asset.first, append=len(rule))
    further = (rule != np.repeat(least, sizes)) & (rule != np.repeat(most, sizes))
    if further.any():
        asset = np.repeat(np.arange(len(sizes)), sizes)[further]
        np.maximum.at(found, asset, hint.weights[rule[further]])
    return found


def record_families(evidence: Weights) -> NDArray[np.int8]:
    """Index into FAMILIES per record; a record without evidence is taken for a host."""
    best = _FAMILY_OF_TYPE[evidence.argmax(axis=1)]
    return np.where(evidence.max(axis=1) > 0, best, 0).astype(np.int8)


def record_types(evidence: Weights, least_lead: float = 1.0) -> NDArray[np.int8]:
    """Index into TYPES per record where the best type leads by least_lead, else -1."""
    ordered = np.partition(evidence, -2, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] >= least_lead
    return np.where(clear, evidence.argmax(axis=1), _UNKNOWN).astype(np.int8)


# For evidence that is not that of fields: as it is.
AS_IT_IS = TypeWeights({}, np.zeros(len(TYPES), dtype=np.float32), 0.0)


def classify(evidence: Weights, weights: TypeWeights | None = None) -> Typed:
    """The type with most evidence; confidence = softmax over the types, so it falls with the lead of the best.

    "other" when nothing speaks: its confidence is then 1 / number of types. weights: the packaged ones by default.
    """
    silent = evidence.max(axis=1) <= 0
    odds = log_odds(evidence, weights or type_weights())
    best = np.where(silent, TYPES.index("other"), odds.argmax(axis=1))
    margins = np.minimum(odds - odds.max(axis=1, keepdims=True), 0.0)
    confidence = 1.0 / np.exp(np.maximum(margins, -_LARGEST_MARGIN)).sum(axis=1)
    names = pl.Series("classified_type", np.array(TYPES, dtype=object)[best], dtype=pl.String())
    return Typed(names, pl.Series("type_confidence", confidence).round(4))


def log_odds(evidence: Weights, weights: TypeWeights) -> NDArray[np.float64]:
    """Evidence (assets x types) with what speaks for each type beside it."""
    said = evidence + weights.prior
    unsaid = np.where(evidence.max(axis=1, keepdims=True) > 0, evidence + weights.unsaid, evidence)
    return np.where(evidence > 0, said, unsaid).astype(np.float64)


def within_families(evidence: Weights, family: NDArray[np.int8]) -> Weights:
    """Evidence per asset with the types of other families ruled out; an asset of no host family has its own type."""
    ruled_out = _FAMILY_OF_TYPE[np.newaxis, :] != family[:, np.newaxis]
    return np.where(ruled_out, np.minimum(evidence, 0), evidence).astype(np.float32)
