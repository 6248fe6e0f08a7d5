"""Addresses that changed hands are decided by the day."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import ENDS, WEB, flow, run
from discovery_pipeline_tests.domain.estate import connections, inventory, server

COLUMNS = f"{ENDS} observed_at"
OLD = server("old", "10.0.0.2", install_date=datetime(2020, 1, 1), last_seen=datetime(2026, 3, 10),
             lifecycle_status="retired")  # fmt: skip
NEW = server("new", "10.0.0.2", install_date=datetime(2026, 3, 20), last_seen=datetime(2026, 4, 1))
FILLERS = [server(f"f{n}", f"10.0.3.{n}", install_date=datetime(2021, 1, 1)) for n in range(10)]


@pytest.mark.parametrize(
    ("day", "meant"),
    [(datetime(2026, 3, 1), "old"), (datetime(2026, 3, 10, 23), "old"), (datetime(2026, 3, 25), "new")],
    ids=["before", "last day", "after"],
)
def test_an_address_of_two_lives_is_whose_day_it_was(day: datetime, meant: str) -> None:
    table = connections(COLUMNS, *[(*flow("10.0.0.1", "10.0.0.2", 5432), day)] * 5)
    outcome = run(inventory(WEB, OLD, NEW, *FILLERS), table)
    (edge,) = outcome.dependencies.to_dicts()
    assert (edge["to_asset"], edge["confidence"] >= 0.5) == (meant, True)
    assert edge["contradictions"] == ["address held by several assets over time"]


def test_a_name_goes_before_the_day() -> None:
    row = (*flow("10.0.0.1", "10.0.0.2", 5432, server_host="new"), datetime(2026, 3, 1))
    assert run(inventory(WEB, OLD, NEW, *FILLERS), connections(COLUMNS, row)).dependencies["to_asset"].item() == "new"


def test_what_was_seen_before_an_asset_was_there_is_a_lead() -> None:
    rows = [(*flow("10.0.0.1", "10.0.0.2", 5432), datetime(2026, 3, day)) for day in (1, 2, 3)]
    (edge,) = run(inventory(WEB, NEW, *FILLERS), connections(COLUMNS, *rows)).dependencies.to_dicts()
    assert (edge["to_asset"], edge["confidence"] < 0.5) == ("new", True)
    assert edge["contradictions"] == ["seen at its address when it did not exist"]
    later = [*rows, (*flow("10.0.0.1", "10.0.0.2", 5432), datetime(2026, 3, 28))]
    assert run(inventory(WEB, NEW, *FILLERS), connections(COLUMNS, *later)).dependencies["confidence"].item() >= 0.5


def test_dates_of_records_are_no_lives() -> None:
    others = [{**row, "install_date": datetime(2026, 3, 20)} for row in FILLERS]
    row = (*flow("10.0.0.1", "10.0.0.2", 5432), datetime(2026, 3, 1))
    outcome = run(inventory(WEB, NEW, *others), connections(COLUMNS, row, row))
    assert outcome.dependencies.filter(pl.col("confidence") >= 0.5)["to_asset"].to_list() == ["new"]
