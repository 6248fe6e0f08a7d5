"""How systems are written."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.systems.spelling import architecture, reported, spelt, version_named


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Win2k16 Std", "Windows Server 2016 Standard"),
        ("Windows 2019 Standard", "Windows Server 2019 Standard"),
        ("Microsoft Windows Server 2016 or later (64-bit)", "Windows Server 2016 or later"),
        ("Microsoft Windows Server 2008 R2 Enterprise Service Pack 1", "Windows Server 2008 R2 Enterprise SP1"),
        ("Microsoft Windows 10 Professional Edition, 64-bit", "Windows 10 Pro"),
        ("Red Hat Enterprise Linux Server release 7.9 (Maipo)", "Red Hat Enterprise Linux 7.9"),
        ("Linux Red Hat", "Red Hat Enterprise Linux"),
        ("Linux Oracle 8.8", "Oracle Linux 8.8"),
        ("W2012R2", "Windows Server 2012 R2"),
        ("银河麒麟 V10", "Kylin 10"),
        ("SLES for SAP 15 SP2", "SUSE Linux Enterprise Server for SAP Applications 15 SP2"),
        ("Ubuntu 22.04.4 LTS (Jammy Jellyfish) (kernel 5.15.0-1061-azure)", "Ubuntu 22.04.4 LTS"),
        ("CentOS 4/5/6/7 (64-bit)", "CentOS 4/5/6/7"),
        ("Other 3.x or later Linux (64-bit)", "Linux 3.x or later"),
        ("LINUX", "Linux"),
        ("VMware ESXi 8.0 Update 2", "VMware ESXi 8.0 U2"),
        ("IBM AIX 7.2 TL5", "AIX 7.2 TL5"),
    ],
)
def test_as_people_write_it(text: str, written: str) -> None:
    assert spelt(pl.Series([text, written])).to_list() == [written, written]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Cisco IOS 15.2(7)E5", id="firmware is known by its whole string"),
        pytest.param("Linux version 5.15.0-94-generic", id="a kernel would be lost"),
        pytest.param("Windows with a note", id="no more than a family and a note"),
        pytest.param("Payroll", id="no system"),
    ],
)
def test_what_would_lose_something_stays(text: str) -> None:
    assert spelt(pl.Series([text])).to_list() == [text]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Red Hat Enterprise Linux Server release 7.6 (Maipo)", "7.6"),
        ("Windows Server 2016 Datacenter 10.0.14393", "10.0.14393"),
        ("VMware ESXi 7.0.3, build-21930508", "7.0.3 build-21930508"),
        ("Linux/Red Hat 4.18.0-425.3.1.el8.ppc64le 8.7", "8.7"),
        ("SLES 12 SP5", "12.5"),
        ("5.15.0-105-generic", "5.15.0-105-generic"),
        ("NX-OS 10.2(5)", "NX-OS 10.2(5)"),
        ("Update 3", "Update 3"),
    ],
)
def test_a_version_without_the_name_of_its_system(text: str, version: str) -> None:
    assert version_named(pl.Series([text])).to_list() == [version]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Windows Server 2019 Standard", "10.0.17763"),
        ("Windows Server 2012 R2", "6.3.9600"),
        ("Red Hat Enterprise Linux 7.9", "7.9"),
        ("SUSE Linux Enterprise Server 15 SP4", "15.4"),
        ("AIX 7.2 TL5", "7.2 TL5"),
        ("Windows Server 2016 or later", None),
        ("CentOS 4/5/6/7", None),
        ("Windows 10 Enterprise", None),
        ("Windows Server 2003", None),
        ("Ubuntu", None),
        ("Cisco IOS 15.2", None),
    ],
)
def test_what_machines_report_as_their_version(name: str, version: str | None) -> None:
    assert reported(pl.Series([name]))["version"].to_list() == ([version] if version else [])


@pytest.mark.parametrize(
    ("word", "written"),
    [("AMD64", "x86_64"), ("x64-based PC", "x86_64"), ("i686", "x86"), ("aarch64", "arm64"), ("64 Bit", "64-bit"),
     ("x86_64", "x86_64"), ("64-bit", "64-bit"), ("Z80", None)],
)  # fmt: skip
def test_architectures(word: str, written: str | None) -> None:
    assert pl.select(architecture(pl.lit(word))).item() == written
