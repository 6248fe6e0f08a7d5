"""Servers amid another application's tiers, and at an address that was another's."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.applications.standing import former_holders, stand_amid

SCHEMA = {
    "from_asset": pl.String(), "to_asset": pl.String(), "ports": pl.List(pl.Int64()), "confidence": pl.Float64(),
    "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"),
}  # fmt: skip
Call = tuple[str, str, int, int, int]


def tiers(*calls: Call) -> pl.DataFrame:
    """From, to, port, first and last day of June."""
    rows = [(a, b, [port], 0.9, datetime(2026, 6, first), datetime(2026, 6, last)) for a, b, port, first, last in calls]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def serving(**applications: str) -> pl.DataFrame:
    return pl.DataFrame(
        list(applications.items()), schema={"asset_id": pl.String(), "application_id": pl.String()}, orient="row"
    )


# c1 -> c2 -> c3 are the tiers of c, x is said to be of a.
OF = serving(x="a", x2="a", c1="c", c2="c", c3="c")
INSIDE: list[Call] = [("c1", "c2", 8080, 1, 30), ("c2", "c3", 1521, 1, 30)]


def test_who_is_called_and_calls_as_an_applications_own_servers_stands_amid_it() -> None:
    found = stand_amid(tiers(*INSIDE, ("c1", "x", 8080, 1, 30), ("x", "c3", 1521, 1, 30)), OF)
    assert found.select("asset_id", "application_id", pl.col("confidence").round(4)).rows() == [("x", "c", 0.81)]


@pytest.mark.parametrize(
    "calls",
    [
        [("x", "c2", 8080, 1, 30)],
        [("c1", "x", 8080, 1, 30)],
        [("c2", "x", 9443, 1, 30), ("x", "c2", 8080, 1, 30)],
    ],
    ids=["one that only calls", "one that is only called", "two that call each other over ports of their own"],
)
def test_a_neighbour_does_not_stand_amid_an_application(calls: list[Call]) -> None:
    assert stand_amid(tiers(*INSIDE, *calls), OF).is_empty()


def test_calls_that_ended_before_all_others_began_are_those_of_the_addresss_former_holder() -> None:
    handed = tiers(*INSIDE, ("c1", "x", 8443, 1, 3), ("x", "c3", 1433, 2, 4), ("x", "x2", 1521, 6, 30))
    assert former_holders(handed, OF).rows() == [("x", "c")]


@pytest.mark.parametrize(
    "calls",
    [
        [("x", "c3", 1433, 2, 4), ("x", "x2", 1521, 6, 30)],
        [("c1", "x", 8443, 1, 3), ("x", "c3", 1433, 2, 9), ("x", "x2", 1521, 6, 30)],
        [("c1", "x", 8443, 1, 28), ("x", "c3", 1433, 2, 9), ("x", "c2", 1433, 2, 9)],
        [("x", "c1", 8443, 1, 3), ("x", "c3", 1433, 2, 4), ("x", "c2", 1433, 2, 4)],
    ],
    ids=["one call", "they overlap", "they last", "only ever one way, and nothing else of the server is seen"],
)
def test_one_call_or_calls_beside_others_are_of_the_one_who_has_the_address(calls: list[Call]) -> None:
    assert former_holders(tiers(*INSIDE, *calls), OF).is_empty()


def test_a_server_of_which_only_ended_calls_both_ways_are_seen_is_another_by_now() -> None:
    silent = [("c1", "x", 8443, 1, 3), ("x", "c3", 1433, 2, 4), ("x", "c2", 1433, 2, 4)]
    assert former_holders(tiers(*INSIDE, *silent), OF).rows() == [("x", "c")]


def test_nothing_gives_nothing_and_the_undated_tells_no_time() -> None:
    assert stand_amid(tiers(), OF).is_empty()
    assert former_holders(tiers(), OF).is_empty()
    undated = tiers(("c1", "x", 8443, 1, 3), ("x", "c3", 1433, 2, 4)).with_columns(first_seen=None)
    assert former_holders(undated.cast(SCHEMA), OF).is_empty()
