"""Applications that use one database."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import ENDS, edges, flow, run
from discovery_pipeline_tests.domain.estate import application, connections, inventory, server

APPS = [application(f"p{n}", f"App {n}") for n in range(8)]
SERVERS = [server(f"s{n}", f"10.0.1.{n}", application_name=[f"App {n}"]) for n in range(8)]


@pytest.mark.parametrize(("users", "leads"), [(1, 0), (2, 1), (3, 3), (6, 0)])
def test_users_of_one_database_may_need_each_other(users: int, leads: int) -> None:
    estate = inventory(*APPS, *SERVERS, server("db", "10.0.0.9"))
    table = connections(ENDS, *[flow(f"10.0.1.{n}", "10.0.0.9", 5432) for n in range(users)])
    outcome = run(estate, table)
    between = outcome.dependencies.filter(pl.col("kind") == "application")
    assert len(between) == leads
    assert all(confidence < 0.5 for confidence in between["confidence"])
    assert all(told == ["no direction: both use one database"] for told in between["contradictions"].to_list())
    assert len(outcome.dependencies.filter(pl.col("kind") == "tier", pl.col("to_asset") == "db")) == users


def test_a_database_that_both_name_is_shared() -> None:
    orders = {"asset_id": "d1", "classified_type": "database", "hostname": "ORDERS"}
    users = [application(i, name, depends_on=["ORDERS"]) for i, name in (("a", "Shop"), ("b", "Billing"))]
    estate = inventory(*users, server("x", application_name=["Shop", "Billing"]), orders)
    assert set(edges(run(estate))) == {("a", "d1", "hosting"), ("b", "d1", "hosting"), ("a", "b", "application")}
