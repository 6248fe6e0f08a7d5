"""Fitting weights of pairs: what labels teach, what bounds hold, and that the packaged weights keep to both."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from benchmarks.inventory.train_weights import INDEX, PLACES, Labelled, Where, bounds, fitted, judged, told
from discovery_pipeline.domain.inventory.matching import pair_weights
from discovery_pipeline.domain.inventory.matching.comparison import FEATURES
from discovery_pipeline.domain.packaged import packaged_text

_RNG = np.random.default_rng(5)


def _pairs(feature: str, level: str, same: float, rows: int = 400) -> Labelled:
    """Pairs at one level, of which this share is one thing."""
    column = INDEX.index((feature, level))
    levels = csr_matrix((np.ones(rows), (np.arange(rows), np.full(rows, column))), shape=(rows, len(INDEX)))
    return Labelled(levels, _RNG.random(rows) < same)


@pytest.mark.parametrize("where", PLACES)
def test_a_level_is_worth_what_its_pairs_are(where: Where) -> None:
    start = judged(where)["weights"]["model"]["agrees"]
    often, seldom = (
        fitted(_pairs("model", "agrees", share), where)[0]["weights"]["model"]["agrees"] for share in (0.99, 0.01)
    )
    assert seldom < start < often


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("same", [0.0, 1.0], ids=["never one", "always one"])
def test_weights_stay_inside_their_bounds(where: Where, same: float) -> None:
    vector = fitted(_pairs("ip", "agrees", same), where)[1]
    low, high = np.array(bounds(where)).T
    assert ((vector >= low) & (vector <= high)).all()


def test_mistakes_are_counted() -> None:
    pairs = _pairs("uuid", "agrees", 1.0, rows=10)
    pairs.same[0] = False
    figures = told(pairs, judged("across"))
    assert (figures["pairs"], figures["one_thing"], figures["wrongly_joined"], figures["wrongly_parted"]) == (
        10,
        9,
        1,
        0,
    )


@pytest.mark.parametrize("where", PLACES)
def test_the_packaged_weights_keep_to_the_bounds_and_know_every_level(where: Where) -> None:
    document = json.loads(packaged_text(pair_weights.__package__, pair_weights.FILE))
    weights = document[where]["weights"]
    assert {name: set(given) for name, given in weights.items()} == {n: set(all_[1:]) for n, all_ in FEATURES.items()}
    vector = [*(weights[feature][level] for feature, level in INDEX), document[where]["bias"]]
    assert all(low <= value <= high for value, (low, high) in zip(vector, bounds(where), strict=True))
    assert document["figures"][where]["held out"]["calibration_error"] < 0.01
