"""Rows to groups: names that stand at some rows of an address only, several names at one address, parts of a table."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline.domain.dependencies.observed import grouping
from discovery_pipeline.domain.dependencies.observed.connections import Observed, observe
from discovery_pipeline_tests.domain.dependencies.small_graphs import ENDS, flow
from discovery_pipeline_tests.domain.estate import connections

A, B = "10.0.0.1", "10.0.0.2"


def shown(seen: Observed) -> list[tuple[Any, ...]]:
    """(client, its host, server, its host, records) of every talk."""
    sides = {side: seen.ends.rename({"end": side, "host": f"{side}_host", "ip": f"{side}_ip"}) for side in
             ("client", "server")}  # fmt: skip
    named = seen.talks.join(sides["client"], on="client").join(sides["server"], on="server")
    columns = ("client_ip", "client_host", "server_ip", "server_host", "records")
    return sorted(named.select(columns).rows(), key=str)


def test_rows_with_and_without_a_name_are_one_talk() -> None:
    rows = [flow(A, B, 443), flow(A, B, 443, client_host="web1"), flow(A, B, 443, server_host="db1")]
    assert shown(observe([connections(ENDS, *rows)])) == [(A, "web1", B, "db1", 3)]


def test_an_address_under_two_names_keeps_them_apart() -> None:
    rows = [flow(A, B, 443, client_host=host) for host in ("old", "new", "new")]
    found = shown(observe([connections(ENDS, *rows)]))
    assert found == [(A, "new", B, None, 2), (A, "old", B, None, 1)]


def test_hosts_without_address_are_ends_of_their_own() -> None:
    rows = [flow(None, B, 443, client_host="web1"), flow(None, B, 443, client_host="web2")]  # type: ignore[arg-type]
    found = shown(observe([connections(ENDS, *rows)]))
    assert found == [(None, "web1", B, None, 1), (None, "web2", B, None, 1)]


@pytest.mark.parametrize("part", [1, 2, 3, 100])
def test_parts_of_a_table_make_the_same_talks(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        (*flow(A, B, 443, client_host="web1"), 3),
        (B, B, 443, "web1", A, 50100, 9),
        (*flow(A, "10.0.0.3", 5432), 0),
        (*flow(A, B, 443), 5),
    ]
    table = connections(f"{ENDS} connection_count", *rows)
    whole = observe([table])
    monkeypatch.setattr(grouping, "_PART_ROWS", part)
    again = observe([table])
    assert shown(again) == shown(whole)
    assert (again.rows, again.silent) == (whole.rows, whole.silent) == (4, 1)
    assert again.talks.sort("client", "server").equals(whole.talks.sort("client", "server"))


def test_a_table_of_many_unclear_rows_is_taken_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_MAX_UNCLEAR_ROWS", 1)
    rows = [flow(A, B, port) for port in (40001, 40002, 40003)]
    talks = observe([connections(ENDS, *rows)]).talks
    assert talks.select("unclear", "client_port").unique().rows() == [(False, None)]
    assert talks["records"].sum() == 3


def test_an_empty_table_has_no_talks() -> None:
    seen = observe([connections(ENDS)])
    assert (len(seen.talks), len(seen.ends), seen.rows) == (0, 0, 0)
    assert seen.listening.is_empty()
