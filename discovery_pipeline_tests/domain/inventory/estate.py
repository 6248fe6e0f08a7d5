"""A small labelled estate: real things, and what five exports say about them with the usual noise.

Noise model, per export row unless said otherwise: host name missing never, other identifiers missing 15 %; CMDB serial
mistyped 1 %, host name outdated 3 %, address outdated 10 %; 2 % of VMs cloned with their uuid; 2 % of hosts replaced
(the retired machine stays in the CMDB under the same name); 2 % of short names used in two domains; 4 % of physical
serials are placeholders, known ones and one that only this estate uses; every tenth cluster is a pair of twins.
"""

from __future__ import annotations

import random
import uuid as uuids
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import CleanTable, Grain, RecordKind, TableInfo, TableKind
from discovery_pipeline.domain.schema import clean_schema

DOMAINS = ("corp.example.com", "dmz.example.net")
APPLICATIONS = tuple(
    f"{name} {part}" for name in ("Ledger", "Claims", "Webshop", "Payroll") for part in ("Core", "Web")
)
TODAY = datetime(2026, 6, 1)


def clean_table(
    table_no: int,
    rows: Sequence[dict[str, Any]],
    *,
    source: str = "",
    file: str = "",
    table: str = "",
    product: str | None = None,
    record: RecordKind = "asset",
    grain: Grain = "asset",
    review: frozenset[str] = frozenset(),
) -> CleanTable:
    """A clean table out of plain rows; the fields that any row has become its columns."""
    schema = clean_schema(record)
    given = [name for name in schema if any(name in row for row in rows)]
    unknown = {name for row in rows for name in row} - set(schema)
    assert not unknown, unknown
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in given}
    frame = pl.DataFrame(
        {"table_no": [table_no] * len(rows), "row": range(len(rows)), "line": range(2, len(rows) + 2), **columns},
        schema={
            "table_no": pl.UInt32(),
            "row": pl.Int64(),
            "line": pl.Int64(),
            **{name: schema[name] for name in given},
        },
    )
    name = source or f"source{table_no}"
    info = TableInfo(table_no, name, file or f"{name}.csv", table or name, tuple(given), len(rows))
    return CleanTable(info, TableKind(table_no, record, grain, product, 1.0), frame.lazy(), review)


@dataclass
class Machine:
    """What is true of one thing. kind: vm, physical, hypervisor, database or application."""

    number: int
    kind: str
    name: str
    domain: str
    ip: str
    mac: str
    uuid: str
    serial: str
    windows: bool
    memory: float
    host: str = ""
    application: str = ""
    retired: bool = False


@dataclass
class Estate:
    """tables: the exports. truth: (table_no, row) -> number of the thing; kinds: number -> kind."""

    tables: list[CleanTable] = field(default_factory=list)
    truth: dict[tuple[int, int], int] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)

    def add(self, things: Sequence[tuple[Machine, dict[str, Any]]], **place: Any) -> None:
        number = len(self.tables)
        self.tables.append(clean_table(number, [row for _, row in things], **place))
        self.truth |= {(number, row): thing.number for row, (thing, _) in enumerate(things)}


def make_estate(seed: int = 7, machines: int = 400) -> Estate:
    """The same seed gives the same estate."""
    rng = random.Random(seed)
    things = _things(rng, machines)
    estate = Estate(kinds={t.number: t.kind for t in things})
    hosts = [t for t in things if t.kind in ("vm", "physical", "hypervisor")]
    vms = [t for t in hosts if t.kind == "vm" and not t.retired]
    vmware = {"source": "rvtools", "file": "rvtools.xlsx", "product": "rvtools"}
    cmdb = [(t, _cmdb(t, rng)) for t in things if t.kind != "hypervisor" and rng.random() < 0.9]
    estate.add(cmdb, source="cmdb", product="servicenow", table="cmdb_ci")
    estate.add([(t, _vinfo(t, rng)) for t in vms], table="vInfo", **vmware)
    estate.add([(t, _vhost(t)) for t in hosts if t.kind == "hypervisor"], table="vHost", **vmware)
    live = [t for t in hosts if t.kind != "hypervisor" and not t.retired]
    estate.add([(t, _agent(t, rng)) for t in live if t.windows and rng.random() < 0.9], source="sccm", product="sccm")
    estate.add([(t, _sheet(t, rng)) for t in live if rng.random() < 0.5], source="server list")
    disks = [(t, _disk(t, n)) for t in vms for n in range(rng.randint(1, 3))]
    estate.add(disks, table="vDisk", grain="detail", **vmware)
    return estate


def _things(rng: random.Random, machines: int) -> list[Machine]:
    esx = [f"esx{n:02d}" for n in range(max(2, machines // 40))]
    things = [_machine(rng, n, "hypervisor", name) for n, name in enumerate(esx)]
    while len(things) < machines:
        things += _group(rng, len(things), esx)
    for number, name in enumerate(APPLICATIONS, len(things)):
        things.append(_machine(rng, number, "application", name))
    clones = [t for t in things if t.kind == "vm" and not t.retired]
    for one, other in zip(rng.sample(clones, len(clones) // 50), rng.sample(clones, len(clones) // 50), strict=True):
        other.uuid = one.uuid
    return things


def _group(rng: random.Random, number: int, esx: list[str]) -> list[Machine]:
    """One machine, with what belongs to it: a twin, a predecessor, a namesake, a database."""
    kind = rng.choices(["vm", "physical"], [0.75, 0.25])[0]
    name = f"{rng.choice(['app', 'web', 'db', 'fs', 'ad'])}{rng.choice(['fra', 'muc', 'ber'])}{number:04d}"
    first = _machine(rng, number, kind, name)
    first.host = rng.choice(esx) if kind == "vm" else ""
    first.application = rng.choice((*APPLICATIONS, ""))
    group = [first]
    chance = rng.random()
    if chance < 0.02:
        group.append(_like(rng, first, number + 1, retired=True))
    elif chance < 0.04:
        group.append(_like(rng, first, number + 1, domain=DOMAINS[1 - DOMAINS.index(first.domain)]))
    elif chance < 0.10:
        first.name, twin = f"{name}a", f"{name}b"
        group.append(_like(rng, first, number + 1, name=twin))
    elif chance < 0.16:
        group.append(_like(rng, first, number + 1, kind="database"))
    return group


def _like(rng: random.Random, first: Machine, number: int, **differences: Any) -> Machine:
    """A machine with its own identifiers that is otherwise like the first."""
    other = _machine(rng, number, first.kind, first.name)
    same = {"domain": first.domain, "host": first.host, "application": first.application, "windows": first.windows}
    for key, value in {**same, **differences}.items():
        setattr(other, key, value)
    return other


def _machine(rng: random.Random, number: int, kind: str, name: str) -> Machine:
    digits = f"{rng.getrandbits(128):032x}"
    serial = f"CZ{rng.randrange(16**8):08X}"
    if kind == "physical" and rng.random() < 0.04:
        serial = rng.choice(["To be filled by O.E.M.", "Default string", "SYS-4711-LAB"])
    return Machine(
        number,
        kind,
        name,
        rng.choice(DOMAINS),
        f"10.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}",
        f"00:{'50:56' if kind == 'vm' else '1b:21'}:{rng.randrange(256):02x}:{number // 256:02x}:{number % 256:02x}",
        str(uuids.UUID(digits)),
        serial,
        rng.random() < 0.55,
        float(rng.choice([4096, 8192, 16384, 32768])),
    )


def _often(rng: random.Random, value: Any, share: float = 0.85) -> Any:
    return value if rng.random() < share else None


def _stale_ip(rng: random.Random, machine: Machine) -> list[str]:
    stale = f"10.99.{rng.randrange(250)}.{rng.randrange(1, 250)}"
    return [stale if rng.random() < 0.10 else machine.ip]


def _serial(machine: Machine) -> str:
    digits = machine.uuid.replace("-", "")
    pairs = " ".join(digits[i : i + 2] for i in range(0, 32, 2))
    return f"VMware-{pairs[:23]}-{pairs[24:]}" if machine.kind == "vm" else machine.serial


def _os(machine: Machine) -> str:
    return "Windows Server 2019" if machine.windows else "Red Hat Enterprise Linux 8"


def _cmdb(machine: Machine, rng: random.Random) -> dict[str, Any]:
    key = {"source_id": f"{rng.getrandbits(128):032x}"}
    if machine.kind == "application":
        return key | {"application_name": [machine.name], "asset_type": "Business Application", "criticality": "high"}
    if machine.kind == "database":
        return key | {"hostname": machine.name, "asset_type": "MSFT SQL Instance", "database_engine": "SQL Server"}
    serial = machine.serial if machine.kind == "physical" else None
    if serial and rng.random() < 0.01:
        serial = serial[:-1] + "?"
    name = f"old{machine.number:04d}" if rng.random() < 0.03 else machine.name
    return key | {
        "hostname": name,
        "fqdn": _often(rng, f"{name}.{machine.domain}", 0.6),
        "serial_number": _often(rng, serial),
        "ip_address": _often(rng, _stale_ip(rng, machine)),
        "mac_address": _often(rng, [machine.mac], 0.4),
        "asset_type": "Windows Server" if machine.windows else "Linux Server",
        "is_virtual": _often(rng, machine.kind == "vm", 0.7),
        "os_name": _often(rng, _os(machine)),
        "environment": "production",
        "lifecycle_status": "retired" if machine.retired else "in_use",
        "memory_mib": _often(rng, machine.memory),
        "application_name": [machine.application] if machine.application else None,
        "business_owner": "Ada Example",
    }


def _vinfo(machine: Machine, rng: random.Random) -> dict[str, Any]:
    return {
        "source_id": f"vm-{machine.number}",
        "hostname": machine.name,
        "fqdn": _often(rng, f"{machine.name}.{machine.domain}", 0.7),
        "uuid": machine.uuid,
        "ip_address": _often(rng, [machine.ip]),
        "power_state": "on",
        "hypervisor_host": f"{machine.host}.{DOMAINS[0]}",
        "cluster": "CL-01",
        "os_name": _os(machine),
        "memory_mib": machine.memory,
        "cpu_count": 4,
    }


def _vhost(machine: Machine) -> dict[str, Any]:
    return {
        "hostname": f"{machine.name}.{DOMAINS[0]}",
        "serial_number": machine.serial,
        "model": "PowerEdge R640",
        "manufacturer": "Dell Inc.",
        "os_name": "VMware ESXi 8.0.2",
        "cluster": "CL-01",
    }


def _agent(machine: Machine, rng: random.Random) -> dict[str, Any]:
    return {
        "hostname": machine.name.upper(),
        "dns_domain": machine.domain.split(".")[0].upper(),
        "serial_number": _often(rng, _serial(machine)),
        "mac_address": _often(rng, [machine.mac]),
        "ip_address": _often(rng, [machine.ip]),
        "os_name": f"Microsoft {_os(machine)} Standard",
        "last_seen": TODAY - timedelta(days=rng.randrange(20)),
        "memory_mib": machine.memory,
    }


def _sheet(machine: Machine, rng: random.Random) -> dict[str, Any]:
    return {
        "hostname": rng.choice([machine.name, machine.name.upper(), f"{machine.name}.{machine.domain}"]),
        "ip_address": _often(rng, _stale_ip(rng, machine)),
        "environment": "production",
        "application_name": [machine.application.lower()] if machine.application else None,
    }


def _disk(machine: Machine, number: int) -> dict[str, Any]:
    return {
        "hostname": machine.name,
        "uuid": machine.uuid if number else None,
        "source_id": f"vm-{machine.number}",
        "storage_total_gib": 40.0 * (number + 1),
    }
