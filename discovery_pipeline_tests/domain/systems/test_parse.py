"""What strings say about operating systems: family, product, version, edition, word size."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.systems.catalog import FAMILIES, catalog
from discovery_pipeline.domain.systems.parse import SYSTEM, parse


def parsed(text: str) -> dict[str, Any]:
    return parse(pl.Series([text])).row(0, named=True)


@pytest.mark.parametrize(
    ("text", "family", "product", "version", "edition", "bits"),
    [
        ("Win2k16 Std", "windows", "windows_server", "2016", "Standard", None),
        ("Windows Server 2012 R2 Datacenter 64-bit", "windows", "windows_server", "2012 R2", "Datacenter", 64),
        ("Microsoft® Windows Server® 2016 Standard", "windows", "windows_server", "2016", "Standard", None),
        ("W2K12R2", "windows", "windows_server", "2012 R2", None, None),
        ("WS2019 DC", "windows", "windows_server", "2019", "Datacenter", None),
        ("Windows Server 6.3 (9600)", "windows", "windows_server", "2012 R2", None, None),
        ("Microsoft Windows NT Server 6.3", "windows", "windows_server", "2012 R2", None, None),
        ("Microsoft Windows NT Server 10.0", "windows", "windows_server", None, None, None),
        ("Windows Server, version 1809", "windows", "windows_server", "1809", None, None),
        ("Windows Server 2003 R2 Enterprise x64 Edition SP2", "windows", "windows_server", "2003 R2", "Enterprise", 64),
        ("Windows 10.0.17763", "windows", "windows_any", None, None, None),
        ("Win 10 Ent 64bit", "windows", "windows", "10", "Enterprise", 64),
        ("Microsoft Windows 10 IoT Enterprise LTSC", "windows", "windows", "10", "IoT Enterprise LTSC", None),
        ("Microsoft Windows 11 Famille", "windows", "windows", "11", "Home", None),
        ("RHEL 7.9", "linux", "rhel", "7.9", None, None),
        ("Red Hat Enterprise Linux Server release 7.9 (Maipo)", "linux", "rhel", "7.9", None, None),
        ("Red Hat Enterprise Linux (4.18.0-477.el8_8.x86_64)", "linux", "rhel", "8.8", None, 64),
        ("Linux Kernel 5.10.213 on Amazon Linux 2", "linux", "amazon_linux", "2", None, None),
        ("SLES 12 SP5", "linux", "sles", "12 SP5", None, None),
        ("SLES 15.4", "linux", "sles", "15 SP4", None, None),
        ("SuSE Linux Enterprise Server 15 (x86_64)", "linux", "sles", "15", None, 64),
        ("Ubuntu Linux (64-bit)", "linux", "ubuntu", None, None, 64),
        ("ubuntu-1604-xenial", "linux", "ubuntu", "16.04", None, None),
        ("Debian GNU/Linux 11 (bullseye)", "linux", "debian", "11", None, None),
        ("debian bookworm", "linux", "debian", "12", None, None),
        ("CentOS Linux release 7.9.2009 (Core)", "linux", "centos", "7.9", None, None),
        ("centos7_64Guest", "linux", "centos", "7", None, 64),
        ("VMware ESXi 7.0.3 build-21930508", "hypervisor", "esxi", "7.0.3", None, None),
        ("AIX 7200-05-03-2148", "unix", "aix", "7.2 TL5", None, None),
        ("SunOS 5.10", "unix", "solaris", "10", None, None),
        ("HP-UX B.11.31 U ia64", "unix", "hp_ux", "11.31", None, None),
        ("macOS Ventura", "macos", "macos", "13", None, None),
        ("OS/400 V7R3M0", "mainframe", "ibm_i", "7.3", None, None),
        ("Cisco IOS Software, C6500, Version 15.1(2)SY11", "network", "ios", "15.1", None, None),
        ("NetApp ONTAP 9.11", "storage", "ontap", "9.11", None, None),
    ],
)
def test_parts(text: str, family: str, product: str, version: str | None, edition: str | None, bits: int) -> None:
    found = parsed(text)
    assert (found["family"], found["product"], found["version"]) == (family, product, version)
    assert (found["edition"], found["bits"]) == (edition, bits)


@pytest.mark.parametrize(
    ("text", "version", "span"),
    [
        ("Microsoft Windows Server 2016 or later (64-bit)", "2016", "or later"),
        ("CentOS 4/5/6/7 (64-bit)", "4/5/6/7", "one of"),
        ("Win 2016/2019", "2016/2019", "one of"),
        ("windows9Server64Guest", "2016", "or later"),
        ("Windows Server 2016 Standard", "2016", None),
        ("Ubuntu or later", None, None),
    ],
)
def test_a_version_may_be_a_lower_bound_or_one_of_several(text: str, version: str | None, span: str | None) -> None:
    found = parsed(text)
    assert (found["version"], found["span"]) == (version, span)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Payroll", id="no system"),
        pytest.param("2019", id="a year alone"),
        pytest.param("Windows Server 2016 / RHEL 7", id="two systems"),
        pytest.param("This host was " + "moved " * 25 + "from Windows Server 2008", id="a description"),
        pytest.param("", id="empty"),
    ],
)
def test_what_names_no_one_system_says_nothing(text: str) -> None:
    assert parsed(text)["product"] is None


def test_one_row_per_distinct_text_in_the_declared_shape() -> None:
    found = parse(pl.Series("os", ["RHEL 8", None, "AIX", "RHEL 8"]))
    assert found.schema == SYSTEM
    assert found["text"].to_list() == ["AIX", "RHEL 8"]
    assert parse(pl.Series("os", [], dtype=pl.String)).schema == SYSTEM


def test_the_catalogue_is_consistent() -> None:
    products = catalog().products
    assert {product.family for product in products} <= set(FAMILIES)
    assert len({(product.id, product.name) for product in products}) == len(products)
    assert all(product.match == product.match.lower() or "\\" in product.match for product in products)
    named = parse(pl.Series([product.name for product in products]))
    assert named["product"].null_count() == 0


@pytest.mark.parametrize("guest", sorted(catalog().guests))
def test_every_guest_identifier_names_a_system(guest: str) -> None:
    assert parsed(f"{guest}_64Guest")["product"] is not None
