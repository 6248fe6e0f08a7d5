"""Azure's words and numbers."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from discovery_pipeline.domain.vendors.estate import DISKS
from discovery_pipeline.domain.vendors.export import vendor_export
from discovery_pipeline_tests.domain.vendors.estates import estate, frame, server


def row(**values: Any) -> dict[str, str]:
    made = vendor_export("azure-migrate", estate(server("a_1", **values)))
    (file,) = made.files
    return next(iter(csv.DictReader(io.StringIO(file.content.decode()))))


@pytest.mark.parametrize(
    ("name", "version", "written", "release"),
    [
        ("Microsoft Windows Server 2012 R2 (64-bit)", None, "Windows Server 2012 R2", "2012 R2"),
        ("Windows Server 2019 Standard", "10.0.17763", "Windows Server 2019", "10.0.17763"),
        ("Red Hat Enterprise Linux 7.9", None, "Red Hat Enterprise Linux 7", "7.9"),
        ("Red Hat Enterprise Linux", "7.9", "Red Hat Enterprise Linux 7", "7.9"),
        ("SLES 12", "SP5", "SUSE Linux Enterprise 12", "SP5"),
        ("Ubuntu 22.04 LTS", None, "Ubuntu Linux", "22.04"),
        ("CentOS 7", None, "CentOS", "7"),
        ("Oracle Solaris 11.4", None, "Oracle Solaris 11", "11.4"),
        ("Red Hat Enterprise Linux 9.2", None, "Red Hat Enterprise Linux 9", "9.2"),
        ("Debian GNU/Linux 12", None, "Debian GNU/Linux 12", "12"),
        ("Windows Server 2022 Datacenter", None, "Windows Server 2022", "2022"),
        ("AIX 7.2", None, "AIX 7.2", "7.2"),
        ("house-made system", None, "house-made system", ""),
    ],
)
def test_systems_have_the_names_of_the_published_list(
    name: str, version: str | None, written: str, release: str
) -> None:
    made = row(os_name=name, os_version=version)
    assert (made["*OS name"], made["OS version"]) == (written, release)


@pytest.mark.parametrize(
    ("values", "column", "written"),
    [
        pytest.param(
            {"classified_type": "physical_server", "cpu_cores": 16, "cpu_count": 32}, "*Cores", "16", id="cores"
        ),
        pytest.param({"cpu_cores": 2, "cpu_count": 4}, "*Cores", "4", id="virtual CPUs"),
        pytest.param({"cpu_count": None, "cpu_cores": 2}, "*Cores", "2", id="what is known"),
        pytest.param({"memory_mib": 8191.7}, "*Memory (In MB)", "8192", id="whole MB"),
        pytest.param({"os_architecture": "x86_64"}, "OS architecture", "x64", id="word size"),
        pytest.param({"os_architecture": "sparc"}, "OS architecture", "", id="a processor that it doesn't know"),
        pytest.param({"platform": "VMware ESXi 7"}, "Hypervisor", "VMware", id="VMware"),
        pytest.param({"platform": "Microsoft Hyper-V"}, "Hypervisor", "Hyper-V", id="Hyper-V"),
        pytest.param({"platform": "KVM"}, "Hypervisor", "", id="no hypervisor of the list"),
        pytest.param({"classified_type": "physical_server", "platform": "VMware"}, "Hypervisor", "", id="hardware"),
        pytest.param({"memory_used_mib": 2048.0}, "Memory utilization percentage", "25", id="share of memory"),
        pytest.param({"boot_type": "uefi"}, "Boot type", "UEFI", id="firmware"),
        pytest.param({"fqdn": "a.b.example"}, "*Server name", "a.b.example", id="the full name"),
        pytest.param({"disk_count": 30}, "Number of disks", "", id="more disks than it takes"),
        pytest.param({}, "Disk 1 size (In GB)", "100", id="the whole capacity as one disk"),
    ],
)
def test_values_in_the_template_s_words(values: dict[str, Any], column: str, written: str) -> None:
    assert row(**values)[column] == written


def test_of_thirty_disks_the_smallest_are_added_up_in_the_twentieth() -> None:
    disks = [{"asset_id": "a_1", "label": f"disk {n}", "size_gib": float(n)} for n in range(1, 31)]
    made = vendor_export("azure-migrate", estate(server("a_1", storage_total_gib=465.0), disks=frame(disks, DISKS)))
    (only,) = csv.DictReader(io.StringIO(made.files[0].content.decode()))
    sizes = [float(only[f"Disk {n} size (In GB)"]) for n in range(1, 21)]
    assert sizes == [*range(30, 11, -1), sum(range(1, 12))]
    assert only["Number of disks"] == "20"
    assert made.issues.select("rule", "value").rows() == [("too_many_disks", "30")]
