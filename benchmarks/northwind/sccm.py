"""A Configuration Manager query run from PowerShell with Swiss settings: UTF-16, semicolons, every cell quoted.

Columns carry the product's trailing 0, memory is in KB without saying so, and SMBIOS_GUID0 has the byte order of WMI.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import replace

from benchmarks.northwind.exports import Column, Export, Row, Table, blank, cells, clock, delimited, headers
from benchmarks.northwind.things import Thing, World

JUNK_GUID = "03000200-0400-0500-0006-000700080009"
JUNK_SERIALS = ("To be filled by O.E.M.", "System Serial Number", "Default string")


def swapped(value: str) -> str:
    """The GUID as WMI spells a BIOS UUID: the first three groups byte-reversed."""
    return str(uuid.UUID(bytes=uuid.UUID(value).bytes_le)).upper() if value else ""


def addresses(thing: Thing, rng: random.Random) -> str:
    link_local = (
        f"fe80::{rng.getrandbits(16):x}:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}:{rng.getrandbits(16):x}"
    )
    return ", ".join((thing.ip, *thing.vips, link_local))


COLUMNS = (
    Column("ResourceID", "source_id", lambda t, _r: str(16777216 + int(t.id[1:]) * 3)),
    Column("Netbios_Name0", "hostname", lambda t, _r: t.name.upper()),
    Column("Resource_Names0", "fqdn|hostname", lambda t, _r: t.fqdn.upper()),
    Column("Resource_Domain_OR_Workgr0", "dns_domain", lambda _t, _r: "NWBANK"),
    Column("Caption0", "os_name", lambda t, _r: t.os.caption if t.os else ""),
    Column("Version0", "os_version", lambda t, _r: t.os.version if t.os else ""),
    Column("Manufacturer0", "manufacturer", lambda t, _r: t.manufacturer),
    Column("Model0", "model", lambda t, _r: t.model),
    Column("SerialNumber0", "serial_number", lambda t, _r: t.serial),
    Column("SMBIOS_GUID0", "uuid", lambda t, _r: swapped(t.uuid)),
    Column("NumberOfProcessors0", "cpu_sockets|cpu_count", lambda t, _r: str(t.cpus)),
    Column("TotalPhysicalMemory0", "memory_mib", lambda t, r: str(t.memory_mib * 1024 - r.randrange(512, 4096))),
    Column("IP_Addresses0", "ip_address", addresses),
    Column("MAC_Addresses0", "mac_address", lambda t, _r: t.mac.upper()),
    Column("AD_Site_Name0", "location|datacenter", lambda t, _r: {"zrh": "Zürich", "fra": "Frankfurt"}[t.site]),
    Column("User_Name0", "", lambda t, r: blank(r, t.owner.split(" ")[0].lower()[:4] + "adm", 0.2, "NULL")),
    Column("LastBootUpTime0", "last_boot", lambda _t, r: f"{r.randint(1, 28):02d}.05.2025 {clock(r)}"),
    Column("LastHWScan", "last_seen", lambda _t, r: f"{r.randint(20, 28):02d}.06.2025 {clock(r)}"),
    Column("Client_Version0", "", lambda _t, _r: "5.00.9122.1000"),
    Column("Active0", "lifecycle_status|power_state|", lambda _t, _r: "1"),
    Column("Obsolete0", "lifecycle_status|", lambda _t, _r: "0"),
)


def sccm_row(thing: Thing, rng: random.Random) -> Row:
    """One client; physical machines may report what their board vendor forgot to fill in."""
    row = cells(COLUMNS, thing, rng)
    if not thing.is_virtual and rng.random() < 0.25:
        row |= {"SerialNumber0": rng.choice(JUNK_SERIALS), "SMBIOS_GUID0": JUNK_GUID}
    return Row(tuple(row.values()), true_id=thing.id)


def obsolete_row(row: Row) -> Row:
    """The record of the same machine from before it was installed anew: older key and scan, marked obsolete."""
    values = list(row.cells)
    values[0] = str(int(str(values[0])) - 900_001)
    values[-1], values[-2], values[17] = "1", "0", "11.02.2025 04:00:12"
    return replace(row, cells=tuple(values), note="obsolete record")


def sccm_export(world: World, seed: int) -> Export:
    """Windows machines with a client: four of five servers, all workstations."""
    rng = random.Random(f"{seed}:sccm")
    windows = [t for t in (*world.servers(), *world.of("end_user_device")) if t.is_windows]
    clients = [t for n, t in enumerate(windows) if n % 6 != 3 or t.vips]
    rows = [sccm_row(t, rng) for t in clients]
    rows += [obsolete_row(rows[n]) for n in (2, 9)]
    rows.insert(25, replace(rows[14], note="exact repeat"))
    table = Table("SCCM_AllSystems_20250628", headers(COLUMNS), rows)
    return Export(
        "SCCM_AllSystems_20250628.csv", ("\ufeff" + delimited(table, ";", quote_all=True)).encode("utf-16-le"), (table,)
    )
