"""Servers in the columns of AWS's Migration Hub import template. Keep out: its rules (aws_ads.yaml)."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.vendors.cells import number
from discovery_pipeline.domain.vendors.draft import Draft
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.issues import gathered, issues
from discovery_pipeline.domain.vendors.machines import machines
from discovery_pipeline.domain.vendors.rules import VendorRules
from discovery_pipeline.domain.vendors.selection import Selection

_TABLE = "servers"
# Rates are decimal: 1 MB/s is 1,000 KB/s.
_KB = 1000


def aws_ads(estate: Estate, selection: Selection, rules: VendorRules) -> Draft:
    """A row per server."""
    found = machines(estate, selection, _TABLE, "IPAddress", "MACAddress")
    applications, said = _applications(found.frame, rules)
    frame = found.frame.join(applications, on="asset_id", how="left", maintain_order="left")
    none = pl.lit(None, pl.String)
    empty = dict.fromkeys(rules.table(_TABLE).names, none)
    rows = frame.select("asset_id", "name", **{**empty, **_columns(rules)})
    return Draft({_TABLE: rows}, gathered([found.issues, *said]))


def _columns(rules: VendorRules) -> dict[str, pl.Expr]:
    vmware = pl.col("platform").str.to_lowercase().str.contains(r"vmware|esx|vsphere|vcenter")
    disk, network = pl.col("disk_throughput_mb_per_s") * _KB, pl.col("network_throughput_mb_per_s") * _KB
    average = pl.coalesce("memory_used_mib", pl.col("memory_mib") * pl.col("memory_utilization_pct") / 100)
    return {
        "ExternalId": pl.col("asset_id"),
        "SMBiosId": pl.col("uuid"),
        "IPAddress": pl.col("ips").list.join(", "),
        "MACAddress": pl.col("macs").list.join(", "),
        "HostName": pl.col("name"),
        "CPU.NumberOfProcessors": number(pl.col("cpu_sockets"), 0),
        "CPU.NumberOfCores": number(pl.col("cpu_cores"), 0),
        "CPU.NumberOfLogicalCores": number(pl.col("cpu_count"), 0),
        "OS.Name": pl.col("os_name"),
        "OS.Version": pl.col("os_version"),
        "VMware.VMName": pl.when(vmware).then("hostname"),
        "RAM.TotalSizeInMB": number(pl.col("memory_mib"), 0),
        "RAM.UsedSizeInMB.Avg": number(average),
        "RAM.UsedSizeInMB.Max": number(pl.col("memory_mib") * pl.col("memory_peak_pct") / 100),
        "CPU.UsagePct.Avg": number(pl.col("cpu_utilization_pct")),
        "CPU.UsagePct.Max": number(pl.col("cpu_peak_pct")),
        "DiskReadsPerSecondInKB.Avg": number(disk),
        "DiskReadsOpsPerSecond.Avg": number(pl.col("disk_iops")),
        "NetworkReadsPerSecondInKB.Avg": number(network),
        "Applications": pl.col("applications"),
        "ApplicationWave": pl.col("wave").cast(pl.String),
        "Tags": _tags(rules.quotas["tags_per_server"]),
    }


def _tags(most: int) -> pl.Expr:
    """name:value pairs; commas and colons would part them."""
    values = {
        "environment": pl.col("environment"),
        "criticality": pl.col("criticality"),
        "strategy": pl.col("strategy"),
        "move_group": pl.col("group_id"),
        "department": pl.col("department"),
        "datacenter": pl.col("datacenter"),
    }
    plain = {key: value.str.replace_all(r"[\s,:;\p{Cc}]+", " ").str.strip_chars() for key, value in values.items()}
    filled = {key: pl.when(value != "").then(value) for key, value in plain.items()}
    pairs = [pl.concat_str(pl.lit(f"{key}:"), value) for key, value in list(filled.items())[:most]]
    joined = pl.concat_str(pairs, separator=", ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _applications(frame: pl.DataFrame, rules: VendorRules) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """asset_id and applications: their names, as a list in a cell; what the quotas of an account leave out is told."""
    quotas = rules.quotas
    longest = quotas["application_name_characters"]
    pairs = frame.select("asset_id", "name", value="apps").explode("value", empty_as_null=False).drop_nulls("value")
    plain = pl.col("value").str.replace_all(r"[\s,\p{Cc}]+", " ").str.strip_chars()
    pairs = pairs.with_columns(became=plain.str.replace(r"^[=+\-@＝＋－＠\s]+", ""))
    long = pairs.filter(pl.col("became").str.len_chars() > longest)
    altered = pairs.filter(pl.col("became") != pl.col("value"), pl.col("became").str.len_chars() <= longest)
    pairs = pairs.with_columns(pl.col("became").str.slice(0, longest).str.strip_chars_end())
    pairs = pairs.filter(pl.col("became") != "").unique(["asset_id", "became"], maintain_order=True)
    ranked = pairs.with_columns(place=pl.int_range(pl.len()).over("became"), size=pl.len().over("became")).with_columns(
        rank=pl.struct(-pl.col("size").cast(pl.Int64), "became").rank("dense")
    )
    over_account = pl.col("rank") > quotas["applications"]
    over_servers = pl.col("place") >= quotas["servers_per_application"]
    gone = pl.lit(None, pl.String).alias("became")
    said = [
        issues(altered, _TABLE, "Applications", "forbidden", "changed", ","),
        issues(long.with_columns(pl.col("became").str.slice(0, longest)), _TABLE, "Applications", "too_long",
               "changed", f"{longest}"),
        issues(ranked.filter(over_account).with_columns(gone), _TABLE, "Applications", "per_account",
               "left_blank", f"{quotas['applications']:,}"),
        issues(ranked.filter(~over_account & over_servers).with_columns(gone), _TABLE, "Applications",
               "per_application", "left_blank", f"{quotas['servers_per_application']:,}"),
    ]  # fmt: skip
    kept = ranked.filter(~over_account & ~over_servers)
    return kept.group_by("asset_id").agg(applications=pl.col("became").sort().str.join(", ")), said
