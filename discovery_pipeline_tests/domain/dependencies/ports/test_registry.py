"""The port registry and which end of a record is the server."""

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.ports.registry import (
    is_reversed,
    is_unclear,
    named_services,
    registry,
)


@pytest.mark.parametrize(
    ("source", "destination", "turned"),
    [
        (51000, 5432, False),
        (5432, 51000, True),
        (1433, 2345, True),
        (123, 123, False),
        (443, 5432, False),
        (9999, 40000, True),
        (40000, 9999, False),
        (51000, 50000, False),
        (50000, 9999, False),
        (445, None, False),
        (None, 443, False),
        (0, 0, False),
        (51000, 52000, False),
    ],
)
def test_the_end_that_offers_a_service_is_the_server(source: int | None, destination: int | None, turned: bool) -> None:
    frame = pl.DataFrame({"s": [source], "d": [destination]}, schema={"s": pl.Int64(), "d": pl.Int64()})
    assert frame.select(is_reversed(pl.col("s"), pl.col("d"))).item() is turned


@pytest.mark.parametrize(
    ("port", "service", "role"),
    [
        (53, "domain", "infrastructure"),
        (5432, "postgresql", "database"),
        (10050, "zabbix-agent", "management"),
        (3389, "ms-wbt-server", "remote"),
        (443, "https", "web"),
        (445, "microsoft-ds", "windows_rpc"),
    ],
)
def test_ports_have_their_registered_name_and_role(port: int, service: str, role: str) -> None:
    assert registry().roles[port] == (service, role)


def test_the_registry_is_dated_and_lists_each_port_once() -> None:
    listed = registry()
    assert listed.as_of == "2026-09-17"
    assert "IANA" in listed.source
    assert listed.frame().select("port", "transport").is_unique().all()


def test_names_in_lower_case_are_ianas() -> None:
    listed = registry()
    assigned = set(listed.assigned.select("port", "service").rows())
    written = {(port, name) for port, (name, _) in listed.roles.items() if name == name.lower()}
    assert written <= assigned


@pytest.mark.parametrize(
    ("port", "protocol", "service", "role"),
    [
        (1158, "tcp", "dbcontrol-oms", None),
        (9999, None, "distinct", None),
        (80, "udp", "http", "web"),
        (512, "udp", "exec", "remote"),
        (5053, "udp", "rlm-disc", None),
        (443, "https", "https", "web"),
        (50123, "tcp", None, None),
        (None, "tcp", None, None),
    ],
)
def test_a_port_is_named_by_its_transport(
    port: int | None, protocol: str | None, service: str | None, role: str | None
) -> None:
    asked = pl.DataFrame({"port": [port], "protocol": [protocol]}, schema={"port": pl.Int64(), "protocol": pl.String()})
    assert named_services(asked).select("service", "role").row(0) == (service, role)


@pytest.mark.parametrize(
    ("source", "destination", "unclear"),
    [(51000, 52000, True), (8080, 443, True), (51000, 443, False), (443, 51000, False), (3021, 4042, True),
     (0, 0, False),
     (None, 443, False), (123, 123, False), (2345, 1433, False)],
)  # fmt: skip
def test_ports_that_leave_the_server_open(source: int | None, destination: int | None, unclear: bool) -> None:
    frame = pl.DataFrame({"s": [source], "d": [destination]}, schema={"s": pl.Int64(), "d": pl.Int64()})
    assert frame.select(is_unclear(pl.col("s"), pl.col("d"))).item() is unclear
