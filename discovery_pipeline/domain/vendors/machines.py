"""What the templates for servers have in common: a machine's name, addresses, system, applications, wave and group.

Keep out: a vendor's columns and words (a module per vendor).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.systems.pairs import told
from discovery_pipeline.domain.vendors.cells import addresses
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.issues import gathered, issues
from discovery_pipeline.domain.vendors.selection import Selection

_SYSTEM = ("product", "family", "label", "release")


@dataclass(frozen=True)
class Machines:
    """frame: the selected machines, by name; the inventory's columns and

    name: the full name, or the short one. ips, macs: valid addresses, in the inventory's order. product, family,
    label, release, major: of the system (domain/systems), null where its name says none. apps: names of the
    applications it serves, sorted. group_id, strategy, wave: as planned. physical: no virtual machine.
    issues: what the machine's addresses had to leave, as ISSUES.
    """

    frame: pl.DataFrame
    issues: pl.DataFrame


def machines(estate: Estate, selection: Selection, table: str, ip_column: str, mac_column: str) -> Machines:
    """The selected machines. table, ip_column, mac_column: where the vendor's import holds addresses."""
    named = selection.taken.with_columns(
        name=pl.coalesce("fqdn", "hostname").str.strip_chars(),
        physical=pl.when(pl.col("classified_type") == "physical_server").then(pl.lit(value=True)).otherwise(
            ~pl.col("is_virtual").fill_null(value=True)
        ),
    )  # fmt: skip
    ips, no_ips = addresses(named, "ip_address", "ip")
    macs, no_macs = addresses(named, "mac_address", "mac")
    found = (
        named.join(ips.rename({"ip_address": "ips"}), on="asset_id", how="left")
        .join(macs.rename({"mac_address": "macs"}), on="asset_id", how="left")
        .join(_systems(named), on=["os_name", "os_version"], how="left", nulls_equal=True)
        .join(_applications(estate, named), on="asset_id", how="left")
        .join(_groups(estate.move_groups), on="asset_id", how="left")
    )
    said = [
        issues(no_ips, table, ip_column, "not_an_address", "changed"),
        issues(no_macs, table, mac_column, "not_an_address", "changed"),
    ]
    ordered = found.sort(
        pl.col("name").str.to_lowercase(), -pl.col("record_count").fill_null(0), "asset_id", nulls_last=True
    )
    return Machines(ordered, gathered(said))


def _systems(named: pl.DataFrame) -> pl.DataFrame:
    pairs = named.select(name="os_name", version="os_version").unique()
    systems = told(pairs).select(pl.col("name").alias("os_name"), pl.col("version").alias("os_version"), *_SYSTEM)
    return systems.with_columns(major=pl.col("release").str.extract(r"^(\d+)"))


def _applications(estate: Estate, named: pl.DataFrame) -> pl.DataFrame:
    """asset_id, apps: by the analysis; where it names none, as the inventory says."""
    planned = (
        estate.applications.select("name", asset_id="members").explode("asset_id", empty_as_null=False).drop_nulls()
    )
    members = planned.group_by("asset_id").agg(planned=pl.col("name").unique().sort())
    own = named.select("asset_id", said=pl.col("application_name").list.drop_nulls().list.unique().list.sort())
    both = own.join(members, on="asset_id", how="left")
    apps = pl.coalesce("planned", pl.when(pl.col("said").list.len() > 0).then("said"))
    return both.select("asset_id", apps.alias("apps"))


def _groups(move_groups: pl.DataFrame) -> pl.DataFrame:
    pairs = move_groups.select("group_id", asset_id="members").explode("asset_id", empty_as_null=False).drop_nulls()
    return pairs.group_by("asset_id").agg(pl.col("group_id").min())


def cores() -> pl.Expr:
    """Cores of hardware, virtual CPUs of a virtual machine, each by the other where only that is known."""
    return (
        pl.when("physical").then(pl.coalesce("cpu_cores", "cpu_count")).otherwise(pl.coalesce("cpu_count", "cpu_cores"))
    )


def memory_used_pct() -> pl.Expr:
    """Memory in use, in percent: stated, or the amount in use of the amount installed."""
    derived = pl.when(pl.col("memory_mib") > 0).then(pl.col("memory_used_mib") / pl.col("memory_mib") * 100)
    return pl.coalesce("memory_utilization_pct", derived)
