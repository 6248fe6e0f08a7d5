"""The columns of the three ServiceNow lists and what their cells hold, record keeping errors included."""

from __future__ import annotations

import random
from datetime import timedelta

from benchmarks.northwind.exports import Column, blank, clock, later, thousands
from benchmarks.northwind.story import APPS, CRITICALITY, DOMAIN, RHEL7, SITES, WIN2012
from benchmarks.northwind.things import Thing

CLASSES = {
    "hypervisor": "ESX Server",
    "load_balancer": "F5 BIG-IP",
    "network_device": "IP Switch",
    "storage": "Storage Device",
    "security_device": "IP Firewall",
    "printer": "Printer",
    "end_user_device": "Computer",
}
ENGINE_CLASSES = {"MSSQL": "MSFT SQL Instance", "Oracle": "Oracle Instance", "PostgreSQL": "PostgreSQL Instance"}
ENGINE_VERSIONS = {"MSSQL": "15.0.4360.2", "Oracle": "19.21.0.0.0", "PostgreSQL": "14.9"}


def ci_class(thing: Thing) -> str:
    if thing.type in CLASSES:
        return CLASSES[thing.type] if "-rtr-" not in thing.name else "IP Router"
    return "Windows Server" if thing.is_windows else "Linux Server"


def sys_id(thing: Thing, copy: str = "") -> str:
    return f"{random.Random(f'sys_id:{thing.name}{copy}').getrandbits(128):032x}"


def location(thing: Thing, rng: random.Random) -> str:
    """The site; one cell in twelve went through an import that read UTF-8 as windows-1252."""
    name = SITES[thing.site][0]
    return name.encode().decode("cp1252") if rng.random() < 0.08 else name


def support_group(thing: Thing) -> str:
    return {"hypervisor": "Virtualisation", "load_balancer": "Network"}.get(thing.type) or (
        "Wintel Operations" if thing.is_windows else "Unix Operations"
    )


def criticality(thing: Thing) -> str:
    tier = min((a.criticality for a in APPS if a.name in thing.apps), default=3)
    return CRITICALITY[tier] if thing.environment == "production" else CRITICALITY[4]


def recorded_memory(thing: Thing, rng: random.Random) -> str:
    """Grouped MB; one record in ten kept the size from before the last upgrade."""
    return thousands(thing.memory_mib // 2 if rng.random() < 0.1 else thing.memory_mib)


def recorded_os(thing: Thing, rng: random.Random) -> str:
    """One record in twenty kept the release from before an upgrade in place."""
    if thing.os is None:
        return ""
    if rng.random() < 0.05 and thing.os.family in ("windows", "linux"):
        return WIN2012.cmdb if thing.is_windows else RHEL7.cmdb
    return thing.os.cmdb


def status(thing: Thing, rng: random.Random) -> str:
    return "Retired" if thing.stale else blank(rng, "Installed", 0.03, "In Maintenance", "Pending Install")


def stamp(day: object, rng: random.Random) -> str:
    return f"{day:%d/%m/%Y} {clock(rng)}"


NAME = Column("Name", "hostname", lambda t, _r: t.name)
CLASS = Column("Class", "asset_type", lambda t, _r: ci_class(t))
STATUS = Column("Status", "lifecycle_status", status)
SERIAL = Column("Serial number", "serial_number", lambda t, _r: t.serial)
TAG = Column("Asset tag", "asset_tag", lambda t, _r: "" if t.is_virtual else f"P{1000000 + int(t.id[1:]) * 37}")
IP = Column("IP Address", "ip_address", lambda t, r: blank(r, t.ip, 0.06, "", "0.0.0.0", "DHCP"))
MAC = Column("MAC Address", "mac_address", lambda t, r: blank(r, t.mac.upper(), 0.3))
MAKER = Column("Manufacturer", "manufacturer", lambda t, _r: t.manufacturer)
MODEL = Column("Model ID", "model", lambda t, _r: t.model)
SITE = Column("Location", "location", location)
INSTALLED = Column("Installed", "install_date", lambda t, r: stamp(t.installed, r))
SEEN = Column(
    "Most recent discovery",
    "last_seen",
    lambda t, r: stamp(
        t.installed.replace(year=2022, month=11, day=9)
        if t.stale
        else later(r, t.installed.replace(year=2025, month=6, day=1), 28),
        r,
    ),
)
UPDATED = Column(
    "Updated", "last_seen", lambda t, r: stamp(later(r, t.installed.replace(year=2024, month=2, day=1), 480), r)
)
KEY = Column("Sys ID", "source_id", lambda t, _r: sys_id(t))

SERVER_COLUMNS = (
    NAME,
    CLASS,
    STATUS,
    Column(
        "Operational status",
        "lifecycle_status",
        lambda t, r: "Retired" if t.stale and r.random() < 0.8 else "Operational",
    ),
    SERIAL,
    TAG,
    Column("Fully qualified domain name", "fqdn", lambda t, r: blank(r, t.fqdn, 0.35)),
    IP,
    MAC,
    Column("DNS Domain", "dns_domain", lambda _t, r: blank(r, DOMAIN, 0.3)),
    Column("Operating System", "os_name", recorded_os),
    Column("OS Version", "os_version", lambda t, r: blank(r, t.os.version if t.os else "", 0.15)),
    Column("OS Service Pack", "os_version|", lambda _t, r: r.choice(("", "None"))),
    Column("CPU count", "cpu_count|cpu_sockets", lambda t, _r: str(t.cpus) if t.cpus else ""),
    Column("CPU core count", "cpu_cores|cores_per_socket", lambda t, _r: "1" if t.is_virtual else ""),
    Column("CPU type", "cpu_model", lambda t, _r: "GenuineIntel" if t.cpus else ""),
    Column(
        "RAM (MB)", "memory_mib", lambda t, r: blank(r, recorded_memory(t, r), 0.05, "", "0") if t.memory_mib else ""
    ),
    Column(
        "Disk space (GB)",
        "storage_total_gib",
        lambda t, r: blank(r, thousands(sum(t.disks_gib)), 0.1) if t.disks_gib else "",
    ),
    Column("Is Virtual", "is_virtual", lambda t, _r: str(t.is_virtual).lower()),
    MAKER,
    MODEL,
    Column("Used for", "environment", lambda t, r: blank(r, t.environment.capitalize(), 0.05)),
    Column("Business criticality", "criticality", lambda t, r: blank(r, criticality(t), 0.1)),
    Column("Business application(s)", "application_name", lambda t, _r: "; ".join(t.apps)),
    Column("Department", "department", lambda t, _r: next((a.department for a in APPS if a.name in t.apps), "IT")),
    Column("Cost center", "cost_center", lambda t, _r: f"CC-{40000 + sum(map(ord, t.role)) % 40 * 10}"),
    SITE,
    Column("Managed by", "business_owner|technical_owner", lambda t, r: blank(r, t.owner, 0.1, "", "unknown", "n/a")),
    Column("Support group", "technical_owner", lambda t, _r: support_group(t)),
    INSTALLED,
    Column(
        "Warranty expiration",
        "warranty_end",
        lambda t, r: "" if t.is_virtual else f"{later(r, t.installed + timedelta(days=1826), 365):%d/%m/%Y}",
    ),
    Column(
        "Discovery source",
        "",
        lambda t, r: "Manual Entry" if t.stale else r.choice(("ServiceNow", "ServiceNow", "SCCM")),
    ),
    Column("First discovered", "first_seen", lambda t, r: stamp(later(r, t.installed, 90), r)),
    SEEN,
    Column(
        "Comments",
        "description",
        lambda _t, r: r.choice(("", "", "", "Patched quarterly", "see KB0010423", "Owner to be confirmed")),
    ),
    UPDATED,
    KEY,
)

HARDWARE_COLUMNS = (
    NAME,
    CLASS,
    STATUS,
    SERIAL,
    TAG,
    IP,
    MAC,
    MAKER,
    MODEL,
    SITE,
    Column("Assigned to", "business_owner", lambda t, _r: t.owner),
    Column(
        "Firmware version",
        "os_version|",
        lambda t, r: r.choice(("17.9.4a", "9.1.16", "")) if t.type != "end_user_device" else "",
    ),
    INSTALLED,
    SEEN,
    KEY,
)

DATABASE_COLUMNS = (
    Column("Name", "hostname|database_engine|software", lambda t, _r: t.name),
    Column("Class", "asset_type", lambda t, _r: ENGINE_CLASSES[t.engine]),
    Column("Version", "software_version|os_version", lambda t, _r: ENGINE_VERSIONS[t.engine]),
    Column("Operational status", "lifecycle_status", lambda _t, _r: "Operational"),
    Column("Used for", "environment", lambda t, _r: t.environment.capitalize()),
    Column("TCP port(s)", "", lambda t, _r: {"MSSQL": "1433", "Oracle": "1521", "PostgreSQL": "5432"}[t.engine]),
    Column("IP Address", "ip_address", lambda t, r: blank(r, t.ip, 0.5)),
    Column("Support group", "technical_owner", lambda t, _r: f"DBA {t.engine}"),
    Column("Managed by", "business_owner|technical_owner", lambda t, r: blank(r, t.owner, 0.2)),
    SEEN,
    KEY,
)
