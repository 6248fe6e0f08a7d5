"""Servers in the columns and words of Azure Migrate's import template. Keep out: its rules (azure_migrate.yaml)."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.vendors.cells import nameable, number
from discovery_pipeline.domain.vendors.draft import Draft
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.issues import gathered, issues
from discovery_pipeline.domain.vendors.machines import cores, machines, memory_used_pct
from discovery_pipeline.domain.vendors.rules import VendorRules
from discovery_pipeline.domain.vendors.selection import Selection

_TABLE = "servers"
# The tutorial: details of up to twenty disks.
_DISKS = 20


def azure_migrate(estate: Estate, selection: Selection, rules: VendorRules) -> Draft:
    """A row per server; as many disks' columns as the server with most disks needs."""
    found = machines(estate, selection, _TABLE, "IP addresses", "MAC address")
    disks, summed = _disks(estate.disks)
    frame = found.frame.join(disks, on="asset_id", how="left", maintain_order="left").with_columns(
        sizes=pl.coalesce("sizes", pl.when(pl.col("storage_total_gib") > 0).then(pl.concat_list("storage_total_gib")))
    )
    rows = frame.select("asset_id", "name", **_columns(rules), **_disk_columns(frame))
    said = issues(
        frame.join(summed, on="asset_id", how="semi").with_columns(value=pl.col("listed").cast(pl.String)),
        _TABLE,
        f"Disk {_DISKS} size (In GB)",
        "too_many_disks",
        "changed",
        f"{_DISKS}",
    )
    return Draft({_TABLE: rows}, gathered([found.issues.filter(pl.col("column") != "MAC address"), said]))


def _columns(rules: VendorRules) -> dict[str, pl.Expr]:
    words = rules.words
    architecture = pl.col("os_architecture")
    virtual = ~pl.col("physical")
    counted = pl.coalesce("listed", "disk_count")
    return {
        "*Server name": pl.col("name"),
        "IP addresses": pl.col("ips").list.join(";"),
        "*Cores": number(cores(), 0),
        "*Memory (In MB)": number(pl.col("memory_mib"), 0),
        "*OS name": system_name(rules),
        "OS version": pl.coalesce("os_version", "release"),
        "OS architecture": architecture.replace(words["architectures"]),
        "Server type": pl.when(virtual).then(pl.lit("Virtual")).otherwise(pl.lit("Physical")),
        "Hypervisor": pl.when(virtual).then(nameable(pl.col("platform"), words["hypervisors"])),
        "CPU utilization percentage": number(pl.col("cpu_utilization_pct")),
        "Memory utilization percentage": number(memory_used_pct()),
        "Network adapters": number(pl.col("macs").list.len(), 0),
        "Network In throughput": number(pl.col("network_throughput_mb_per_s"), 6),
        "Network Out throughput": pl.lit(None, pl.String),
        "Boot type": pl.col("boot_type").str.to_uppercase(),
        "Number of disks": number(pl.when(pl.col("listed") > _DISKS).then(_DISKS).otherwise(counted), 0),
        "Storage in use (In GB)": number(pl.col("storage_used_gib")),
    }


def system_name(rules: VendorRules) -> pl.Expr:
    """The operating system as the published list names it; beyond the list, as it names older releases.

    A release is looked up as it is, then by its major version ("7.9" is "7"), then as any release of its system.
    """
    systems, unlisted = rules.words["systems"], rules.words["unlisted"]
    table = {f"{product}/{release}": name for product, names in systems.items() for release, name in names.items()}
    keys = [pl.col("release"), pl.col("major"), pl.lit("*")]
    listed = [
        pl.concat_str("product", pl.lit("/"), key).replace_strict(table, default=None, return_dtype=pl.String)
        for key in keys
    ]
    prefix = pl.col("product").replace_strict(unlisted, default=None, return_dtype=pl.String)
    written = pl.concat_str(prefix, pl.lit(" "), "major")
    plain = pl.concat_str("label", pl.lit(" "), "release")
    return pl.coalesce(*listed, written, plain, "os_name", "label")


def _disks(disks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(asset_id, sizes in GiB, largest first, listed: how many there are; the assets with more than the template has).

    The smallest of those are added up in the last disk, so that the total stays.
    """
    ordered = disks.filter(pl.col("size_gib") > 0).sort(
        ["asset_id", "size_gib", "label"], descending=[False, True, False]
    )
    placed = ordered.with_columns(at=pl.int_range(pl.len()).over("asset_id").clip(upper_bound=_DISKS - 1))
    slots = placed.group_by("asset_id", "at", maintain_order=True).agg(pl.col("size_gib").sum(), n=pl.len())
    sizes = slots.group_by("asset_id", maintain_order=True).agg(
        sizes=pl.col("size_gib"), listed=pl.col("n").sum().cast(pl.Int64)
    )
    return sizes, sizes.filter(pl.col("listed") > _DISKS).select("asset_id")


def _disk_columns(frame: pl.DataFrame) -> dict[str, pl.Expr]:
    most = int(frame.select(pl.col("sizes").list.len().max()).item() or 1)
    columns: dict[str, pl.Expr] = {}
    for n in range(1, most + 1):
        first = n == 1
        throughput = number(pl.col("disk_throughput_mb_per_s"), 6) if first else pl.lit(None, pl.String)
        operations = number(pl.col("disk_iops")) if first else pl.lit(None, pl.String)
        columns |= {
            f"Disk {n} size (In GB)": number(pl.col("sizes").list.get(n - 1, null_on_oob=True)),
            f"Disk {n} read throughput (MB per second)": throughput,
            f"Disk {n} write throughput (MB per second)": pl.lit(None, pl.String),
            f"Disk {n} read ops (operations per second)": operations,
            f"Disk {n} write ops (operations per second)": pl.lit(None, pl.String),
        }
    return columns
