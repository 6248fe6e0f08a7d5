"""Connection records to flows: what is no connection, counts, and which side is the client."""

from datetime import datetime

import pytest

from discovery_pipeline.domain.dependencies.observed.connections import observe
from discovery_pipeline_tests.domain.estate import connections

PLAIN = "source_ip source_port destination_ip destination_port"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "LISTEN"),
        ("state", "S0"),
        ("state", "SYN_SENT"),
        ("state", "REJ"),
        ("action", "denied"),
        ("connection_count", 0),
        ("packet_count", 0),
    ],
)
def test_what_nobody_answered_is_no_flow(column: str, value: object) -> None:
    table = connections(f"{PLAIN} {column}", ("10.0.0.1", 51000, "10.0.0.2", 443, value))
    seen = observe([table])
    assert (len(seen.flows), seen.rows, seen.silent) == (0, 1, 1)


@pytest.mark.parametrize("state", ["ESTABLISHED", "SF", "TIME_WAIT", "ESTAB", None])
def test_completed_connections_are_flows(state: str | None) -> None:
    table = connections(f"{PLAIN} state", ("10.0.0.1", 51000, "10.0.0.2", 443, state))
    assert len(observe([table]).flows) == 1


def test_flows_without_bytes_count_as_unanswered_only_where_bytes_are_measured() -> None:
    columns = f"{PLAIN} bytes"
    silent = ("10.0.0.1", 51000, "10.0.0.2", 443, 0.0)
    assert len(observe([connections(columns, silent)]).flows) == 1
    measured = connections(columns, silent, ("10.0.0.1", 51000, "10.0.0.3", 443, 9.0))
    assert observe([measured]).flows["server_ip"].to_list() == ["10.0.0.3"]


def test_both_directions_of_one_talk_are_one_flow_with_summed_counts_and_times() -> None:
    there = ("10.0.0.1", 51000, "10.0.0.2", 5432, 7, datetime(2026, 3, 1))
    back = ("10.0.0.2", 5432, "10.0.0.1", 51022, 3, datetime(2026, 2, 1))
    flows = observe([connections(f"{PLAIN} connection_count observed_at", there, back)]).flows
    (flow,) = flows.to_dicts()
    assert (flow["client_ip"], flow["server_ip"], flow["port"], flow["records"]) == ("10.0.0.1", "10.0.0.2", 5432, 10)
    assert (flow["first_seen"], flow["last_seen"]) == (datetime(2026, 2, 1), datetime(2026, 3, 1))


def test_rows_are_counted_where_the_table_has_no_counter_and_tables_add_up() -> None:
    row = ("10.0.0.1", 51000, "10.0.0.2", 443)
    flows = observe([connections(PLAIN, row, row), connections(PLAIN, row, table_no=3)]).flows
    assert flows["records"].to_list() == [3]


def test_ports_that_name_no_service_on_either_end_are_one_flow() -> None:
    flows = observe(
        [connections(PLAIN, ("10.0.0.1", 51000, "10.0.0.2", 55555), ("10.0.0.1", 51001, "10.0.0.2", 56666))]
    )
    assert flows.flows.select("port", "records").rows() == [(None, 2)]


def test_protocol_numbers_are_names() -> None:
    table = connections(
        f"{PLAIN} protocol", ("10.0.0.1", 51000, "10.0.0.2", 53, "17"), ("10.0.0.1", 1, "10.0.0.2", 53, "UDP")
    )
    assert observe([table]).flows["protocol"].to_list() == ["udp"]
