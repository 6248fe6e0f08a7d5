"""Labels of planned waves."""

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.waves.labels import planned_waves, says_pilot, wave_number


@pytest.mark.parametrize(
    ("label", "wave"),
    [("Wave 3", 3), ("W2", 2), ("07", 7), ("Pilot", None), ("", None), (None, None), ("2026-Q3", None), ("0", None)],
)
def test_labels_that_name_a_wave(label: str | None, wave: int | None) -> None:
    assert wave_number(label) == wave


def test_labels_are_read_once_each() -> None:
    found = planned_waves(pl.Series(["W2", None, "soon", "W2"], dtype=pl.String))
    assert found.rows() == [("W2", 2), ("soon", None)]


@pytest.mark.parametrize(
    ("label", "pilot"),
    [
        ("Pilot", True),
        ("pilot group", True),
        ("PoC", True),
        ("Pilot 2", False),
        ("autopilot", False),
        ("Wave 1", False),
    ],
)
def test_labels_that_ask_for_a_pilot(label: str, pilot: bool) -> None:
    assert pl.DataFrame({"l": [label]}).select(says_pilot(pl.col("l"))).item() is pilot
