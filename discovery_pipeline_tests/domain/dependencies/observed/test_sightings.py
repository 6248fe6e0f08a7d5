"""What several tables tell of one connection is one sighting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, WEB, flow, run
from discovery_pipeline_tests.domain.estate import connections, inventory, server

_START = datetime(2026, 10, 1)
_COLUMNS = "source_host source_ip source_port destination_host destination_ip destination_port observed_at"


def _seen(*hours: float) -> list[tuple[Any, ...]]:
    return [(*flow("10.0.0.1", "10.0.0.2", 5432), _START + timedelta(hours=h)) for h in hours]


def _background(client: int, *hours: float) -> list[tuple[Any, ...]]:
    """Other talks, from which the table's grain and the length of the watching show."""
    return [(*flow(f"10.0.1.{client}", "10.0.0.1", 443), _START + timedelta(hours=h)) for h in hours]


def _slots(*hours: float) -> CleanTable:
    """A tool that writes six-hour slots."""
    return connections(_COLUMNS, *_seen(*hours), *_background(1, 0, 6, 18, 24 * 20))


def _exact(*hours: float, protocol: str | None = "tcp") -> CleanTable:
    """A tool that writes seconds, and the protocol."""
    rows = [*_seen(*hours), *_background(2, 0.001, 5.37, 19.281, 24 * 20 + 0.77)]
    return connections(f"{_COLUMNS} protocol", *((*row, protocol) for row in rows), table_no=1)


def _sightings(*tables: CleanTable) -> tuple[int, float]:
    others = [server(f"c{n}", f"10.0.1.{n}") for n in (1, 2)]
    edges = run(inventory(WEB, DB, *others), *tables).dependencies
    found = edges.filter(from_asset="web1", to_asset="db1")
    return int(found["observations"].item()), float(found["confidence"].item())


@pytest.mark.parametrize(
    ("slots", "exact", "expected"),
    [
        ((30,), (33.5,), 1),
        ((30,), (60.5,), 2),
        ((30, 36), (33.5,), 2),
        ((30, 36), (33.5, 34.2, 38), 3),
        ((6, 12), (200.1, 201.4, 300), 5),
    ],
    ids=["one connection", "days apart", "the slots say more", "the seconds say more", "one after the other"],
)
def test_tables_that_overlap_count_once(slots: tuple[float, ...], exact: tuple[float, ...], expected: int) -> None:
    assert _sightings(_slots(*slots), _exact(*exact))[0] == expected
    assert _sightings(_exact(*exact), _slots(*slots))[0] == expected


def test_one_connection_in_two_tables_is_a_lead_only() -> None:
    observations, confidence = _sightings(_slots(30), _exact(33.5))
    assert observations == 1
    assert confidence < 0.5
    assert _sightings(_slots(30), _exact(60.5))[1] > 0.9


def test_rows_of_one_second_are_one_connection_of_several_collectors() -> None:
    assert _sightings(_exact(33.5, 33.5))[0] == 1
    assert _sightings(_exact(33.5, 33.6))[0] == 2
    assert _sightings(_slots(30, 30))[0] == 2


def test_a_table_without_times_may_tell_of_what_others_saw() -> None:
    rows = [flow("10.0.0.1", "10.0.0.2", 5432)]
    undated = connections(_COLUMNS.removesuffix(" observed_at"), *rows, table_no=2)
    assert _sightings(_exact(33.5), undated)[0] == 1
    assert _sightings(undated)[0] == 1
