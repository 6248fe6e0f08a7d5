"""Words that mean one thing beside these columns and another beside those."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline_tests.domain.tables import raw_table

_VMS = ["vm-app-1", "vm-app-2", "vm-db-1", "vm-db-2"]
_HOSTS = ["esx-01", "esx-01", "esx-02", "esx-02"]
_DETAIL = TableKind(0, "asset", "detail", None, 0.9)


def _field(columns: dict[str, list[str]], header: str, kind: TableKind | None = None) -> str | None:
    kind = kind or TableKind(0, "asset", "asset", None, 0.9)
    return next(m.field for m in resolve(propose([raw_table(columns)], [kind]), [kind]) if m.header == header)


@pytest.mark.parametrize(
    ("columns", "header", "field"),
    [
        ({"VM": _VMS, "Host": _HOSTS}, "Host", "hypervisor_host"),
        ({"Host": _VMS, "OS": ["Debian 12"] * 4}, "Host", "hostname"),
        ({"Host": _VMS, "Name": _VMS, "OS": ["Debian 12"] * 4}, "Host", "hostname"),
        ({"VM Name": _VMS, "Computer Name": _HOSTS}, "Computer Name", "hypervisor_host"),
        ({"Name": _VMS, "OS": ["Debian"] * 4, "Version": ["12.1", "12.2", "11.1", "12.4"]}, "Version", "os_version"),
        (
            {"Computer": _VMS, "Software": ["Java", "7-Zip", "Perl", "Git"], "Version": ["8.1", "19.0", "5.3", "2.4"]},
            "Version",
            "software_version",
        ),
        (
            {"Host": _VMS, "# CPU": ["2"] * 4, "Cores per CPU": ["24"] * 4, "# Cores": ["48"] * 4},
            "# CPU",
            "cpu_sockets",
        ),
        (
            {"Host": _VMS, "# CPU": ["96"] * 4, "Cores per CPU": ["24"] * 4, "# Cores": ["48"] * 4},
            "# CPU",
            "cpu_count",
        ),
        ({"VM": _VMS, "CPUs": ["2"] * 4, "Cores p/s": ["1"] * 4}, "CPUs", "cpu_count"),
        ({"Name": _VMS, "Disks": ["1", "2", "1", "3"]}, "Disks", "disk_count"),
        ({"Name": _VMS, "Disk": ["100", "250", "500", "80"]}, "Disk", "storage_total_gib"),
        ({"Name": _VMS, "CPU (GHz)": ["2.4", "2.4", "3.1", "2.9"]}, "CPU (GHz)", "cpu_speed_mhz"),
        ({"Name": _VMS, "CPU max MHz": ["3900", "3900", "3000", "2600"]}, "CPU max MHz", "cpu_speed_mhz"),
        ({"Name": _VMS, "CPU Usage (MHz)": ["512", "1800", "90", "44"]}, "CPU Usage (MHz)", None),
        ({"Name": _VMS, "CPU": ["12%", "9%", "31%", "4%"]}, "CPU", "cpu_utilization_pct"),
        ({"Name": _VMS, "cpu": ["0.03", "0.21", "0.4", "0.01"], "maxcpu": ["4", "8", "2", "2"]}, "maxcpu", "cpu_count"),
        (
            {"Name": _VMS, "mem": ["520314", "2981163", "900210", "811003"], "maxmem": ["1048576", "4194304"] * 2},
            "mem",
            "memory_used_mib",
        ),
        (
            {"Volume": _VMS, "IOPS": ["90", "800", "4", "31"], "MB/s": ["3", "81", "1", "2"]},
            "MB/s",
            "disk_throughput_mb_per_s",
        ),
        (
            {"Name": _VMS, "Bytes Received/sec": ["310", "82", "41", "5"]},
            "Bytes Received/sec",
            "network_throughput_mb_per_s",
        ),
        ({"Name": _VMS, "VM Size, GB": ["500", "120", "80", "2100"]}, "VM Size, GB", "storage_total_gib"),
        ({"Name": _VMS, "C_GB": ["80", "100", "80", "120"]}, "C_GB", "storage_total_gib"),
        ({"Name": _VMS, "Disk": ["1TB", "4x 1.2TB SAS", "127GB + 512GB", "80 GB"]}, "Disk", "storage_total_gib"),
        ({"Host": _VMS, "Memory": ["524288"] * 4, "vRAM": ["301120", "4096", "90112", "8192"]}, "vRAM", None),
        ({"Name": _VMS, "Make": ["Dell", "HPE"] * 2, "Vendor": ["CDW", "Softcat", "CDW", "Insight"]}, "Vendor", None),
        ({"Name": _VMS, "Rack": ["R12", "R12", "R14", "R09"], "U": ["12", "22", "4", "31"]}, "U", "rack"),
        ({"Name": _VMS, "Rack": ["R12", "R12", "R14", "R09"], "Row": ["A", "A", "D", "B"]}, "Row", "location"),
        ({"Name": _VMS, "City": ["X"] * 4, "State": ["IL", "MI", "IL", "TX"]}, "State", "location"),
        ({"Name": _VMS, "Region": ["EMEA", "APAC", "EMEA", "EMEA"]}, "Region", "location"),
        ({"Name": _VMS, "Region": ["eu-west-1", "us-east-1", "eu-west-1", "eu-west-1"]}, "Region", "datacenter"),
        (
            {"Name": _VMS, "Make": ["Juniper", "Dell", "Cisco", "F5"], "Type": ["MX204", "R640", "PA-3220", "C9300"]},
            "Type",
            "model",
        ),
        (
            {"Application Name": ["Hub", "Pay", "Web", "HR"], "Owner": ["A B"] * 4, "Criticality": ["High"] * 4,
             "Servers": ["s1, s2", "s3", "s4", "s5"]},
            "Servers",
            "depends_on",
        ),
        (
            {"Name": ["Jo Doe", "Al Roe"], "Email": ["jo@a.example", "al@a.example"], "Department": ["IT", "HR"]},
            "Name",
            None,
        ),
        ({"Name": _VMS, "Email": ["a@a.example"] * 4, "Serial": ["S1", "S2", "S3", "S4"]}, "Name", "hostname"),
        ({"Cluster": ["CL-A", "CL-B"], "Datacenter": ["DC1"] * 2, "Hosts": ["4", "3"]}, "Cluster", "hostname"),
        ({"Switch": ["sw-1", "sw-2"], "IP": ["10.0.0.1", "10.0.0.2"], "Model": ["C9300"] * 2}, "Switch", "hostname"),
        ({"Cluster": ["C1", "C2", "C3", "C4"], "VM": _VMS}, "Cluster", "cluster"),
        ({"Cluster": ["C1"] * 4, "IP": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]}, "Cluster", "cluster"),
        (
            {"Name": ["P1@db-1", "P2@db-2"], "Class": ["Oracle Instance"] * 2, "Version": ["19.21", "19.20"],
             "TCP port(s)": ["1521"] * 2},
            "Name",
            "hostname",
        ),
        ({"Name": _VMS, "Cluster": ["C1"] * 4, "Cluster ID": ["domain-c1"] * 4}, "Cluster ID", None),
    ],
)  # fmt: skip
def test_neighbours_decide(columns: dict[str, list[str]], header: str, field: str | None) -> None:
    assert _field(columns, header) == field


@pytest.mark.parametrize("header", ["Type", "Label", "Connected"])
def test_bare_states_of_parts_are_not_the_assets(header: str) -> None:
    columns = {"VM": _VMS, "NIC label": ["Network adapter 1"] * 4, header: ["assigned", "manual", "x", "y"]}

    assert _field(columns, header, _DETAIL) is None


def test_the_size_of_software_is_no_storage() -> None:
    columns = {"Computer": _VMS, "Software": ["Java", "Git", "Perl", "Go"], "Size (MB)": ["120", "5", "80", "300"]}

    assert _field(columns, "Size (MB)", _DETAIL) is None


@pytest.mark.parametrize(
    ("header", "ids", "field"),
    [
        pytest.param("Sys ID", 60, "source_id", id="different-on-every-row"),
        pytest.param("App ID", 60, "source_id", id="of-the-application-in-the-row"),
        pytest.param("Cluster ID", 3, None, id="shared-by-many-rows"),
    ],
)
def test_an_id_of_its_own_on_every_row_is_the_key_whatever_it_is_called_after(
    header: str, ids: int, field: str | None
) -> None:
    columns = {
        "Name": [f"srv-{row:03d}" for row in range(60)],
        "Operating System": ["Windows Server 2019", "Red Hat Enterprise Linux 8", "Ubuntu 22.04"] * 20,
        "Application Name": ["Payroll", "Billing", "Claims", "Ledger"] * 15,
        "Cluster": ["CL-1", "CL-2", "CL-3"] * 20,
        header: [f"{row % ids:08x}c2ac30047036a8415920a75c" for row in range(60)],
    }
    assert _field(columns, header) == field
