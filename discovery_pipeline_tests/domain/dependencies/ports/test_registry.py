"""The port registry and which end of a record is the server."""

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.ports.registry import is_reversed, registry


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
    assert registry().ports[port] == (service, role)


def test_the_registry_is_dated_and_lists_each_port_once() -> None:
    listed = registry()
    assert listed.as_of == "2026-11-01"
    assert "IANA" in listed.source
    assert listed.frame()["port"].is_unique().all()
