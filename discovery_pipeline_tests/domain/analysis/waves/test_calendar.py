"""The calendar of waves."""

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.waves.calendar import Group, plan, wave_number

NONE = pl.DataFrame(schema={"dependent": pl.Int64(), "provider": pl.Int64()})


@pytest.mark.parametrize(
    ("label", "wave"),
    [("Wave 3", 3), ("W2", 2), ("07", 7), ("Pilot", None), ("", None), (None, None), ("2026-Q3", None), ("0", None)],
)
def test_labels_that_name_a_wave(label: str | None, wave: int | None) -> None:
    assert wave_number(label) == wave


def test_phases_follow_each_other_and_critical_groups_come_last_within_one() -> None:
    groups = [Group(5, (3, 3), None), Group(5, (3, 0), None), Group(5, (0, 0), None), Group(5, (2, 1), None)]
    assert plan(groups, NONE, room=5) == [4, 3, 1, 2]


def test_a_group_larger_than_a_wave_gets_one_of_its_own() -> None:
    assert plan([Group(3, (0, 0), None), Group(50, (0, 1), None), Group(3, (0, 2), None)], NONE, room=10) == [1, 2, 1]


def test_planned_loads_take_room() -> None:
    assert plan([Group(10, (0, 0), 1), Group(1, (0, 0), None)], NONE, room=10) == [1, 2]
