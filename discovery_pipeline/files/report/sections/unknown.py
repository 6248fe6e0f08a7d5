"""The main risks, and what is not known: short sentences with their numbers, the weightiest first."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from discovery_pipeline.files.report.charts.gantt import HIGH
from discovery_pipeline.files.report.data import SERVERS, ReportData
from discovery_pipeline.files.report.words import counted, percent, share, thousands, words

_RISKS, _UNKNOWNS = 6, 7
# Prices older than the data by more than this are told to be old.
_OLD_PRICES = timedelta(days=365)
# A share of servers that lacks a fact is worth a line from here on.
_NOTABLE = 0.05
# Decisions below this confidence could as well have been others.
_DOUBTFUL = 0.6
# What a migration wants to know about a server, by column of the inventory.
WANTED = {
    "operating system": "os_name", "address": "ip_address", "environment": "environment",
    "application": "application_name", "CPUs": "cpu_count", "memory": "memory_mib", "storage": "storage_total_gib",
    "business owner": "business_owner", "CPU use": "cpu_utilization_pct",
}  # fmt: skip


def risks(data: ReportData) -> list[str]:
    """The weightiest few."""
    told = [_out_of_support(data), _single_points(data), _cut_edges(data), _crossing(data), _circles(data)]
    errors = data.findings.filter(pl.col("severity") == "error").height
    if errors:
        told.append(f"{counted(errors, 'finding')} of severity error in the data; see data quality.")
    return [text for text in told if text][:_RISKS]


def _out_of_support(data: ReportData) -> str:
    support = data.analysis_summary["os_support"]
    late = support["ended"] + support["extended"]
    some = "all" if support["extended"] == late else thousands(support["extended"])
    paid = f", {some} of them with updates that cost extra" if support["extended"] else ""
    return f"{counted(late, 'server')} without their vendor's regular security updates{paid}." if late else ""


def _single_points(data: ReportData) -> str:
    points = data.structure.filter("single_point_of_failure").join(data.names, on="asset_id")
    if points.is_empty():
        return ""
    worst = points.sort(["blast_radius", "name"], descending=[True, False]).row(0, named=True)
    return (
        f"{counted(len(points), 'single point')} of failure; most depends on {worst['name']}: "
        f"{counted(worst['blast_radius'] or 0, 'asset')} would be affected."
    )


def _cut_edges(data: ReportData) -> str:
    if data.cut_edges.is_empty():
        return ""
    high = data.cut_edges.filter(pl.col("risk") >= HIGH).height
    grave = f", {thousands(high)} of them at high risk" if high else ""
    cut = counted(len(data.cut_edges), "dependency", "dependencies")
    return f"{cut} must work across two sites, for a while or for good{grave}."


def _crossing(data: ReportData) -> str:
    known = data.waves.filter(pl.col("crossing_chance").is_not_null())
    if known.is_empty():
        return ""
    worst = known.sort(["crossing_chance", "wave"], descending=[True, False]).row(0, named=True)
    return (
        f"An undiscovered dependency may cross a wave: the chance is up to {percent(worst['crossing_chance'])} "
        f"(wave {worst['wave']})."
    )


def _circles(data: ReportData) -> str:
    circles = data.structure["cycle"].drop_nulls().n_unique()
    return (
        f"{counted(circles, 'circle')} of assets that all need one another, so that none can go first."
        if circles
        else ""
    )


def unknowns(data: ReportData) -> list[str]:
    """The weightiest few."""
    others = (_unknown_systems, _without_application, _not_sized, _old_prices, _doubtful, _leads)
    told = [*_missing_facts(data), *(tell(data) for tell in others)]
    return [text for text in told if text][:_UNKNOWNS]


def gaps(data: ReportData) -> list[tuple[str, int, int]]:
    """(what, known, of) for what a migration wants to know about its servers."""
    servers = data.inventory.filter(
        pl.col("classified_type").is_in(SERVERS), ~pl.col("vanished").fill_null(value=False)
    )
    return [(what, len(servers) - servers[column].null_count(), len(servers)) for what, column in WANTED.items()]


def _missing_facts(data: ReportData) -> list[str]:
    missing = [(of - known, what, of) for what, known, of in gaps(data) if of and (of - known) / of >= _NOTABLE]
    if not missing:
        return []
    listed = ", ".join(
        f"{what} ({share(count, of)})" for count, what, of in sorted(missing, key=lambda m: (-m[0], m[1]))[:5]
    )
    return [f"Of many servers this is not known: {listed}."]


def _unknown_systems(data: ReportData) -> str:
    unknown = data.analysis_summary["os_support"]["unknown"]
    return f"Whether the vendor still supports the system of {counted(unknown, 'server')}." if unknown else ""


def _without_application(data: ReportData) -> str:
    servers = data.assessed.filter(pl.col("classified_type").is_in(SERVERS))
    lone = servers.join(data.members, on="asset_id", how="anti").height
    return f"Which application {counted(lone, 'server')} serve{'s' if lone == 1 else ''}." if lone else ""


def _not_sized(data: ReportData) -> str:
    priced = data.sizing.filter(pl.col("total_on_demand").is_not_null())
    lacking = data.sizing.select("asset_id").unique().join(priced, on="asset_id", how="anti").height
    return f"What {counted(lacking, 'machine')} that move{'s' if lacking == 1 else ''} will cost." if lacking else ""


def _old_prices(data: ReportData) -> str:
    """Prices that are far older than the data."""
    since = date.fromisoformat(data.analysis_summary["as_of"]) - _OLD_PRICES
    old = data.sizing.filter(pl.col("price_date") < since).select("provider", "price_date").unique().sort("provider")
    listed = ", ".join(f"{words(provider)} ({day:%B %Y})" for provider, day in old.iter_rows())
    return f"What these providers ask today, as their prices are old: {listed}." if listed else ""


def _doubtful(data: ReportData) -> str:
    decided = data.assessed.filter(pl.col("strategy") != "not_applicable", pl.col("confidence") < _DOUBTFUL)
    return (
        f"The right strategy of {counted(len(decided), 'asset')}: confidence below {percent(_DOUBTFUL)}."
        if len(decided)
        else ""
    )


def _leads(data: ReportData) -> str:
    leads = data.dependency_summary.get("edges", 0) - data.dependency_summary.get("believed", 0)
    return f"Whether {counted(leads, 'possible dependency', 'possible dependencies')} exist." if leads > 0 else ""
