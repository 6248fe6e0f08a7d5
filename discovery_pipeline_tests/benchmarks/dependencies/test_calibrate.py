from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.dependencies import trust
from benchmarks.dependencies.calibrate import Pieces, error, fitted, judged_values, once, written
from discovery_pipeline.domain.dependencies.params import reliabilities

NAMES = ("stated", "text")


def pieces(right: list[bool]) -> Pieces:
    """Edges that a single stated relation tells each."""
    count = len(right)
    edge, grade = np.arange(count), np.zeros(count, dtype=np.int64)
    return Pieces(NAMES, edge, grade, np.full(count, np.nan), np.ones(count), np.array(right))


def test_a_class_that_is_wrong_more_often_than_thought_is_trusted_less() -> None:
    found = pieces([True] * 400 + [False] * 600)
    values = fitted(found)
    assert values[0] == pytest.approx(0.4, abs=0.05)
    assert values[1] == pytest.approx(judged_values(NAMES)[1], abs=1e-3)
    assert error(found, values) < error(found, judged_values(NAMES))


def test_classes_of_one_edge_add_up() -> None:
    two = Pieces(NAMES, np.array([0, 0]), np.array([0, 1]), np.full(2, np.nan), np.ones(2), np.array([True]))
    assert two.confidences(np.array([0.5, 0.5, 0.97, 1.0]))[0] == pytest.approx(0.75)


def test_observation_grows_with_its_records() -> None:
    seen = Pieces(NAMES, np.arange(2), np.full(2, -1), np.array([1.0, 0.01]), np.ones(2), np.array([True, True]))
    told = seen.confidences(np.array([0.5, 0.5, 0.97, 1.0]))
    assert told.tolist() == pytest.approx([once(), 0.97 - (0.97 - once()) / 100])


def test_figures_are_written_and_comments_stay() -> None:
    lines = ["as_of: 2020-01-01", "source: judged", "classes:", "  stated: 0.85  # a relation", "  text: 0.75"]
    text = "\n".join([*lines, "observed:", "  limit: 0.97", "  growth: 1.0", ""])
    done = written(text, NAMES, np.array([0.9, 0.7, 0.98, 2.5]), '"fitted"')
    assert "  stated: 0.900  # a relation" in done
    assert "  growth: 2.500" in done
    assert 'source: "fitted"' in done


def test_reliabilities_in_force_have_every_class_that_is_fitted() -> None:
    assert {"stated", "text", "hosting"} <= set(reliabilities()["classes"])


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    edges = pl.DataFrame({"confidence": [0.95, 0.95, 0.55, 0.55], "right": [True, True, True, False]})
    assert trust.error(edges) == pytest.approx(0.05)
