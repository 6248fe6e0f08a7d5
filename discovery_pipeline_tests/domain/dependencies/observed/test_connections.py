"""Connection records to flows: what is no connection, counts, and which side is the client."""

from datetime import date, datetime

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.observed.connections import Observed, observe
from discovery_pipeline_tests.domain.estate import connections

PLAIN = "source_ip source_port destination_ip destination_port"


def named(seen: Observed) -> pl.DataFrame:
    """The talks with the addresses of both ends."""
    ips = seen.ends.select("end", "ip")
    clients = seen.talks.join(ips.rename({"end": "client", "ip": "client_ip"}), on="client")
    return clients.join(ips.rename({"end": "server", "ip": "server_ip"}), on="server").sort("server_ip", "server_port")


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
    assert (len(seen.talks), seen.rows, seen.silent) == (0, 1, 1)


@pytest.mark.parametrize("state", ["ESTABLISHED", "SF", "TIME_WAIT", "ESTAB", None])
def test_completed_connections_are_flows(state: str | None) -> None:
    table = connections(f"{PLAIN} state", ("10.0.0.1", 51000, "10.0.0.2", 443, state))
    assert len(observe([table]).talks) == 1


def test_flows_without_bytes_count_as_unanswered_only_where_bytes_are_measured() -> None:
    columns = f"{PLAIN} bytes"
    silent = ("10.0.0.1", 51000, "10.0.0.2", 443, 0.0)
    assert len(observe([connections(columns, silent)]).talks) == 1
    measured = connections(columns, silent, ("10.0.0.1", 51000, "10.0.0.3", 443, 9.0))
    assert named(observe([measured]))["server_ip"].to_list() == ["10.0.0.3"]


def test_both_directions_of_one_talk_are_one_flow_counted_once() -> None:
    there = ("10.0.0.1", 51000, "10.0.0.2", 5432, 7, datetime(2026, 3, 1))
    back = ("10.0.0.2", 5432, "10.0.0.1", 51022, 3, datetime(2026, 2, 1))
    (flow,) = named(observe([connections(f"{PLAIN} connection_count observed_at", there, back)])).to_dicts()
    assert flow["replies"] == 3
    assert (flow["client_ip"], flow["server_ip"], flow["server_port"], flow["records"]) == (
        "10.0.0.1",
        "10.0.0.2",
        5432,
        7,
    )
    assert (flow["first_seen"], flow["last_seen"]) == (datetime(2026, 2, 1), datetime(2026, 3, 1))


def test_rows_are_counted_where_the_table_has_no_counter_and_tables_add_up() -> None:
    row = ("10.0.0.1", 51000, "10.0.0.2", 443)
    talks = observe([connections(PLAIN, row, row), connections(PLAIN, row, table_no=3)]).talks
    assert sorted(talks["records"].to_list()) == [1, 2]


def test_ports_that_leave_the_server_open_keep_both() -> None:
    talks = observe([connections(PLAIN, ("10.0.0.1", 51000, "10.0.0.2", 55555), ("10.0.0.1", 51001, "10.0.0.2", 443))])
    shown = named(talks).select("server_port", "client_port", "unclear").rows()
    assert shown == [(443, None, False), (55555, 51000, True)]


@pytest.mark.parametrize("port", [-1, 0, None, 70000])
def test_numbers_that_are_no_port_are_none(port: int | None) -> None:
    talks = observe([connections(PLAIN, ("10.0.0.1", 51000, "10.0.0.2", port))]).talks
    assert talks["server_port"].to_list() == [None]


def test_open_ports_and_vain_attempts_are_told_and_make_no_talk() -> None:
    rows = [("10.0.0.2", 5432, None, None, "LISTENING"), ("10.0.0.1", 51000, "10.0.0.2", 22, "SYN_SENT")]
    seen = observe([connections(f"{PLAIN} state", *rows)])
    ends = dict(seen.ends.select("end", "ip").iter_rows())
    assert seen.talks.is_empty()
    assert [(ends[end], port) for end, port in seen.listening.iter_rows()] == [("10.0.0.2", 5432)]
    assert [(ends[row[0]], *row[1:]) for row in seen.attempts.iter_rows()] == [("10.0.0.1", 1, 1, 1)]


def test_tcp_records_of_a_few_bare_packets_are_unanswered() -> None:
    columns = f"{PLAIN} protocol bytes packet_count"
    tries = ("10.0.0.1", 51000, "10.0.0.2", 443, "TCP", 180.0, 3)
    talk = ("10.0.0.1", 51000, "10.0.0.3", 443, "6", 4200.0, 12)
    query = ("10.0.0.1", 51000, "10.0.0.4", 53, "17", 60.0, 1)
    seen = observe([connections(columns, tries, talk, query)])
    assert (named(seen)["server_ip"].to_list(), seen.silent) == (["10.0.0.3", "10.0.0.4"], 1)


def test_talks_at_shared_addresses_are_kept_apart_by_day() -> None:
    row = ("10.0.0.1", 51000, "10.0.0.2", 443)
    table = connections(f"{PLAIN} observed_at", (*row, datetime(2026, 3, 1)), (*row, datetime(2026, 3, 2, 23)))
    assert observe([table]).talks["day"].to_list() == [None]
    assert sorted(observe([table], ["10.0.0.2"]).talks["day"]) == [date(2026, 3, 1), date(2026, 3, 2)]


@pytest.mark.parametrize(
    ("program", "role", "person"),
    [("C:\\SQL\\sqlservr.exe", "database", False), ("nginx", "web", False), ("java", None, False)],
)
def test_programs_tell_what_a_server_offers(program: str, role: str | None, person: bool) -> None:
    table = connections(f"{PLAIN} destination_process", ("10.0.0.1", 51000, "10.0.0.2", 40001, program))
    assert observe([table]).talks.select("role", "person").rows() == [(role, person)]


def test_programs_tell_that_a_person_called() -> None:
    table = connections(f"{PLAIN} source_process", ("10.0.0.1", 51000, "10.0.0.2", 443, "chrome.exe"))
    assert observe([table]).talks["person"].to_list() == [True]


def test_protocol_numbers_are_names() -> None:
    table = connections(
        f"{PLAIN} protocol", ("10.0.0.1", 51000, "10.0.0.2", 53, "17"), ("10.0.0.1", 51001, "10.0.0.2", 53, "UDP")
    )
    assert observe([table]).talks["protocol"].to_list() == ["udp"]
