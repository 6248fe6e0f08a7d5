"""What a report is made of, and the tables that both its forms show. Keep out: HTML, spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class ReportData:
    """Everything a report shows; nothing in it may tell one run from another of the same data.

    analysis_summary, dependency_summary: the phases' summaries. inventory ... findings: frames of the hand-off schemas
    of those names, findings of all phases. sources: columns source, file, table, rows of the tables that counted.
    """

    tenant: str
    analysis_summary: Mapping[str, Any]
    dependency_summary: Mapping[str, Any]
    inventory: pl.DataFrame
    analysis: pl.DataFrame
    applications: pl.DataFrame
    move_groups: pl.DataFrame
    dependencies: pl.DataFrame
    quarantine: pl.DataFrame
    findings: pl.DataFrame
    sources: pl.DataFrame


def names(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, name: what people call each asset, as `discovery explain` does."""
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    return inventory.select("asset_id", name=pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id"))


def assessment(data: ReportData) -> pl.DataFrame:
    """One row per living asset: what it is and what is to be done, least ready first."""
    described = names(data.inventory).join(
        data.inventory.filter(~pl.col("vanished").fill_null(value=False)).select(
            "asset_id", "classified_type", "environment", "criticality", "os_name", "os_version", "application_name"
        ),
        on="asset_id",
    )
    return described.join(data.analysis, on="asset_id").sort("readiness", "name", "asset_id")


def urgent(data: ReportData, limit: int) -> pl.DataFrame:
    """The assets that need attention first: least ready of those that move, production before the rest."""
    rank = pl.col("environment").replace_strict({"production": 0, "dr": 1}, default=2, return_dtype=pl.Int8)
    weight = pl.col("criticality").replace_strict({"critical": 0, "high": 1}, default=2, return_dtype=pl.Int8)
    moving = assessment(data).filter(~pl.col("strategy").is_in(["not_applicable", "retire"]), pl.col("readiness") < 70)
    return moving.with_columns(rank=rank, weight=weight).sort("rank", "weight", "readiness", "name").head(limit)


def largest_applications(data: ReportData, limit: int) -> pl.DataFrame:
    """Columns name, members, strategy, wave, readiness (least of its members): the applications with most members."""
    counted = data.applications.with_columns(count=pl.col("members").list.len())
    own = data.analysis.select(application_id="asset_id", strategy="strategy", wave="wave")
    top = (
        counted.sort(["count", "name"], descending=[True, False]).head(limit).join(own, on="application_id", how="left")
    )
    readiness = data.analysis.select(members="asset_id", readiness="readiness")
    least = (
        top.select("application_id", "members")
        .explode("members", empty_as_null=False)
        .join(readiness, on="members")
        .group_by("application_id")
        .agg(pl.col("readiness").min())
    )
    joined = top.join(least, on="application_id", how="left", maintain_order="left")
    return joined.select("name", "count", "strategy", "wave", "readiness")


def most_used(data: ReportData, limit: int) -> pl.DataFrame:
    """Columns name, kind, dependents: the assets that most others need, hosts aside."""
    believed = data.dependencies.filter(
        pl.col("confidence") >= 0.5, pl.col("to_asset").is_not_null(), pl.col("kind") != "hosting"
    )
    counted = believed.group_by("to_asset", "kind").agg(dependents=pl.col("from_asset").n_unique())
    named = counted.join(names(data.inventory), left_on="to_asset", right_on="asset_id")
    return named.sort(["dependents", "name", "kind"], descending=[True, False, False]).head(limit)


def application_edges(data: ReportData, limit: int) -> pl.DataFrame:
    """Columns dependent, provider, confidence, evidence: the surest dependencies between applications."""
    edges = data.dependencies.filter(pl.col("kind") == "application", pl.col("to_asset").is_not_null())
    who = names(data.inventory)
    named = edges.join(who.rename({"asset_id": "from_asset", "name": "dependent"}), on="from_asset").join(
        who.rename({"asset_id": "to_asset", "name": "provider"}), on="to_asset"
    )
    ordered = named.sort(["confidence", "dependent", "provider"], descending=[True, False, False])
    return ordered.select("dependent", "provider", "confidence", "observations", "evidence").head(limit)


def finding_groups(findings: pl.DataFrame) -> pl.DataFrame:
    """Columns phase, severity, code, count, detail, advice: one row per code, errors first."""
    order = pl.col("severity").replace_strict(SEVERITIES, range(3), default=3, return_dtype=pl.Int8)
    grouped = findings.group_by("phase", "severity", "code").agg(
        count=pl.len(), detail=pl.col("detail").sort().first(), advice=pl.col("advice").sort().first()
    )
    return grouped.sort([order, pl.col("count"), pl.col("code")], descending=[False, True, False])


def quarantine_reasons(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Columns reason, disposition, rows, files: most rows first."""
    grouped = quarantine.group_by("reason", "disposition").agg(rows=pl.len(), files=pl.col("file").n_unique())
    return grouped.sort(["rows", "reason", "disposition"], descending=[True, False, False])


def gaps(data: ReportData) -> list[tuple[str, int, int]]:
    """(what, known, of) for what a migration wants to know about its servers."""
    servers = data.inventory.filter(
        pl.col("classified_type").is_in(["physical_server", "virtual_machine", "container_node"]),
        ~pl.col("vanished").fill_null(value=False),
    )
    wanted = {
        "operating system": "os_name",
        "address": "ip_address",
        "environment": "environment",
        "application": "application_name",
        "CPUs": "cpu_count",
        "memory": "memory_mib",
        "storage": "storage_total_gib",
        "business owner": "business_owner",
        "utilisation": "cpu_utilization_pct",
    }
    return [(what, len(servers) - servers[column].null_count(), len(servers)) for what, column in wanted.items()]
