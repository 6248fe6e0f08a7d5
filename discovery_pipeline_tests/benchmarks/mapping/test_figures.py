"""Figures on answers of which each is known by hand."""

from __future__ import annotations

import pytest

from benchmarks.mapping.figures import Answer, Score
from benchmarks.mapping.layouts import TUNED, Labelled, Layout

_CELLS = ("a",) * 6
_LAYOUT = Layout(
    "x", "x", "asset", TUNED, "",
    (
        Labelled("Name", _CELLS, ("hostname", "fqdn")), Labelled("DNS", _CELLS, ("fqdn",)),
        Labelled("Free", _CELLS, ()), Labelled("Site", _CELLS, ("location",)),
    ),
)  # fmt: skip
_NARROW = Layout("y", "y", "asset", TUNED, "", _LAYOUT.columns[2:3])
_SCORE = Score(
    (
        Answer(_LAYOUT, 0, "fqdn", 0.95, accepted=True), Answer(_LAYOUT, 1, "hostname", 0.75, accepted=True),
        Answer(_LAYOUT, 2, None, 0.85), Answer(_LAYOUT, 3, None, 0.65), Answer(_NARROW, 0, None, 1.0),
    )
)  # fmt: skip


def test_shares_are_of_what_they_say() -> None:
    assert _SCORE.accuracy == 3 / 5
    assert _SCORE.precision == 1 / 2
    assert _SCORE.recall == 1 / 3
    assert _SCORE.preferred == 0
    assert _SCORE.layout_mean == (2 / 4 + 1) / 2
    assert _SCORE.accepted_share == 1


def test_calibration_error_is_the_mean_gap_between_confidence_and_share_right() -> None:
    # 0.95 and 1.0 share a bin; every other answer has its own.
    assert _SCORE.calibration_error == pytest.approx((abs(1.95 - 2) + 0.75 + abs(0.85 - 1) + 0.65) / 5)


def test_without_confidences_there_is_no_calibration_error() -> None:
    assert Score((Answer(_LAYOUT, 0, "fqdn"),)).calibration_error is None
    assert Score(()).calibration_error is None


def test_nothing_mapped_is_no_mistake() -> None:
    nothing = Score((Answer(_LAYOUT, 2, None),))

    assert (nothing.accuracy, nothing.precision, nothing.recall) == (1, 1, 1)
