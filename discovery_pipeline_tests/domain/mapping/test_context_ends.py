"""Ends of flows and relations where the neighbours decide: what each rule turns, by a mapping with it."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.context import context_evidence
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.mapping.view import view
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline_tests.domain.tables import raw_table

_NEAR = ["web01", "web02", "db01", "app07"]
_FAR = ["db01", "db02", "web04", "erp1"]
_IPS = ["10.0.0.11", "10.0.0.12", "10.0.1.13", "10.2.0.14"]
_FAR_IPS = ["10.9.0.11", "10.9.0.12", "10.9.1.13", "10.9.0.14"]
_HIGH = ["50123", "50124", "61000", "49200"]
_LOW = ["443", "5432", "1521", "22"]
_APPLICATIONS = ["Billing", "Payroll", "Webshop", "Ledger"]

Columns = dict[str, list[str]]


def _fields(record: RecordKind, columns: Columns) -> dict[str, str | None]:
    kind = TableKind(0, record, "asset", None, 0.9)
    return {m.header: m.field for m in resolve(propose([raw_table(columns)], [kind]), [kind])}


@pytest.mark.parametrize(
    ("columns", "header", "field"),
    [
        pytest.param({"Host": _NEAR, "Destination IP": _IPS, "Destination port": _LOW}, "Host", "source_host",
                     id="the observer starts the flow"),
        pytest.param({"Server": _NEAR, "Source host": _NEAR, "Destination host": _FAR}, "Server", None,
                     id="both ends are named"),
        pytest.param({"Computer": _NEAR, "Local address": _IPS, "Local port": _HIGH, "Remote address": _FAR_IPS},
                     "Computer", "source_host", id="who reports local addresses is the local end"),
        pytest.param({"Process": ["java", "nginx", "sshd", "ntpd"], "Local address": _IPS, "Remote address": _FAR_IPS},
                     "Process", "source_process", id="a process is the observer's"),
        pytest.param({"Source": _NEAR, "Source IP": _IPS, "Destination": _FAR, "Destination IP": _FAR_IPS},
                     "Destination", "destination_host", id="a name beside the address"),
        pytest.param({"Source": _IPS, "Destination": _FAR_IPS, "Port": _LOW}, "Destination", "destination_ip",
                     id="bare ends that hold addresses"),
        pytest.param({"Source IP / range": _IPS, "Destination IP / range": _FAR_IPS, "Port": _LOW},
                     "Source IP / range", "source_ip", id="a range that holds addresses"),
        pytest.param({"Source host": _NEAR, "Source zorg": ["red", "blue", "green", "red"], "Destination host": _FAR},
                     "Source zorg", None, id="a word that nobody knows"),
        pytest.param({"Source IP": _IPS, "Port": _HIGH, "Destination IP": _FAR_IPS, "Port ": _LOW}, "Port",
                     "source_port", id="the first of two ports"),
        pytest.param({"Source IP": _IPS, "Port": _HIGH, "Destination IP": _FAR_IPS, "Port ": _LOW}, "Port ",
                     "destination_port", id="the second of two ports"),
        pytest.param({"Source IP": _IPS, "Port": _HIGH, "Destination IP": _FAR_IPS, "Destination port": _LOW}, "Port",
                     "source_port", id="the other port is named"),
        pytest.param({"Source IP": _IPS, "Destination IP": _FAR_IPS, "Port": _LOW}, "Port", "destination_port",
                     id="a lone port is the service's"),
        pytest.param({"Source IP": _IPS, "Destination IP": _FAR_IPS, "Volume (MB)": ["1", "2", "3", "4"]},
                     "Volume (MB)", "bytes", id="an amount by its unit"),
        pytest.param({"Source IP": _IPS, "Destination IP": _FAR_IPS, "Status": ["ok", "failed", "ok", "ok"]}, "Status",
                     None, id="a status that is no state"),
        pytest.param({"Source IP": _IPS, "Destination IP": _FAR_IPS, "Status": ["ESTABLISHED", "LISTEN"] * 2}, "Status",
                     "state", id="a status that is one"),
    ],
)  # fmt: skip
def test_neighbours_tell_what_a_column_of_a_flow_is(columns: Columns, header: str, field: str | None) -> None:
    assert _fields("connection", columns)[header] == field


@pytest.mark.parametrize(
    ("columns", "header", "field"),
    [
        pytest.param({"Parent": _NEAR, "Child": _FAR, "Name": ["r1", "r2", "r3", "r4"]}, "Name", None,
                     id="both ends are named"),
        pytest.param({"Parent": _NEAR, "Child": _FAR, "Nature": ["hosts", "hosts", "uses", "uses"]}, "Nature",
                     "relationship_type", id="the second best word for the kind"),
        pytest.param({"Application": _APPLICATIONS, "Depends on": _FAR}, "Application", "parent",
                     id="the other end of a plain one"),
        pytest.param({"Service": _APPLICATIONS, "Relies on": _FAR}, "Service", "parent", id="the only other column"),
        pytest.param({"VM": _NEAR, "VM id": ["vm-1", "vm-2", "vm-3", "vm-4"], "Hypervisor": ["esx1", "esx2"] * 2},
                     "VM id", "parent", id="the key of an end"),
        pytest.param({"VM": _NEAR, "VM id": ["vm-1", "vm-2", "vm-3", "vm-4"], "Hypervisor": ["esx1", "esx2"] * 2},
                     "Hypervisor", "child", id="what guests run on"),
    ],
)  # fmt: skip
def test_neighbours_tell_what_a_column_of_a_relation_is(columns: Columns, header: str, field: str | None) -> None:
    assert _fields("relationship", columns)[header] == field


def test_reasons_quote_the_neighbour() -> None:
    columns = {"Server": _NEAR, "Source host": _NEAR, "Destination host": _FAR}
    found = list(context_evidence(view(raw_table(columns), TableKind(0, "connection", "asset", None, 0.9))))

    assert [(e.position, e.field, e.weight < 0, e.why) for e in found] == [
        (0, "source_host", True, "'Source host' names that end"),
    ]


def test_rules_of_one_kind_of_record_leave_the_others_alone() -> None:
    columns = {"Source host": _NEAR, "Port": _HIGH, "Destination host": _FAR, "Port ": _LOW}
    relation = context_evidence(view(raw_table(columns), TableKind(0, "relationship", "asset", None, 0.9)))

    assert {e.field for e in relation} <= {"parent", "child", "relationship_type"}
