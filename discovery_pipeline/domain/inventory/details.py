"""Rows of detail tables (disks, partitions, interfaces, software): what they add up to for the asset that they are of.

Details never create or split an asset. Keep out: whose they are (references.py), choosing between claims (merge.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import SET_ASIDE, TableInfo, empty
from discovery_pipeline.domain.inventory.records import RECORD_COLUMNS, set_aside
from discovery_pipeline.domain.inventory.references import REFERENCE_FIELDS, Targets, resolve, tell_apart
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.schema import fields

SUMMED = ("storage_total_gib", "storage_used_gib")
_JOINED = ("software",)
_RATES = re.compile(r"(?i)read|write|iops|per ?sec|throughput|usage|utili[sz]ation")
# What a part may say of its whole; names, ids, models and dates of a part are its own.
_TAKEN = (
    "ip_address", "mac_address", "subnet", "vlan", "power_state", "is_template", "platform", "os_name", "os_version",
    "os_architecture", "boot_type", "cpu_count", "cpu_cores", "cpu_sockets", "cores_per_socket", "cpu_model",
    "cpu_speed_mhz", "memory_mib", "memory_used_mib", "cpu_utilization_pct", "cpu_peak_pct", "memory_utilization_pct",
    "memory_peak_pct", "datacenter", "hypervisor_host", "cluster", "software_version", "database_engine",
    "application_name", "last_seen", "depends_on",
)  # fmt: skip


@dataclass(frozen=True)
class Attached:
    """rows: the details with `asset` (number of the cluster). set_aside: the others, as SET_ASIDE."""

    rows: pl.DataFrame
    set_aside: pl.DataFrame


def attach_details(details: pl.DataFrame, targets: Targets, tables: Tables) -> Attached:
    """Find the one asset that each detail refers to.

    Distinct references are resolved, not rows: a machine's twenty disks refer to it in the same words. Where these fit
    several assets, the rest of the row decides.
    """
    if details.is_empty():
        return Attached(details.with_columns(pl.lit(None, pl.UInt32()).alias("asset")), empty(SET_ASIDE))
    reference = [c for c in REFERENCE_FIELDS if c in details.columns]
    distinct = details.select("table_no", *reference).unique(maintain_order=True)
    resolved = distinct.with_columns(resolve(distinct, targets, tables))
    found = details.join(resolved, on=["table_no", *reference], how="left", nulls_equal=True, maintain_order="left")
    return _parted(tell_apart(found, targets))


def _parted(found: pl.DataFrame) -> Attached:
    lost = found.filter(pl.col("asset").is_null())
    nobody = set_aside(
        lost.filter(pl.col("rivals").list.len() == 0),
        "detail_without_asset",
        "refers to no asset of any table of assets",
    )
    several = set_aside(
        lost.filter(pl.col("rivals").list.len() > 0), "detail_ambiguous", "refers to several assets equally well"
    )
    rows = found.filter(pl.col("asset").is_not_null()).drop("rivals")
    return Attached(rows, pl.concat([nobody, several]))


def summarise_details(attached: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """One claim per asset and detail table: asset, table_no, record_no (the first row's), rows, then fields.

    Sizes are added, lists united, software names joined; anything else is taken only where all rows say the same.
    Disks are counted where the table lists disks and does not count them itself.
    """
    carried = [c for c in attached.columns if c not in (*RECORD_COLUMNS, "asset")]
    claims = [_summary(name) for name in carried if name in (*SUMMED, *_JOINED, *_TAKEN, "disk_count")]
    grouped = attached.group_by("asset", "table_no").agg(
        pl.col("record_no").min(), pl.len().cast(pl.Int64).alias("rows"), *claims
    )
    disks = [no for no, (info, kind) in tables.items() if kind.grain == "detail" and lists_disks(info)]
    counted = pl.when(pl.col("table_no").is_in(disks)).then("rows")
    own = [pl.col("disk_count")] if "disk_count" in carried else []
    return grouped.with_columns(pl.coalesce([*own, counted]).alias("disk_count")).sort("asset", "table_no")


def _summary(name: str) -> pl.Expr:
    given = pl.col(name).drop_nulls()
    if name in SUMMED:
        return pl.when(given.len() > 0).then(given.sum().round(6)).alias(name)
    if name in _JOINED:
        return pl.when(given.len() > 0).then(given.unique().sort().str.join("; ")).alias(name)
    if fields("asset")[name].is_list:
        return given.explode(empty_as_null=False).drop_nulls().unique().sort().alias(name)
    return pl.when(given.n_unique() == 1).then(given.first()).alias(name)


def lists_disks(info: TableInfo) -> bool:
    """Whether each row of a table of details is a disk; partitions are none, and rates of disks are no list of them."""
    name = info.table.lower()
    words = [name, *(header.lower() for header in info.headers if not _RATES.search(header))]
    return "partition" not in name and any("disk" in word or "festplatte" in word for word in words)
