"""Operating systems and databases told from the strings that exports hold, and their support on a day."""

from datetime import date, timedelta

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.lifecycle.support import (
    identified_systems,
    identify_database,
    lifecycle,
    support_at,
)
from discovery_pipeline.domain.analysis.lifecycle.table import Release
from discovery_pipeline.domain.systems.catalog import catalog

DAY = date(2026, 11, 1)


def identified(name: str | None, version: str | None) -> pl.DataFrame:
    pair = pl.DataFrame({"name": [name], "version": [version]}, schema={"name": pl.String, "version": pl.String})
    return identified_systems(pair, DAY)


@pytest.mark.parametrize(
    ("name", "version", "label"),
    [
        ("Microsoft Windows Server 2016 or later (64-bit)", None, "Windows Server 2016"),
        ("Windows Server 2012 R2 Standard", "6.3.9600", "Windows Server 2012 R2"),
        ("Windows Server Datacenter", "10.0.20348", "Windows Server 2022"),
        ("Win2K19", None, "Windows Server 2019"),
        ("W2K12R2", None, "Windows Server 2012 R2"),
        (None, "Windows Server 2019", "Windows Server 2019"),
        ("Windows 10 Enterprise", "10.0.19045", "Windows 10"),
        ("Windows 11 Pro", "10.0.22631", "Windows 11 23H2"),
        ("Red Hat Enterprise Linux 7 (64-bit)", None, "Red Hat Enterprise Linux 7"),
        ("RHEL", "8.10", "Red Hat Enterprise Linux 8"),
        ("Red Hat Enterprise Linux", "4.18.0-513.el8.x86_64", "Red Hat Enterprise Linux 8"),
        ("Red Hat Enterprise Linux", "5.14.0-70", "Red Hat Enterprise Linux"),
        ("CentOS Linux release 7.9.2009 (Core)", None, "CentOS 7"),
        ("CentOS Stream 9", None, "CentOS Stream 9"),
        ("SLES 15 SP4", None, "SUSE Linux Enterprise Server 15 SP4"),
        ("SUSE Linux Enterprise Server for SAP Applications 15", "SP5", "SUSE Linux Enterprise Server 15 SP5"),
        ("Ubuntu 20.04.6 LTS", None, "Ubuntu 20.04"),
        ("Ubuntu Linux (64-bit)", None, "Ubuntu"),
        ("Debian GNU/Linux 11", None, "Debian 11"),
        ("Oracle Linux Server", "8.9", "Oracle Linux 8"),
        ("AIX 7200-05-03", None, "AIX 7.2"),
        ("SunOS", "5.10", "Solaris 10"),
        ("HP-UX", "B.11.31", "HP-UX 11.31"),
        ("VMware ESXi 7.0.3 build-21930508", None, "VMware ESXi 7.0"),
        ("z/OS", "2.4", "z/OS 2.4"),
        ("Cisco IOS XE", None, "Cisco IOS XE"),
        ("Other 3.x Linux (64-bit)", None, "Linux"),
    ],
)
def test_operating_systems(name: str | None, version: str | None, label: str) -> None:
    assert identified(name, version)["label"].to_list() == [label]


@pytest.mark.parametrize(
    ("name", "version", "label"),
    [
        ("Oracle 19c", None, "Oracle Database 19"),
        ("Oracle Database 11g R2", None, "Oracle Database 11.2"),
        ("Oracle 12.1.0.2", None, "Oracle Database 12.1"),
        ("MSSQLSERVER", "13.0.5026", "Microsoft SQL Server 2016"),
        ("Microsoft SQL Server 2008 R2 (SP3)", None, "Microsoft SQL Server 2008 R2"),
        ("MySQL", "5.7.40", "MySQL 5.7"),
        ("PostgreSQL", "14.9", "PostgreSQL 14"),
        ("MariaDB 10.11.2", None, "MariaDB 10.11"),
    ],
)
def test_databases(name: str, version: str | None, label: str) -> None:
    found = identify_database(name, version)
    assert found is not None
    assert found[1] is not None
    assert found[1].label == label


def test_what_is_no_operating_system_is_nothing() -> None:
    assert identified("Payroll", "3.1").select("product", "label", "support").row(0) == (None, None, "unknown")
    assert identify_database("Oracle Linux 7", None) is None


@pytest.mark.parametrize(
    ("end", "extended", "support"),
    [
        (DAY + timedelta(days=366), None, "supported"),
        (None, None, "supported"),
        (DAY + timedelta(days=1), None, "ending"),
        (DAY, None, "ended"),
        (DAY, DAY + timedelta(days=1), "extended"),
        (DAY - timedelta(days=900), DAY, "ended"),
    ],
)
def test_support_on_a_day(end: date | None, extended: date | None, support: str) -> None:
    assert support_at(Release("x", end, extended), DAY) == support


def test_a_release_that_is_not_listed_has_unknown_support() -> None:
    frame = identified_systems(pl.DataFrame({"name": ["Ubuntu 3.04", "Debian 12"], "version": [None, None]}), DAY)
    assert frame.select("name", "support").rows() == [("Debian 12", "supported"), ("Ubuntu 3.04", "unknown")]


def test_the_table_is_dated_and_consistent() -> None:
    table = lifecycle()
    assert (table.as_of, bool(table.source)) == (date(2026, 11, 1), True)
    assert len({database.id for database in table.databases}) == len(table.databases)
    for database in table.databases:
        assert set(database.builds.values()) <= set(database.releases), database.id
    everything = [*table.systems.values(), *(database.releases for database in table.databases)]
    for release in (release for releases in everything for release in releases.values()):
        assert not release.extended or (release.end and release.end < release.extended), release.label


def test_every_listed_release_is_told_from_its_own_label() -> None:
    """A release whose label is read as another one would never be found."""
    for releases in lifecycle().systems.values():
        for release in releases.values():
            assert identified(release.label, None)["label"].to_list() == [release.label]


def test_every_system_runs_on_some_platform() -> None:
    table = lifecycle()
    assert all(product.family in table.platforms for product in catalog().products)
