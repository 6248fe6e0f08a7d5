"""Estates for the tests of vendor exports: a tidy one, and ones as nasty as real exports get."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import ANALYSIS, APPLICATIONS, DEPENDENCIES, INVENTORY, MOVE_GROUPS, FrameSchema
from discovery_pipeline.domain.vendors.estate import DISKS, Estate


def frame(rows: list[dict[str, Any]], schema: FrameSchema) -> pl.DataFrame:
    """Rows that name only some columns; the others are null."""
    columns = {name: [row.get(name) for row in rows] for name in schema}
    return pl.DataFrame(columns, schema=schema)


def server(asset_id: str, **values: Any) -> dict[str, Any]:
    """A living virtual machine with everything that the templates ask for, but for what is named."""
    known = {
        "hostname": asset_id, "classified_type": "virtual_machine", "cpu_count": 4, "memory_mib": 8192.0,
        "os_name": "Windows Server 2019 Standard", "storage_total_gib": 100.0, "vanished": False, "record_count": 1,
    }  # fmt: skip
    return {"asset_id": asset_id, **known, **values}


def estate(*rows: dict[str, Any], **frames: pl.DataFrame) -> Estate:
    """An estate of these assets."""
    return Estate(frame(list(rows), INVENTORY), **frames)


def tidy() -> Estate:
    """Two applications on three servers, every field filled in."""
    common = {
        "mac_address": ["00:50:56:11:22:33"], "os_version": "10.0.17763", "os_architecture": "x86_64",
        "boot_type": "uefi", "platform": "VMware vSphere", "cpu_sockets": 1, "cpu_cores": 4, "memory_used_mib": 2048.0,
        "storage_used_gib": 40.5, "disk_count": 2, "cpu_utilization_pct": 12.5, "cpu_peak_pct": 80.0,
        "memory_utilization_pct": 25.0, "memory_peak_pct": 50.0, "disk_iops": 120.0, "disk_throughput_mb_per_s": 3.5,
        "network_throughput_mb_per_s": 1.25, "model": "VMware7,1", "datacenter": "Zürich DC1",
        "environment": "production", "criticality": "high", "department": "Retail", "power_state": "on",
        "install_date": datetime(2021, 2, 3, 4, 5), "last_seen": datetime(2026, 1, 2, 3, 4, 5), "is_virtual": True,
    }  # fmt: skip
    rows = [
        server(f"a_{n}", **{**common, "fqdn": f"app{n:02}.corp.example", "hostname": f"app{n:02}", "uuid":
               f"4c4c4544-0031-4410-8051-c4c04f30310{n}", "ip_address": [f"10.0.0.{n}", f"2001:db8::{n}"]})
        for n in range(1, 9)
    ]  # fmt: skip
    people = {"business_owner": "Ann Lee", "contact_email": "Ann.Lee@example.com", "description": "sells things"}
    named = {"classified_type": "application", "department": "Retail", "environment": "production", **people}
    apps = [
        {"asset_id": f"a_app{n}", "application_name": [name], **named}
        for n, name in enumerate(("CRM", "Billing", "Ledger", "Web shop"))
    ]
    members = [["a_1", "a_2"], ["a_2", "a_3"], ["a_4", "a_5"], ["a_6", "a_7", "a_8"]]
    ids = [row["asset_id"] for row in (*rows, *apps)]
    pairs = [("a_app0", "a_app1"), ("a_app1", "a_app2"), ("a_app3", "a_app0")]
    edges = [{"from_asset": a, "to_asset": b, "kind": "application", "confidence": 0.9} for a, b in pairs]
    return estate(
        *rows, *apps,
        analysis=frame([{"asset_id": one, "strategy": "rehost", "wave": 2} for one in ids], ANALYSIS),
        applications=frame([
            {"application_id": app["asset_id"], "name": app["application_name"][0], "members": group}
            for app, group in zip(apps, members, strict=True)
        ], APPLICATIONS),
        move_groups=frame([{"group_id": "g1", "members": ["a_1", "a_2", "a_3"], "wave": 2}], MOVE_GROUPS),
        dependencies=frame(edges, DEPENDENCIES),
        disks=frame([{"asset_id": "a_1", "label": f"disk {n}", "size_gib": 60.0 - 20 * n, "used_gib": 20.0}
                     for n in (1, 2)], DISKS),
    )  # fmt: skip


_TEXTS = (
    None, "", " ", "plain", "a,b;c", 'say "hi"', "two\nlines", "tab\there", "=cmd|' /C calc'!A0", "+1", "-x", "@sum",
    "ÜBER straße", "服务器", "name\u2028with\u0000odd", "x" * 300, "'quoted'", "100%", "under_score", "UNDER-SCORE",
    "İstanbul", "＝full", "  =spaced", "a:b, c:d",
)  # fmt: skip
_NUMBERS = (None, 0.0, -1.0, 0.4, 1.0, 2.5, 64.0, 1e17, float("nan"), float("inf"), 99.999, 250.0)
_SYSTEMS = (
    None, "", "Windows Server 2022 Datacenter", "Microsoft Windows Server 2012 R2 (64-bit)", "RHEL 8", "SLES 12 SP5",
    "Red Hat Enterprise Linux", "Ubuntu 22.04 LTS", "AIX 7.2", "weird, system", "=SYSTEM()", "Debian 11", "CentOS 7",
    "Oracle Solaris 11", "x" * 400, "Windows", "macOS 10.15",
)  # fmt: skip


def nasty(seed: int, assets: int = 120) -> Estate:
    """Every field from a heap of odd values: names of 300 characters, blanks, repeats, no CPUs, IPv6, 30 disks."""
    draw = random.Random(seed)
    types = ("virtual_machine", "physical_server", "container_node", "database", "network_device", None)
    rows = [_odd_server(draw, f"a_{seed}_{n}", draw.choice(types)) for n in range(assets)]
    names = [draw.choice(_TEXTS) for _ in range(30)] + ["CRM", "crm", "C_M", "C%"]
    apps = [
        {"asset_id": f"p_{n}", "classified_type": "application", "vanished": draw.random() < 0.05,
         "department": draw.choice(_TEXTS), "description": draw.choice(_TEXTS), "environment": "production",
         "business_owner": draw.choice(_TEXTS), "contact_email": draw.choice((None, "a@b.example", "nobody", "=x@y"))}
        for n in range(len(names))
    ]  # fmt: skip
    ids = [row["asset_id"] for row in rows]
    strategies = ("rehost", "retire", "not_applicable", None)
    edges = [(f"p_{draw.randrange(len(names) + 3)}", f"p_{draw.randrange(len(names))}") for _ in range(150)]
    return estate(
        *rows, *apps,
        analysis=frame([{"asset_id": one, "strategy": draw.choice(strategies), "wave": draw.choice((None, 1, 2))}
                        for one in ids], ANALYSIS),
        applications=frame([
            {"application_id": app["asset_id"], "name": name, "members": draw.sample(ids, draw.randrange(9))}
            for app, name in zip(apps, names, strict=True)
        ], APPLICATIONS),
        dependencies=frame([
            {"from_asset": a, "to_asset": b, "kind": draw.choice(("application", "application", "tier")),
             "confidence": draw.choice((0.2, 0.5, 0.8, 0.9))}
            for a, b in edges
        ], DEPENDENCIES),
        disks=frame([{"asset_id": ids[n % 3], "label": f"disk {n}", "size_gib": draw.choice((0.0, 10.0, 33.3)),
                      "used_gib": None} for n in range(90)], DISKS),
    )  # fmt: skip


def _odd_server(draw: random.Random, asset_id: str, kind: str | None) -> dict[str, Any]:
    texts = (
        "fqdn",
        "os_version",
        "os_architecture",
        "platform",
        "department",
        "model",
        "datacenter",
        "uuid",
        "criticality",
    )
    numbers = (
        "memory_mib", "memory_used_mib", "storage_total_gib", "storage_used_gib", "cpu_utilization_pct", "cpu_peak_pct",
        "memory_utilization_pct", "memory_peak_pct", "disk_iops", "disk_throughput_mb_per_s",
        "network_throughput_mb_per_s",
    )  # fmt: skip
    return {
        "asset_id": asset_id,
        "classified_type": kind,
        "hostname": draw.choice((*_TEXTS, f"srv{draw.randrange(40)}", f"SRV{draw.randrange(40)}")),
        "os_name": draw.choice(_SYSTEMS),
        "ip_address": draw.choice((None, [], ["10.0.0.1"], ["2001:db8::1", "10.0.0.2"], ["no address", "10.0.0.3"])),
        "mac_address": draw.choice((None, ["00:50:56:aa:bb:cc"], ["zz"], ["00-50-56-AA-BB-CC", "00:50:56:aa:bb:cd"])),
        "application_name": draw.choice((None, [], ["CRM, Billing"], ["x" * 300], ["=app", None])),
        "boot_type": draw.choice((None, "bios", "uefi")),
        "cpu_count": draw.choice((None, 0, -4, 1, 64)),
        "cpu_cores": draw.choice((None, 0, 2)),
        "cpu_sockets": draw.choice((None, 0, 2)),
        "disk_count": draw.choice((None, 0, 1, 30)),
        "is_virtual": draw.choice((None, True, False)),
        "is_template": draw.random() < 0.05,
        "vanished": draw.random() < 0.05,
        "record_count": draw.randrange(5),
        "environment": draw.choice((None, "production", "test")),
        "power_state": draw.choice((None, "on", "off", "unknown")),
        "last_seen": draw.choice((None, datetime(2026, 1, 2, 3, 4, 5))),
        "install_date": draw.choice((None, datetime(1999, 12, 31))),
        **{name: draw.choice(_TEXTS) for name in texts},
        **{name: draw.choice(_NUMBERS) for name in numbers},
    }


def large(count: int) -> Estate:
    """As many valid servers as said."""
    numbers = pl.int_range(count, eager=True)
    ids = pl.select(pl.format("a_{}", numbers)).to_series()
    inventory = frame([server("a_0", hostname="srv")], INVENTORY)
    rows = pl.concat([inventory] * 1).select(pl.all().repeat_by(count).explode(empty_as_null=False))
    return Estate(rows.with_columns(asset_id=ids, hostname=pl.select(pl.format("srv{}", numbers)).to_series()))
