"""The judge of types: how far confidence is from being right, and weights that follow what was right."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.inventory.types import FIELDS, SCALES, Sample, fitted, reliability
from discovery_pipeline.domain.inventory.classification.classify import Typed
from discovery_pipeline.domain.inventory.classification.hints import TYPES

VIRTUAL, PHYSICAL = TYPES.index("virtual_machine"), TYPES.index("physical_server")


def _sample(truth: list[int], confidence: float) -> Sample:
    """All are taken for virtual machines."""
    size = len(truth)
    typed = Typed(pl.Series(["virtual_machine"] * size), pl.Series([confidence] * size))
    return Sample(np.zeros((size, len(FIELDS), len(TYPES)), dtype=np.float32), np.array(truth), typed)


@pytest.mark.parametrize(
    ("right", "confidence", "error"),
    [
        pytest.param(9, 0.9, 0.0, id="nine of ten, and it says so"),
        pytest.param(5, 0.9, 0.4, id="too sure"),
        pytest.param(10, 0.6, 0.4, id="too modest"),
    ],
)
def test_the_calibration_error_is_the_distance_from_being_right(right: int, confidence: float, error: float) -> None:
    found = reliability([_sample([VIRTUAL] * right + [PHYSICAL] * (10 - right), confidence)])
    assert (found.size, found.accuracy) == (10, right / 10)
    assert found.error == pytest.approx(error)


def test_a_field_that_is_right_counts_more_than_one_that_is_not() -> None:
    rng = np.random.default_rng(7)
    truth = rng.choice([VIRTUAL, PHYSICAL], 2_000)
    words = np.zeros((len(truth), len(FIELDS), len(TYPES)), dtype=np.float32)
    each = np.arange(len(truth))
    words[each, FIELDS.index("model"), truth] = 2.0
    words[each, FIELDS.index("table"), rng.choice([VIRTUAL, PHYSICAL], len(truth))] = 2.0
    typed = Typed(pl.Series([""] * len(truth)), pl.Series([0.5] * len(truth)))
    weights = fitted([Sample(words, truth, typed)])
    assert weights.scale("model") == pytest.approx(SCALES[1], abs=0.01)
    assert weights.scale("table") == pytest.approx(SCALES[0], abs=0.01)
