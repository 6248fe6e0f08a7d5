"""An RVTools 4.x workbook: vInfo, vDisk, vHost and the vMetaData sheet the tool always adds.

Dates are text as yyyy/MM/dd HH:mm:ss, flags the words True and False, sizes numbers in MiB.
"""

from __future__ import annotations

import random

from benchmarks.northwind.edges import Edges
from benchmarks.northwind.exports import Export, Row, Table, cells, headers
from benchmarks.northwind.rvtools_columns import (
    DATASTORE,
    NOTE,
    NUMBERS,
    PLACE,
    PLACEHOLDER,
    POWER,
    SDK,
    TEMPLATE,
    VCENTER,
    VDISK_HEADERS,
    VHOST,
    VINFO,
    VM,
    VM_ID,
    VM_UUID,
)
from benchmarks.northwind.things import Thing, World
from benchmarks.northwind.workbooks import Sheet, workbook


def typed(row: dict[str, str]) -> tuple[str | int, ...]:
    """RVTools writes numbers as numbers."""
    return tuple(int(v) if h in NUMBERS and v.isdigit() else v for h, v in row.items())


def disk_row(thing: Thing, number: int, size_gib: int, rng: random.Random) -> Row:
    """One virtual disk; the columns that describe its VM are those of vInfo."""
    vm = cells((VM, POWER, TEMPLATE, PLACEHOLDER, DATASTORE, NOTE, *PLACE, VM_ID, VM_UUID, *SDK), thing, rng)
    path = vm["Path"].replace(".vmx", f"_{number - 1}.vmdk" if number > 1 else ".vmdk")
    disk = {
        "Disk": f"Hard disk {number}",
        "Disk Key": str(1999 + number),
        "Disk Path": path,
        "Path": path,
        "Disk UUID": f"6000C29{number}-{rng.getrandbits(16):04x}-{rng.getrandbits(16):04x}",
        "Capacity MiB": str(size_gib * 1024),
        "Raw": "False",
        "Disk Mode": "persistent",
        "Sharing mode": "sharingNone",
        "Thin": "True",
        "Eagerly Scrub": "False",
        "Split": "False",
        "Write Through": "False",
        "Level": "normal",
        "Shares": "1000",
        "Reservation": "0",
        "Limit": "-1",
        "Controller": "SCSI controller 0",
        "Label": f"Hard disk {number}",
        "SCSI Unit #": str(number - 1),
        "Unit #": str(number - 1),
        "Shared Bus": "noSharing",
        "Internal Sort Column": f"{thing.name}{1999 + number}",
    }
    row = vm | disk
    return Row(typed({h: row.get(h, "") for h, _ in VDISK_HEADERS}), outcome="detail", true_id=thing.id)


def rvtools_export(world: World, seed: int, edges: Edges) -> Export:
    """Every VM and template is here, and hypervisors; hosting edges are stated by the Host column."""
    rng = random.Random(f"{seed}:rvtools")
    ids = {t.name: t.id for t in world.things}
    vms = [t for t in world.of("virtual_machine") if not t.stale]
    vinfo = Table("vInfo", headers(VINFO))
    vdisk = Table("vDisk", VDISK_HEADERS)
    for vm in sorted(vms, key=lambda t: t.name):
        vinfo.rows.append(Row(typed(cells(VINFO, vm, rng)), true_id=vm.id))
        vdisk.rows.extend(disk_row(vm, n, size, rng) for n, size in enumerate(vm.disks_gib, start=1))
        edges.add(vm.id, ids[vm.parent], "hosting", required=not vm.is_template)
        edges.add(vm.id, ids[vm.cluster], "hosting", required=False)
    hosts = [Row(typed(cells(VHOST, t, rng)), true_id=t.id) for t in world.of("hypervisor")]
    for host in world.of("hypervisor"):
        edges.add(host.id, ids[host.cluster], "hosting", required=False)
    vhost = Table("vHost", headers(VHOST), hosts)
    about = Table(
        "vMetaData", [(h, "") for h in ("RVTools major version", "RVTools version", "xlsx creation datetime")]
    )
    about.headers = [*about.headers, ("Server", "|hostname|fqdn")]
    about.rows.append(Row(("4.6", "4.6.1.0", "2025/06/28 02:15:34", VCENTER), outcome="any"))
    tables = (vinfo, vdisk, vhost, about)
    return Export("RVTools_export_all_2025-06-28_02.15.34.xlsx", workbook([Sheet(t) for t in tables]), tables)
