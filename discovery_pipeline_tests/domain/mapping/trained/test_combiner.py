"""The weights of evidence: whole, and thresholds that follow from an error budget."""

from __future__ import annotations

import json

import pytest

from discovery_pipeline.domain.mapping.trained.combiner import FEATURES, Combiner, combiner, read_combiner

_CURVE = ((0.5, 0.90), (0.6, 0.97), (0.7, 0.95), (0.8, 0.985), (0.9, 0.99))


@pytest.mark.parametrize(("precision", "threshold"), [(0.98, 0.8), (0.95, 0.6), (0.85, 0.5), (0.995, 1.0)])
def test_the_threshold_is_the_lowest_from_which_the_budget_always_holds(precision: float, threshold: float) -> None:
    assert Combiner(1, {}, 1.0, _CURVE).accept_from(precision) == threshold


def test_weights_of_other_features_are_refused() -> None:
    weights = dict.fromkeys(FEATURES, 1.0)
    text = json.dumps(
        {"version": 1, "weights": {**weights, "phase of the moon": 1.0}, "temperature": 1, "precision": []}
    )

    with pytest.raises(ValueError, match="phase of the moon"):
        read_combiner(text)


@pytest.mark.parametrize("source", ["lexicon", "values", "context", "examples"])
def test_what_speaks_for_a_field_raises_its_score(source: str) -> None:
    assert combiner().of(source)[f"{source}+"] > 0


def test_the_packaged_threshold_lets_mappings_through() -> None:
    assert 0.5 < combiner().accept_from(0.98) < 0.99
