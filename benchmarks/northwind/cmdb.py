"""ServiceNow list exports with column labels: servers, database instances, other hardware.

As the product writes them: windows-1252, user date format dd/MM/yyyy, grouped thousands, list values as labels.
The relationship table has its own module.
"""

from __future__ import annotations

import random
from dataclasses import replace

from benchmarks.northwind.cmdb_columns import DATABASE_COLUMNS, HARDWARE_COLUMNS, SERVER_COLUMNS, sys_id
from benchmarks.northwind.exports import Export, Row, Table, cells, delimited, headers
from benchmarks.northwind.story import APPS, DOMAIN
from benchmarks.northwind.things import Thing, World

JUNK_SERIALS = (
    "To be filled by O.E.M.",
    "To Be Filled By O.E.M.",
    "Default string",
    "0123456789",
    "None",
    "Not Specified",
)


def server_rows(world: World, rng: random.Random) -> list[Row]:
    """Clean rows first, then the record keeping: old names, junk serials, double entries, a broken line."""
    known = [t for t in world.of("virtual_machine", "physical_server") if not t.is_template]
    kept = [t for n, t in enumerate(known) if n % 9 != 5 or t.renamed_from or t.stale]
    kept += world.of("hypervisor", "load_balancer")
    rows = [server_row(t, rng) for t in sorted(kept, key=sys_id)]
    for n in (17, 58, 119):
        rows.insert(n + 40, replace(rows[n], note="exact repeat"))
    for n in (31, 77, 101, 142):
        thing = next(t for t in world.things if t.id == rows[n].true_id)
        rows.append(second_entry(thing, rng))
    rows.insert(66, broken_row())
    return rows


def server_row(thing: Thing, rng: random.Random) -> Row:
    row = cells(SERVER_COLUMNS, thing, rng)
    if thing.renamed_from:
        row["Name"] = thing.renamed_from
        row["Fully qualified domain name"] = f"{thing.renamed_from}.{DOMAIN}"
    if thing.type == "physical_server" and rng.random() < 0.3:
        row["Serial number"] = rng.choice(JUNK_SERIALS)
    if thing.is_windows and rng.random() < 0.3:
        row["Name"] = row["Name"].upper()
    if thing.name == "zrhp-inf-file1":
        row["Business application(s)"] = ", ".join(a.name for a in APPS)
    if thing.name == "zrhp-dms-app1":
        row["Comments"] = 'Replace with "cloud archive"\nask Dieter first, not before Q3'
    return Row(tuple(row.values()), true_id=thing.id)


def second_entry(thing: Thing, rng: random.Random) -> Row:
    """The same machine typed in by hand a second time: FQDN as its name, another key, half of the columns empty."""
    row = cells(SERVER_COLUMNS, thing, rng)
    empty = dict.fromkeys(
        ("RAM (MB)", "Disk space (GB)", "CPU count", "MAC Address", "Operating System", "OS Version"), ""
    )
    row |= {"Name": thing.fqdn.upper(), "Discovery source": "Manual Entry", "Sys ID": sys_id(thing, "2"), **empty}
    return Row(tuple(row.values()), true_id=thing.id, note="second entry")


def broken_row() -> Row:
    line = 'chsrv0998,Windows Server,Installed,Operational,"VMware-42 0a,,,10.20.10.250,,,Windows 2016 Standard,,,2,1'
    return Row(outcome="quarantined", note="unclosed quote", raw=line)


def hardware_rows(world: World, rng: random.Random) -> list[Row]:
    things = world.of("network_device", "security_device", "storage", "printer", "end_user_device")
    rows = [Row(tuple(cells(HARDWARE_COLUMNS, t, rng).values()), true_id=t.id) for t in things]
    rows.insert(20, replace(rows[11], note="exact repeat"))
    excess = (*rows[40].cells, "imported", "twice")
    rows.insert(44, Row(excess, outcome="quarantined", note="more cells than columns"))
    return rows


def cmdb_exports(world: World, seed: int) -> list[Export]:
    rng = random.Random(f"{seed}:cmdb")
    databases = [Row(tuple(cells(DATABASE_COLUMNS, t, rng).values()), true_id=t.id) for t in world.of("database")]
    tables = (
        Table("cmdb_ci_server_2025-06-30", headers(SERVER_COLUMNS), server_rows(world, rng)),
        Table("cmdb_ci_db_instance_2025-06-30", headers(DATABASE_COLUMNS), databases),
        Table("cmdb_ci_hardware_2025-06-30", headers(HARDWARE_COLUMNS), hardware_rows(world, rng)),
    )
    return [Export(f"{t.name}.csv", delimited(t).encode("cp1252"), (t,)) for t in tables]
