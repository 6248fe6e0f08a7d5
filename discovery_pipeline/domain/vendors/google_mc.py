"""Machines, their disks, load and labels in the tables of Google's Migration Center.

Keep out: their rules (google_mc.yaml).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.vendors.cells import number
from discovery_pipeline.domain.vendors.draft import Draft
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.issues import gathered, issues
from discovery_pipeline.domain.vendors.machines import cores, machines, memory_used_pct
from discovery_pipeline.domain.vendors.rules import VendorRules
from discovery_pipeline.domain.vendors.selection import Selection

_MIB, _MB = 1024 * 1024, 1_000_000
_GIB = 1024
_LOAD = ("cpu_utilization_pct", "memory_utilization_pct", "memory_used_mib", "disk_iops", "network_throughput_mb_per_s")


def google_mc(estate: Estate, selection: Selection, rules: VendorRules) -> Draft:
    """vmInfo with a row per machine; the other tables with what is known of it."""
    found = machines(estate, selection, "vmInfo", "IpAddressListSemiColonDelimited", "PrimaryMACAddress")
    own = pl.col("uuid").is_not_null() & (pl.len().over(pl.col("uuid").str.to_lowercase()) == 1)
    frame = found.frame.with_columns(machine=pl.when(own).then("uuid").otherwise("asset_id"))
    none = pl.lit(None, pl.String)
    empty = dict.fromkeys(rules.table("vmInfo").names, none)
    labels, said = _labels(frame, rules)
    tables = {
        "vmInfo": frame.select("asset_id", "name", **{**empty, **_machine(rules)}),
        "diskInfo": _disks(frame, estate),
        "perfInfo": _load(frame),
        "tagInfo": labels,
    }
    return Draft(tables, gathered([found.issues, said]))


def _machine(rules: VendorRules) -> dict[str, pl.Expr]:
    words = rules.words
    physical = pl.when("physical").then(pl.lit("true")).otherwise(pl.lit("false"))
    return {
        "MachineId": pl.col("machine"),
        "MachineName": pl.col("name"),
        "PrimaryIPAddress": pl.col("ips").list.first(),
        "PrimaryMACAddress": pl.col("macs").list.first(),
        "IpAddressListSemiColonDelimited": pl.col("ips").list.join(";"),
        "TotalDiskAllocatedGiB": number(pl.col("storage_total_gib")),
        "TotalDiskUsedGiB": number(pl.col("storage_used_gib")),
        "MachineTypeLabel": pl.col("model"),
        "AllocatedProcessorCoreCount": number(cores(), 0),
        "MemoryGiB": number(pl.col("memory_mib") / _GIB, 6),
        "HostingLocation": pl.coalesce("datacenter", "location"),
        "OsType": pl.col("family").replace_strict(words["families"], default=None, return_dtype=pl.String),
        "OsPublisher": pl.col("product").replace_strict(words["publishers"], default=None, return_dtype=pl.String),
        "OsName": pl.col("os_name"),
        "OsVersion": pl.coalesce("os_version", "release"),
        "MachineStatus": pl.col("power_state").replace_strict(words["power"], default=None, return_dtype=pl.String),
        "CreateDate": pl.col("install_date").dt.to_string("%Y-%m-%d"),
        "IsPhysical": physical,
    }


def _disks(frame: pl.DataFrame, estate: Estate) -> pl.DataFrame:
    """The disks that a source lists; of machines of which none does, the capacity as one disk."""
    machine = frame.select("asset_id", "name", "machine", "storage_total_gib", "storage_used_gib")
    listed = machine.join(estate.disks, on="asset_id", how="inner")
    whole = machine.join(listed, on="asset_id", how="anti").filter(pl.col("storage_total_gib") > 0)
    one = whole.with_columns(label=pl.lit("all disks"), size_gib="storage_total_gib", used_gib="storage_used_gib")
    columns = ("asset_id", "name", "machine", "label", "size_gib", "used_gib")
    both = pl.concat([listed.select(columns), one.select(columns)]).sort("name", "asset_id", "label", nulls_last=True)
    return both.select(
        "asset_id",
        "name",
        MachineId="machine",
        DiskLabel="label",
        SizeInGib=number(pl.col("size_gib")),
        UsedInGib=number(pl.col("used_gib")),
        StorageTypeLabel=pl.lit(None, pl.String),
    )


def _load(frame: pl.DataFrame) -> pl.DataFrame:
    """One sample of each machine whose load is known, and when."""
    known = frame.filter(pl.col("last_seen").is_not_null() & pl.any_horizontal(pl.col(_LOAD).is_not_null()))
    free = pl.col("memory_mib") * (1 - memory_used_pct() / 100) * _MIB
    return known.select(
        "asset_id",
        "name",
        MachineId="machine",
        TimeStamp=pl.col("last_seen").dt.to_string("%Y-%m-%d %H:%M:%S"),
        CpuUtilizationPercentage=number(pl.col("cpu_utilization_pct")),
        MemoryUtilizationPercentage=number(memory_used_pct()),
        AvailableMemoryBytes=number(free, 0),
        DiskReadOperationsPerSec=number(pl.col("disk_iops")),
        DiskWriteOperationsPerSec=pl.lit(None, pl.String),
        NetworkBytesPerSecSent=pl.lit(None, pl.String),
        NetworkBytesPerSecReceived=number(pl.col("network_throughput_mb_per_s") * _MB, 0),
    )


def _labels(frame: pl.DataFrame, rules: VendorRules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(a row per label, the keys sorted; the applications that find no place).

    Several applications have keys of their own: application, application-2.
    """
    words = ("environment", "criticality", "strategy", "department")
    parts = [frame.select("asset_id", "name", "machine", key=pl.lit(word), value=word) for word in words]
    parts.append(frame.select("asset_id", "name", "machine", key=pl.lit("move-group"), value="group_id"))
    parts.append(frame.select("asset_id", "name", "machine", key=pl.lit("wave"), value=pl.col("wave").cast(pl.String)))
    most = rules.quotas["labels_per_machine"] - len(parts)
    apps = (
        frame.select("asset_id", "name", "machine", value="apps")
        .explode("value", empty_as_null=False)
        .drop_nulls("value")
    )
    apps = apps.with_columns(place=pl.int_range(1, pl.len() + 1).over("asset_id"))
    key = pl.when(pl.col("place") == 1).then(pl.lit("application")).otherwise(pl.format("application-{}", "place"))
    fitting = apps.filter(pl.col("place") <= most).with_columns(key=key)
    parts.append(fitting.select("asset_id", "name", "machine", "key", "value"))
    label = pl.col("value").str.to_lowercase().str.replace_all(r"[^\p{Ll}\p{Lo}\p{N}_-]+", "-").str.strip_chars("-")
    rows = pl.concat(parts).drop_nulls("value").with_columns(label).filter(pl.col("value") != "")
    ordered = rows.sort("name", "asset_id", "key", nulls_last=True)
    over = issues(apps.filter(pl.col("place") > most), "tagInfo", "Value", "labels", "left_blank", f"{most}")
    return ordered.select("asset_id", "name", MachineId="machine", Key="key", Value="value"), over
