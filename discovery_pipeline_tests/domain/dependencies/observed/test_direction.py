"""Who is the server of a talk whose ports leave it open."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, WEB, run
from discovery_pipeline_tests.domain.estate import connections, inventory, server

PLAIN = "source_ip source_port destination_ip destination_port state"
A, B = "10.0.0.1", "10.0.0.2"


def told(*rows: tuple[Any, ...], columns: str = PLAIN) -> list[tuple[str, str, list[int]]]:
    others = [server(f"c{n}", f"10.0.2.{n}") for n in range(9)]
    outcome = run(inventory(WEB, DB, *others), connections(columns, *rows))
    return outcome.dependencies.filter(
        pl.col("from_asset").is_in(["web1", "db1"]), pl.col("to_asset").is_in(["web1", "db1"])
    ).select("from_asset", "to_asset", "ports").rows()  # fmt: skip


def test_an_open_port_tells_the_server() -> None:
    listens = (B, 40001, None, None, "LISTEN")
    assert told(listens, (B, 40001, A, 50222, "ESTABLISHED")) == [("web1", "db1", [40001])]
    assert told(listens, (A, 50222, B, 40001, "ESTABLISHED")) == [("web1", "db1", [40001])]


def test_the_port_that_many_ends_meet_is_the_servers() -> None:
    fans = [(B, 40001, f"10.0.2.{n}", 50000 + n, "ESTABLISHED") for n in range(4)]
    assert told(*fans, (B, 40001, A, 50222, "ESTABLISHED")) == [("web1", "db1", [40001])]


def test_data_channels_follow_the_call_that_opened_them() -> None:
    call, data = (A, 50100, B, 135, "ESTABLISHED"), (B, 49701, A, 50101, "ESTABLISHED")
    assert told(call, data) == [("web1", "db1", [135])]


def test_a_program_that_offers_a_service_is_the_server() -> None:
    columns = f"{PLAIN} source_process"
    rows = told((B, 51433, A, 50222, "ESTABLISHED", "sqlservr.exe"), columns=columns)
    assert [row[:2] for row in rows] == [("web1", "db1")]


def test_both_directions_of_an_unclear_talk_are_one_edge() -> None:
    there, back = (A, 50222, B, 40001, "ESTABLISHED"), (B, 40001, A, 50222, "ESTABLISHED")
    assert len(told(there, back)) == 1


def test_what_nothing_tells_is_a_lead_as_written() -> None:
    estate = inventory(WEB, DB)
    outcome = run(estate, connections(ENDS, (None, A, 50222, None, B, 40001)))
    edge = outcome.dependencies.to_dicts()[0]
    assert (edge["from_asset"], edge["to_asset"], edge["ports"], edge["confidence"] < 0.5) == ("web1", "db1", [], True)
    assert "direction not told" in edge["contradictions"]


@pytest.mark.parametrize("same", [123, 514])
def test_peers_on_one_port_are_told_by_how_many_ends_meet_them(same: int) -> None:
    fans = [(f"10.0.2.{n}", same, B, same, None) for n in range(4)]
    assert [row[:2] for row in told(*fans, (B, same, A, same, None))] == [("web1", "db1")]
