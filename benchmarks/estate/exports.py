"""The asset and relationship exports of an estate, as frames of strings with the true number of each row.

Every function returns the frame of a file plus the column `true` (row number in the population; null = no asset row).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from benchmarks.estate import text
from benchmarks.estate.noise import Noise, chance, junk, missing, repeated, shuffled, written_names
from benchmarks.estate.population import DOMAIN, SYSTEMS, Estate

CLASSES = {
    "hypervisor": "ESX Server",
    "network_device": "IP Switch",
    "storage": "Storage Device",
    "end_user_device": "Computer",
    "database": "MSFT SQL Instance",
}
SITES = {"ams": "Amsterdam", "dub": "Dublin", "lis": "Lisbon"}
EPOCH = datetime(2016, 1, 1)


def system(spelling: int) -> pl.Expr:
    names = {n: spellings[spelling] for n, spellings in enumerate(SYSTEMS)}
    return pl.col("system").replace_strict(names, return_dtype=pl.String)


def person() -> pl.Expr:
    return pl.format("Person {}", "person")


def installed(form: str) -> pl.Expr:
    return (pl.lit(EPOCH) + pl.duration(days=pl.col("installed"))).dt.strftime(form)


def last_seen(form: str) -> pl.Expr:
    """In the month before the export, or years ago where the thing is gone."""
    last = pl.when("stale").then(pl.lit(datetime(2022, 3, 1))).otherwise(pl.lit(datetime(2025, 6, 1)))
    return (last + pl.duration(days=pl.col("number") % 28)).dt.strftime(form)


def is_virtual() -> pl.Expr:
    return pl.col("type") == "virtual_machine"


def is_server() -> pl.Expr:
    return pl.col("type").is_in(["virtual_machine", "physical_server"])


def maker() -> pl.Expr:
    servers = {"physical_server": "HPE", "hypervisor": "Dell Inc.", "virtual_machine": "VMware, Inc."}
    others = {"network_device": "Cisco", "storage": "NetApp", "end_user_device": "LENOVO"}
    return pl.col("type").replace_strict(servers | others, default=None, return_dtype=pl.String)


def mac() -> pl.Expr:
    virtual, physical = (text.mac("mac_digits", vendor) for vendor in ("00:50:56", "94:40:C9"))
    return pl.when(is_virtual()).then(virtual).otherwise(physical).str.to_uppercase()


def serial() -> pl.Expr:
    return pl.when(is_virtual()).then(text.vmware_serial("uuid")).otherwise("tag")


def with_shared_uuids(estate: Estate, rng: np.random.Generator, noise: Noise) -> pl.DataFrame:
    """The population with some VMs cloned together with the BIOS UUID of their predecessor in the list."""
    things = estate.things
    hit = chance(rng, things.height, noise.shared_uuid) & is_shiftable(things)
    return things.with_columns(pl.when(hit).then(pl.col("uuid").shift(1)).otherwise("uuid").alias("uuid"))


def is_shiftable(things: pl.DataFrame) -> pl.Series:
    virtual = things["type"] == "virtual_machine"
    return virtual & virtual.shift(1, fill_value=False)


def cmdb_rows(things: pl.DataFrame, rng: np.random.Generator, noise: Noise) -> pl.DataFrame:
    """What the CMDB holds of each thing: old names, old addresses, old memory, empty cells."""
    known = chance(rng, things.height, noise.in_cmdb) | things["stale"]
    kept = things.filter((pl.col("type") != "application") & known)
    rows = kept.height
    living = things.filter(is_server() & ~pl.col("stale"))["ip"]
    reused = living.gather(rng.integers(0, living.len(), rows))
    hit_address = chance(rng, rows, noise.reused_address) & kept["stale"]
    kept = kept.with_columns(
        pl.when(chance(rng, rows, noise.old_memory))
        .then(pl.col("memory_mib") // 2)
        .otherwise("memory_mib")
        .alias("memory"),
        pl.when(hit_address).then(reused).otherwise("ip").alias("ip"),
        serial().alias("serial"),
    )
    return missing(junk(kept, rng, noise.junk_serial, "serial"), rng, noise.missing, ["ip", "serial", "environment"])


def old_names(things: pl.DataFrame, rng: np.random.Generator, noise: Noise) -> pl.DataFrame:
    """Column `cmdb_name`: what the CMDB calls it; some servers were renamed since."""
    hit = chance(rng, things.height, noise.renamed) & things["type"].is_in(["virtual_machine", "physical_server"])
    old = pl.format("srv{}", pl.col("number") * 7 % 9_999_991)
    return things.with_columns(pl.when(hit).then(old).otherwise("name").alias("cmdb_name"))


def cmdb(things: pl.DataFrame, rng: np.random.Generator, noise: Noise) -> pl.DataFrame:
    kept = cmdb_rows(things, rng, noise).with_columns(written=pl.col("cmdb_name"))
    again = kept.filter(chance(rng, kept.height, noise.second_entry) & kept["type"].is_in(["virtual_machine"]))
    again = again.with_columns(
        key=pl.col("key").str.reverse(), memory=pl.lit(None, pl.Int64), environment=pl.lit(None, pl.String)
    )
    rows = written_names(pl.concat([kept, again]), rng, noise, DOMAIN)
    server = is_server()
    windows = pl.col("system") < 3
    frame = rows.select(
        pl.col("written").alias("Name"),
        pl.when(server & windows)
        .then(pl.lit("Windows Server"))
        .when(server)
        .then(pl.lit("Linux Server"))
        .otherwise(pl.col("type").replace(CLASSES))
        .alias("Class"),
        pl.when("stale").then(pl.lit("Retired")).otherwise(pl.lit("Installed")).alias("Status"),
        pl.when(pl.col("type") != "database").then("serial").alias("Serial number"),
        pl.when(server).then(pl.format("{}." + DOMAIN, "cmdb_name")).alias("Fully qualified domain name"),
        pl.col("ip").alias("IP Address"),
        pl.when(server).then(mac()).alias("MAC Address"),
        pl.when(server).then(system(0)).alias("Operating System"),
        pl.when(server).then("cpus").alias("CPU count"),
        pl.when(server).then("memory").alias("RAM (MB)"),
        pl.when(server).then(pl.col("disks") * pl.col("disk_gib")).alias("Disk space (GB)"),
        pl.when(server).then(is_virtual()).alias("Is Virtual"),
        maker().alias("Manufacturer"),
        pl.col("environment").str.to_titlecase().alias("Used for"),
        pl.col("app_name").alias("Business application(s)"),
        pl.col("site").replace(SITES).alias("Location"),
        person().alias("Managed by"),
        installed("%d/%m/%Y 08:15:00").alias("Installed"),
        last_seen("%d/%m/%Y 03:10:44").alias("Most recent discovery"),
        pl.col("key").alias("Sys ID"),
        pl.col("number").alias("true"),
    )
    return shuffled(repeated(frame, rng, noise.repeat), rng)


def vinfo(things: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    vms = things.filter(is_virtual() & ~pl.col("stale"))
    frame = vms.select(
        pl.col("name").alias("VM"),
        pl.lit("poweredOn").alias("Powerstate"),
        pl.lit("False").alias("Template"),
        pl.format("{}." + DOMAIN, "name").alias("DNS Name"),
        pl.lit("running").alias("Guest state"),
        installed("%Y/%m/%d 09:30:12").alias("Creation date"),
        pl.col("cpus").alias("CPUs"),
        pl.col("memory_mib").alias("Memory"),
        pl.col("disks").alias("Disks"),
        (pl.col("disks") * pl.col("disk_gib") * 1024).alias("Provisioned MiB"),
        (pl.col("disks") * pl.col("disk_gib") * 600).alias("In Use MiB"),
        pl.col("ip").alias("Primary IP Address"),
        pl.format("VLAN{}", pl.col("number") % 400).alias("Network #1"),
        pl.lit("efi").alias("Firmware"),
        pl.col("app_name").alias("Annotation"),
        pl.format("DC-{}", pl.col("site").replace(SITES)).alias("Datacenter"),
        pl.format("CL-{}-{}", "site", pl.col("parent") % 40).alias("Cluster"),
        pl.format("{}." + DOMAIN, "parent_name").alias("Host"),
        system(1).alias("OS according to the configuration file"),
        pl.format("vm-{}", "number").alias("VM ID"),
        text.dashed("uuid").alias("SMBIOS UUID"),
        text.dashed("instance_uuid").alias("VM UUID"),
        pl.lit("vc1." + DOMAIN).alias("VI SDK Server"),
        pl.col("number").alias("true"),
    )
    return shuffled(missing(frame, rng, 0.05, ["DNS Name", "Primary IP Address"]), rng)


def vdisk(things: pl.DataFrame) -> pl.DataFrame:
    """A row per virtual disk, in the order of the machines."""
    vms = things.filter(is_virtual() & ~pl.col("stale")).with_columns(disk=pl.int_ranges(1, pl.col("disks") + 1))
    return vms.explode("disk", empty_as_null=False).select(
        pl.col("name").alias("VM"),
        pl.lit("poweredOn").alias("Powerstate"),
        pl.format("Hard disk {}", "disk").alias("Disk"),
        pl.format("[DS-{}] {}/{}_{}.vmdk", pl.col("number") % 60, "name", "name", "disk").alias("Disk Path"),
        (pl.col("disk_gib") * 1024).alias("Capacity MiB"),
        pl.lit("True").alias("Thin"),
        pl.format("vm-{}", "number").alias("VM ID"),
        text.dashed("instance_uuid").alias("VM UUID"),
        pl.col("number").alias("true"),
    )


def agent(things: pl.DataFrame, rng: np.random.Generator, noise: Noise) -> pl.DataFrame:
    kinds = ["virtual_machine", "physical_server", "end_user_device"]
    seen = things.filter(pl.col("type").is_in(kinds) & ~pl.col("stale") & chance(rng, things.height, noise.in_agent))
    seen = junk(seen.with_columns(serial().alias("serial"), written=pl.col("name")), rng, noise.junk_serial, "serial")
    frame = written_names(seen, rng, noise, DOMAIN).select(
        (pl.col("number") * 3 + 16_777_216).alias("ResourceID"),
        pl.col("name").str.to_uppercase().alias("Netbios_Name0"),
        pl.col("written").alias("Resource_Names0"),
        system(2).alias("Caption0"),
        maker().alias("Manufacturer0"),
        pl.col("serial").alias("SerialNumber0"),
        text.swapped("uuid").alias("SMBIOS_GUID0"),
        pl.col("cpus").alias("NumberOfProcessors0"),
        (pl.col("memory_mib") / 1024).alias("Memory (GB)"),
        pl.format("{}, fe80::{}", "ip", pl.col("mac_digits").str.slice(0, 4)).alias("IP_Addresses0"),
        mac().alias("MAC_Addresses0"),
        last_seen("%Y-%m-%d 04:00:00").alias("LastHWScan"),
        pl.col("number").alias("true"),
    )
    return shuffled(
        repeated(missing(frame, rng, noise.missing, ["IP_Addresses0", "SMBIOS_GUID0"]), rng, noise.repeat), rng
    )


def portfolio(things: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """A row per application; what it calls stands in one cell."""
    names = things.select(target="number", needed="name")
    needs = (
        calls.join(names, on="target", maintain_order="left")
        .group_by("source", maintain_order=True)
        .agg(pl.col("needed"))
    )
    apps = things.filter(pl.col("type") == "application").join(
        needs, left_on="number", right_on="source", how="left", maintain_order="left"
    )
    return apps.select(
        pl.format("APP-{}", "nth").alias("App ID"),
        pl.col("name").alias("Application Name"),
        person().alias("Business Owner"),
        pl.format("person.{}@" + DOMAIN, "person").alias("Owner E-mail"),
        (pl.col("person") % 4 + 1).alias("Tier"),
        pl.col("needed").list.join(", ").alias("Interfaces to"),
        last_seen("%d.%m.%Y").alias("Last reviewed"),
        pl.col("number").alias("true"),
    )


def relationships(
    things: pl.DataFrame, calls: pl.DataFrame, hosting: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """Applications on applications, instances on servers, half of the VMs on their hosts; by the CMDB's names."""
    is_instance = things["type"].gather(hosting["source"]) == "database"
    parts = (
        calls.select("source", "target", type=pl.lit("Depends on::Used by")),
        hosting.filter(is_instance).select("source", "target", type=pl.lit("Runs on::Runs")),
        hosting.filter(~is_instance & chance(rng, hosting.height, 0.5)).select(
            "source", "target", type=pl.lit("Virtualized by::Virtualizes")
        ),
    )
    rows = shuffled(pl.concat(parts), rng)
    names = things["cmdb_name"]
    return rows.select(
        names.gather(rows["source"]).alias("parent"),
        pl.col("type"),
        names.gather(rows["target"]).alias("child"),
        pl.lit("always").alias("connection_strength"),
        pl.lit(None, pl.Int64).alias("true"),
    )
