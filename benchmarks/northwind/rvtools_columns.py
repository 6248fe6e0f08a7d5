"""The columns of RVTools 4.x, sheet by sheet, in the tool's order and with the tool's words.

Cells as the tool writes them; which rows exist is rvtools.py's business.
"""

from __future__ import annotations

import random

from benchmarks.northwind.exports import Column, blank, clock
from benchmarks.northwind.story import DOMAIN, SITES
from benchmarks.northwind.things import Thing

VCENTER = f"frap-inf-vc2.{DOMAIN}"
VCENTER_UUID = "7d0c1c7e-41b4-4d0e-9d2f-0a6f4c1b9e11"
NUMBERS = (
    "CPUs",
    "Memory",
    "Active Memory",
    "NICs",
    "Disks",
    "Total disk capacity MiB",
    "Provisioned MiB",
    "In Use MiB",
    "Unshared MiB",
    "Suspend Interval",
    "Num Monitors",
    "Video Ram KiB",
    "Boot delay",
    "Boot retry delay",
    "HW version",
    "Disk Key",
    "Capacity MiB",
    "Speed",
    "# CPU",
    "Cores per CPU",
    "# Cores",
    "CPU usage %",
    "# Memory",
    "Memory usage %",
    "# NICs",
    "# HBAs",
    "# VMs total",
    "# VMs",
    "# vCPUs",
    "vRAM",
)


def constant(header: str, value: str, fields: str = "") -> Column:
    return Column(header, fields, lambda _t, _r: value)


def powered(thing: Thing) -> bool:
    return not thing.is_template and random.Random(f"power:{thing.name}").random() > 0.04


def stamp(thing: Thing, rng: random.Random) -> str:
    return f"{thing.installed:%Y/%m/%d} {clock(rng)}"


def provisioned(thing: Thing) -> int:
    return sum(thing.disks_gib) * 1024


def in_use(thing: Thing) -> int:
    return int(provisioned(thing) * random.Random(f"use:{thing.name}").uniform(0.3, 0.8))


def vm_id(thing: Thing) -> str:
    return f"vm-{1000 + 3 * int(thing.id[1:])}"


def guest_name(thing: Thing, rng: random.Random) -> str:
    """What VMware Tools report: mostly the FQDN, sometimes the short name, nothing when they are not running."""
    return blank(rng, thing.fqdn, 0.15, "", thing.name, thing.name.upper()) if powered(thing) else ""


def annotation(thing: Thing, rng: random.Random) -> str:
    return blank(
        rng, "", 0.25, f"{thing.role} of {', '.join(thing.apps)}", "Veeam: last backup ok", "DO NOT MOVE - ask team"
    )


def network(thing: Thing) -> str:
    return (
        f"VLAN{thing.ip.split('.')[1]}{int(thing.ip.split('.')[2]):03d}-{thing.role.upper() or 'SRV'}"
        if thing.ip
        else "VM Network"
    )


VM = Column("VM", "hostname", lambda t, _r: t.name)
POWER = Column("Powerstate", "power_state", lambda t, _r: "poweredOn" if powered(t) else "poweredOff")
TEMPLATE = Column("Template", "is_template", lambda t, _r: str(t.is_template))
PLACEHOLDER = constant("SRM Placeholder", "False")
DATASTORE = Column("Path", "", lambda t, _r: f"[DS-{t.site.upper()}-0{1 + len(t.name) % 4}] {t.name}/{t.name}.vmx")
NOTE = Column("Annotation", "description", annotation)
PLACE = (
    Column("Datacenter", "datacenter", lambda t, _r: SITES[t.site][1]),
    Column("Cluster", "cluster", lambda t, _r: t.cluster),
    Column("Host", "hypervisor_host", lambda t, _r: f"{t.parent}.{DOMAIN}"),
    Column("Folder", "tags", lambda t, _r: f"/{SITES[t.site][1]}/vm/{(t.apps or ('Infrastructure',))[0]}"),
    Column("OS according to the configuration file", "os_name", lambda t, _r: t.os.vcenter if t.os else ""),
    Column("OS according to the VMware Tools", "os_name", lambda t, _r: t.os.vcenter if t.os and powered(t) else ""),
)
VM_ID = Column("VM ID", "source_id", lambda t, _r: vm_id(t))
VM_UUID = Column("VM UUID", "uuid", lambda t, _r: t.instance_uuid)
SDK = (constant("VI SDK Server", VCENTER), constant("VI SDK UUID", VCENTER_UUID))

VINFO = (
    VM,
    POWER,
    TEMPLATE,
    PLACEHOLDER,
    Column("Config status", "", lambda _t, r: r.choice(("green", "green", "green", "yellow"))),
    Column("DNS Name", "fqdn|hostname", guest_name),
    constant("Connection state", "connected", "power_state|"),
    Column("Guest state", "power_state|", lambda t, _r: "running" if powered(t) else "notRunning"),
    Column("Heartbeat", "", lambda t, _r: "green" if powered(t) else "gray"),
    constant("Consolidation Needed", "False"),
    Column(
        "PowerOn",
        "last_boot",
        lambda t, r: f"2025/{r.randint(1, 6):02d}/{r.randint(1, 28):02d} {clock(r)}" if powered(t) else "",
    ),
    constant("Suspended To Memory", "False"),
    constant("Suspend time", ""),
    constant("Suspend Interval", "0"),
    Column("Creation date", "install_date", stamp),
    Column("Change Version", "", lambda _t, r: f"2025-06-{r.randint(1, 27):02d}T{clock(r)}.{r.randrange(10**6):06d}Z"),
    Column("CPUs", "cpu_count", lambda t, _r: str(t.cpus)),
    Column("Overall Cpu Readiness", "", lambda _t, r: f"{r.random():.2f}"),
    Column("Memory", "memory_mib", lambda t, _r: str(t.memory_mib)),
    Column(
        "Active Memory",
        "memory_used_mib",
        lambda t, r: str(int(t.memory_mib * r.uniform(0.05, 0.4))) if powered(t) else "0",
    ),
    constant("NICs", "1"),
    Column("Disks", "disk_count", lambda t, _r: str(len(t.disks_gib))),
    Column("Total disk capacity MiB", "storage_total_gib", lambda t, _r: str(provisioned(t))),
    constant("Fixed Passthru HotPlug", "False"),
    constant("min Required EVC Mode Key", "intel-cascadelake"),
    constant("Latency Sensitivity", "normal"),
    constant("Op Notification Timeout", "0"),
    constant("EnableUUID", "True"),
    Column("CBT", "", lambda t, _r: str(not t.is_template)),
    Column("Primary IP Address", "ip_address", lambda t, _r: t.ip if powered(t) else ""),
    Column("Network #1", "vlan", lambda t, _r: network(t)),
    Column("Network #2", "vlan", lambda t, _r: "VLAN999-Backup" if t.role == "db" else ""),
    constant("Network #3", "", "vlan|"),
    constant("Network #4", "", "vlan|"),
    constant("Num Monitors", "1"),
    constant("Video Ram KiB", "4096"),
    Column("Resource pool", "cluster|", lambda t, _r: f"/{SITES[t.site][1]}/{t.cluster}/Resources"),
    Column("Folder ID", "", lambda t, _r: f"group-v{100 + len(t.name)}"),
    constant("vApp", "", "tags|application_name|"),
    Column("DAS protection", "", lambda t, _r: str(powered(t))),
    constant("FT State", "notConfigured"),
    constant("FT Role", ""),
    constant("FT Latency", "-1"),
    constant("FT Bandwidth", "-1"),
    constant("FT Sec. Latency", "-1"),
    constant("Vm Failover In Progress", "False"),
    Column("Provisioned MiB", "storage_total_gib", lambda t, _r: str(provisioned(t) + t.memory_mib)),
    Column("In Use MiB", "storage_used_gib", lambda t, _r: str(in_use(t))),
    Column("Unshared MiB", "", lambda t, _r: str(in_use(t) - 40)),
    constant("HA Restart Priority", "clusterRestartPriority"),
    constant("HA Isolation Response", "clusterIsolationResponse"),
    constant("HA VM Monitoring", "clusterVmMonitoring"),
    constant("Cluster rule(s)", ""),
    constant("Cluster rule name(s)", ""),
    constant("Boot Required", "False"),
    constant("Boot delay", "0"),
    constant("Boot retry delay", "10000"),
    constant("Boot retry enabled", "False"),
    constant("Boot BIOS setup", "False"),
    constant("Reboot PowerOff", "False"),
    constant("EFI Secure boot", "False"),
    Column("Firmware", "boot_type", lambda t, _r: "efi" if t.installed.year > 2019 else "bios"),
    Column("HW version", "", lambda _t, r: str(r.choice((13, 15, 19)))),
    constant("HW upgrade status", "none"),
    constant("HW upgrade policy", "never"),
    constant("HW target", ""),
    DATASTORE,
    Column("Log directory", "", lambda t, _r: f"[DS-{t.site.upper()}-0{1 + len(t.name) % 4}] {t.name}/"),
    Column("Snapshot directory", "", lambda t, _r: f"[DS-{t.site.upper()}-0{1 + len(t.name) % 4}] {t.name}/"),
    Column("Suspend directory", "", lambda t, _r: f"[DS-{t.site.upper()}-0{1 + len(t.name) % 4}] {t.name}/"),
    NOTE,
    constant("Backup status", "", "backup|"),
    Column("ClusterInvariantVMMId", "source_id|uuid|", lambda t, _r: f"{VCENTER_UUID}:{vm_id(t)}"),
    Column(
        "Last backup",
        "backup|",
        lambda t, r: f"{r.randint(1, 27):02d}.06.2025 23:{r.randrange(60):02d}:00" if t.role == "db" else "",
    ),
    *PLACE,
    constant("Customization Info", ""),
    constant("Guest Detailed Data", "", "os_name|os_version|"),
    VM_ID,
    Column("SMBIOS UUID", "uuid", lambda t, _r: t.uuid),
    VM_UUID,
    constant("VI SDK Server type", "VMware vCenter Server 7.0.3 build-21958406"),
    constant("VI SDK API Version", "7.0.3.0"),
    *SDK,
)

VHOST = (
    Column("Host", "hostname|fqdn", lambda t, _r: t.fqdn),
    Column("Datacenter", "datacenter", lambda t, _r: SITES[t.site][1]),
    Column("Cluster", "cluster", lambda t, _r: t.cluster),
    constant("Config status", "green"),
    constant("Compliance Check State", "unknown"),
    constant("in Maintenance Mode", "False", "lifecycle_status|"),
    constant("in Quarantine Mode", "False"),
    constant("vSAN Fault Domain Name", ""),
    constant("CPU Model", "Intel(R) Xeon(R) Gold 6342 CPU @ 2.80GHz", "cpu_model"),
    constant("Speed", "2793", "cpu_speed_mhz"),
    constant("HT Available", "True"),
    constant("HT Active", "True"),
    constant("# CPU", "2", "cpu_sockets|cpu_count"),
    constant("Cores per CPU", "24", "cores_per_socket|cpu_cores"),
    constant("# Cores", "48", "cpu_cores"),
    Column("CPU usage %", "cpu_utilization_pct", lambda _t, r: str(r.randint(11, 60))),
    Column("# Memory", "memory_mib", lambda t, _r: str(t.memory_mib - 461)),
    constant("Memory Tiering Type", "noTiering"),
    Column("Memory usage %", "memory_utilization_pct", lambda _t, r: str(r.randint(40, 85))),
    constant("Console", "0"),
    constant("# NICs", "6"),
    constant("# HBAs", "4"),
    Column("# VMs total", "", lambda _t, r: str(r.randint(14, 24))),
    Column("# VMs", "", lambda _t, r: str(r.randint(12, 14))),
    constant("VMs per Core", "0.31"),
    Column("# vCPUs", "", lambda _t, r: str(r.randint(60, 120))),
    constant("vCPUs per Core", "1.6"),
    constant("vRAM", "398336"),
    Column("VM Used memory", "memory_used_mib", lambda _t, r: str(r.randint(250000, 390000))),
    constant("VM Memory Swapped", "0"),
    constant("VM Memory Ballooned", "0"),
    constant("VMotion support", "True"),
    constant("Storage VMotion support", "True"),
    constant("Current EVC", "intel-icelake"),
    constant("Max EVC", "intel-icelake"),
    constant("Assigned License(s)", "vSphere 7 Enterprise Plus"),
    constant("ATS Heartbeat", "1"),
    constant("ATS Locking", "1"),
    constant("Current CPU power man. policy", "Balanced"),
    constant("Supported CPU power man.", "ACPI P-states, ACPI C-states"),
    constant("Host Power Policy", "Balanced"),
    Column("ESX Version", "os_version|os_name", lambda t, _r: t.os.vcenter if t.os else ""),
    Column("Boot time", "last_boot", lambda _t, r: f"2025/03/{r.randint(1, 28):02d} {clock(r)}"),
    constant("DNS Servers", "10.20.5.10, 10.30.5.10"),
    constant("DHCP", "False"),
    constant("Domain", DOMAIN, "dns_domain"),
    constant("Domain List", ""),
    constant("DNS Search Order", DOMAIN),
    constant("NTP Server(s)", "10.20.5.12"),
    constant("NTPD running", "True"),
    constant("Time Zone", "UTC"),
    constant("Time Zone Name", "UTC"),
    constant("GMT Offset", "0"),
    Column("Vendor", "manufacturer", lambda t, _r: t.manufacturer),
    Column("Model", "model", lambda t, _r: t.model),
    Column("Serial number", "serial_number", lambda t, _r: t.serial),
    Column("Service tag", "serial_number", lambda t, _r: t.serial),
    constant("OEM specific string", "Dell System"),
    constant("BIOS Vendor", "Dell Inc."),
    constant("BIOS Version", "1.11.2"),
    constant("BIOS Date", "2023/08/10 00:00:00"),
    Column("Object ID", "source_id", lambda t, _r: f"host-{100 + int(t.id[1:])}"),
    Column("UUID", "uuid", lambda t, _r: t.uuid),
    constant("VI SDK Server type", "VMware vCenter Server 7.0.3 build-21958406"),
    constant("VI SDK API Version", "7.0.3.0"),
    *SDK,
)

VDISK_HEADERS: tuple[tuple[str, str], ...] = (
    ("VM", "hostname"),
    ("Powerstate", "power_state"),
    ("Template", "is_template"),
    ("SRM Placeholder", ""),
    ("Disk", ""),
    ("Disk Key", ""),
    ("Disk UUID", ""),
    ("Disk Path", ""),
    ("Capacity MiB", "storage_total_gib"),
    ("Raw", ""),
    ("Disk Mode", ""),
    ("Sharing mode", ""),
    ("Thin", ""),
    ("Eagerly Scrub", ""),
    ("Split", ""),
    ("Write Through", ""),
    ("Level", ""),
    ("Shares", ""),
    ("Reservation", ""),
    ("Limit", ""),
    ("Controller", ""),
    ("Label", ""),
    ("SCSI Unit #", ""),
    ("Unit #", ""),
    ("Shared Bus", ""),
    ("Path", ""),
    ("Raw LUN ID", ""),
    ("Raw Comp. Mode", ""),
    ("Internal Sort Column", ""),
    ("Annotation", "description"),
    ("Datacenter", "datacenter"),
    ("Cluster", "cluster"),
    ("Host", "hypervisor_host"),
    ("Folder", "tags"),
    ("OS according to the configuration file", "os_name"),
    ("OS according to the VMware Tools", "os_name"),
    ("VM ID", "source_id"),
    ("VM UUID", "uuid"),
    ("VI SDK Server", ""),
    ("VI SDK UUID", ""),
)
