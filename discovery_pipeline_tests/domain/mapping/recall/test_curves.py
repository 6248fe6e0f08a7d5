"""What likeness proves is calibrated for any embedding model, from the packaged labelled headers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from discovery_pipeline.domain.mapping.meaning_evidence import LabelledMeanings, packaged_meanings
from discovery_pipeline.domain.mapping.recall.curves import CURVES, fitted_curve, logistic


@pytest.fixture(scope="module")
def labelled() -> LabelledMeanings:
    return packaged_meanings()


def test_the_packaged_model_comes_out_near_what_was_calibrated(labelled: LabelledMeanings) -> None:
    found, (calibrated,) = fitted_curve(labelled), CURVES.values()
    for similarity in (0.5, 0.75, 1.0):
        assert found.log_odds(similarity) == pytest.approx(calibrated.log_odds(similarity), abs=0.6)


def test_one_model_has_one_curve(labelled: LabelledMeanings) -> None:
    assert fitted_curve(labelled) == fitted_curve(labelled)


def test_a_model_whose_cosines_are_all_high_proves_less_by_the_same_cosine(labelled: LabelledMeanings) -> None:
    common = np.zeros(labelled.vectors.shape[1], dtype=np.float32)
    common[0] = 1.5
    pushed = labelled.vectors + common
    crowded = fitted_curve(replace(labelled, vectors=pushed / np.linalg.norm(pushed, axis=1, keepdims=True)))
    known = fitted_curve(labelled)
    assert crowded.log_odds(0.7) < known.log_odds(0.7)
    assert crowded.log_odds(1.0) == pytest.approx(known.log_odds(1.0), abs=1.0)


def test_a_curve_rises_where_likeness_is_right() -> None:
    near = np.linspace(0, 1, 200)
    right = (np.random.default_rng(2).random(200) < 1 / (1 + np.exp(4 - 8 * near))).astype(np.float64)
    found = logistic(near, right)
    assert found.slope == pytest.approx(8, abs=2.5)
    assert found.log_odds(0.5) == pytest.approx(0, abs=0.8)
