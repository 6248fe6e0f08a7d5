"""The day that the data speaks of, whatever single clocks say."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from discovery_pipeline.domain.analysis.data_day import data_date
from discovery_pipeline_tests.domain.estate import inventory, server

OLD, NEW, WRONG = datetime(2015, 3, 1), datetime(2026, 10, 1), datetime(2099, 1, 1)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([NEW], NEW, id="one asset"),
        pytest.param([OLD, NEW], NEW, id="two assets, one not seen for years"),
        pytest.param([NEW, NEW, WRONG], NEW, id="three assets, one wrong clock"),
        pytest.param([OLD, *[NEW] * 8, WRONG], NEW, id="ten assets"),
        pytest.param([*[NEW] * 197, WRONG, WRONG, WRONG], NEW, id="two hundred assets, three wrong clocks"),
    ],
)
def test_the_day_of_the_data(seen: list[datetime], expected: datetime) -> None:
    rows = [server(f"s{number}", last_seen=moment) for number, moment in enumerate(seen)]
    assert data_date(inventory(*rows)) == date(expected.year, expected.month, expected.day)
