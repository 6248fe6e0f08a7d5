"""Facts that follow from the edges: shared services are told from servers that nobody knows the use of."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.shared_use import shared_use
from discovery_pipeline.domain.membership import MEMBERSHIP
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, edges, run
from discovery_pipeline_tests.domain.estate import application, server

USERS = [server(f"u{n}", **GOOD, application_name=[f"App {n % 2}"]) for n in range(5)]
APPLICATIONS = [application(f"p{n}", f"App {n}") for n in range(2)]


def dns(users: int) -> dict[str, Any]:
    """The row of ANALYSIS of a name server that so many servers use."""
    ties = tuple((f"u{n}", "dns", "infrastructure") for n in range(users))
    outcome = run(server("dns", "10.0.0.1", **GOOD), *USERS, *APPLICATIONS, ties=ties)
    (row,) = outcome.analysis.filter(asset_id="dns").to_dicts()
    return row


def test_a_shared_service_is_not_asked_which_application_it_serves() -> None:
    row = dns(5)
    assert "It is a shared service: 5 assets use it, those of 2 applications among them." in row["reasons"]
    assert not any("No application is known" in reason for reason in row["reasons"])
    assert "shared_by=5" in row["facts"]
    assert row["next_question"] is None or not row["next_question"].startswith("Which application")


def test_a_server_that_few_use_is_no_shared_service() -> None:
    row = dns(4)
    assert not any("shared service" in reason for reason in row["reasons"])
    assert any("No application is known" in reason for reason in row["reasons"])


@pytest.mark.parametrize(("managed", "servers", "shared"), [(19, 30, 0), (20, 30, 1), (20, 500, 0), (25, 500, 1)])
@pytest.mark.parametrize("manages", [True, False], ids=["manages", "is reported to"])
def test_what_manages_is_shared_from_a_share_of_the_servers_on(
    managed: int, servers: int, shared: int, manages: bool
) -> None:
    ends = [("m", f"s{n}") if manages else (f"s{n}", "m") for n in range(managed)]
    found = shared_use(edges(*((a, b, "management") for a, b in ends)), pl.DataFrame(schema=MEMBERSHIP), servers)
    assert found.rows() == [("m", managed, 0)] * shared


def test_membership_tells_what_a_server_serves_that_names_nothing() -> None:
    ties = (("crm", "x", "hosting"),)
    row = run(server("x", **GOOD), application("crm", "CRM"), ties=ties).analysis.filter(asset_id="x").to_dicts()[0]
    assert "It serves CRM." in row["reasons"]
    assert not any("No application is known" in reason for reason in row["reasons"])
