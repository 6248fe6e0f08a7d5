"""What a name and a version column say together."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.systems.pairs import TOLD, completions, told

_PAIR = {"name": pl.String, "version": pl.String}


@pytest.mark.parametrize(
    ("name", "version", "full"),
    [
        ("Red Hat Enterprise Linux", "7.9", "Red Hat Enterprise Linux 7.9"),
        ("Red Hat Enterprise Linux", "4.18.0-513.24.1.el8_9.x86_64", "Red Hat Enterprise Linux 8.9"),
        ("Windows Server", "10.0.17763", "Windows Server 2019"),
        ("Windows Server Standard", "6.3.9600", "Windows Server 2012 R2 Standard"),
        ("Windows", "Server 2016", "Windows Server 2016"),
        ("AIX", "7200-05-03-2148", "AIX 7.2 TL5"),
        (None, "SLES 12 SP5", "SUSE Linux Enterprise Server 12 SP5"),
        ("Windows", "10.0.17763", None),
        ("Windows Server 2016 Standard", "10.0.14393", None),
        ("Ubuntu", "5.15.0-91-generic", None),
        ("Linux", "#1 SMP Debian 6.1.90-1", None),
        (None, "10.0.17763", None),
        ("Windows Server", None, None),
        ("Windows 10 Enterprise", "10.0.22631", "Windows 11 Enterprise 23H2"),
        ("Windows 10 or later", "10.0.26100", "Windows 11 24H2"),
        ("Windows 10 or later", "10.0.19045", "Windows 10 22H2"),
        ("Windows 10 Pro", "10.0.19045", None),
        ("Windows", "10.0.22631", "Windows 11 23H2"),
        ("Windows Server 2016 or later", "10.0.17763", None),
    ],
)
def test_a_version_column_completes_a_name(name: str | None, version: str | None, full: str | None) -> None:
    pairs = pl.DataFrame({"name": [name], "version": [version]}, schema=_PAIR)
    assert completions(pairs)["full"].to_list() == ([full] if full else [])


@pytest.mark.parametrize(
    ("name", "version", "product", "release"),
    [
        ("SLES 15", "SP4", "sles", "15 SP4"),
        ("SLES 15", "12.5", "sles", "15"),
        ("RHEL 7", "8.9", "rhel", "7"),
        ("RHEL", "8.9", "rhel", "8.9"),
        ("Windows 11 Pro", "10.0.22631", "windows", "11 23H2"),
        ("Windows Server", "10.0.20348", "windows_server", "2022"),
        ("Windows", "Server 2016", "windows_server", "2016"),
        ("Windows", "10.0.17763", "windows_any", None),
        (None, "SLES 12 SP5", "sles", "12 SP5"),
        ("Ubuntu", None, "ubuntu", None),
    ],
)
def test_the_name_decides_and_the_version_refines(
    name: str | None, version: str | None, product: str, release: str | None
) -> None:
    found = told(pl.DataFrame({"name": [name], "version": [version]}, schema=_PAIR))
    assert found.schema == TOLD
    assert found.select("product", "release").rows() == [(product, release)]


@pytest.mark.parametrize(("name", "version"), [("Payroll", "RHEL 8"), (None, "10.0.17763"), (None, None)])
def test_a_pair_without_a_system_is_no_row(name: str | None, version: str | None) -> None:
    assert told(pl.DataFrame({"name": [name], "version": [version]}, schema=_PAIR)).is_empty()
