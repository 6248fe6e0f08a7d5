"""What observed connections make edges, and what becomes of the others."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, WEB, edges, flow, run
from discovery_pipeline_tests.domain.estate import connections, inventory


@pytest.mark.parametrize(
    "row",
    [
        flow("10.0.0.1", "127.0.0.1", 443),
        flow("10.0.0.1", "10.0.0.1", 443),
        flow("10.0.0.1", "224.0.0.251", 5353),
        flow("10.0.0.1", "255.255.255.255", 67),
        flow("10.0.0.1", "10.0.0.255", 137),
        flow("10.0.0.1", "0.0.0.0", 443),
        flow("10.0.0.1", "fe80::1", 443),
        flow("192.0.2.9", "10.0.0.1", 443),
    ],
    ids=[
        "loopback",
        "itself",
        "multicast",
        "broadcast",
        "subnet broadcast",
        "unspecified",
        "link-local",
        "unknown client",
    ],
)
def test_no_edge(row: tuple[Any, ...]) -> None:
    assert edges(run(inventory(WEB, DB), connections(ENDS, row))) == []


def test_an_unknown_server_is_external_with_its_address() -> None:
    outcome = run(inventory(WEB), connections(ENDS, flow("10.0.0.1", "203.0.113.7", 443)))
    assert outcome.dependencies.select("from_asset", "to_asset", "to_address", "kind").rows() == [
        ("web1", None, "203.0.113.7", "external")
    ]


def test_unknown_clients_are_counted_and_reported() -> None:
    outcome = run(inventory(WEB), connections(ENDS, flow("192.0.2.9", "10.0.0.1", 443)))
    assert outcome.summary["connections_from_unknown_clients"] == 1
    assert outcome.findings["code"].to_list() == ["client_unknown"]


def test_unknown_clients_are_rows_whatever_these_count() -> None:
    table = connections(f"{ENDS} connection_count", (*flow("192.0.2.9", "10.0.0.1", 443), 20_000))
    outcome = run(inventory(WEB), table)
    assert outcome.summary["connections_from_unknown_clients"] == 1
    assert outcome.findings["detail"][0].endswith(": 1")
