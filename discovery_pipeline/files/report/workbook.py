"""The assessment as a workbook, for people who filter and sort. Keep out: what the page shows; the file format."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.files.report.data import ReportData
from discovery_pipeline.files.report.sections.applications import application_table
from discovery_pipeline.files.report.sections.quality import finding_groups, quarantine_reasons, sources_used
from discovery_pipeline.files.spreadsheets import Sheet, write_book

# A person who needs more rows filters the export, which has all of them; a million cells take seconds to write.
MAX_ROWS = 5_000
# Of an asset's columns those that a person filters by, beside the assessment's.
_DESCRIBING = (
    "asset_id", "datacenter", "location", "technical_owner", "department", "lifecycle_status", "power_state",
    "hypervisor_host", "cluster", "cpu_count", "memory_mib", "storage_total_gib", "ip_address", "last_seen", "sources",
)  # fmt: skip


@cache
def _settings() -> dict[str, Any]:
    settings: dict[str, Any] = packaged_yaml(__package__, "sheets.yaml")
    return settings


def write_workbook(report: ReportData, target: Path | str | IO[bytes], most: int = MAX_ROWS) -> None:
    """Write the workbook to a path or a binary buffer; the same data gives the same bytes.

    A sheet holds at most `most` rows and says how many more there are.
    """
    title = f"Discovery report: {report.tenant}"
    day = date.fromisoformat(report.analysis_summary["as_of"])
    frames = _frames(report)
    described = {name: says for name, says in _settings()["sheets"].items() if name in frames}
    frames["Read me"] = _read_me(report, described, frames)
    write_book([_sheet(name, frames[name]) for name in described], target, title, day, most)


def _sheet(name: str, frame: pl.DataFrame) -> Sheet:
    settings = _settings()
    return Sheet(name, frame, settings["formats"], settings["widths"], frozenset(settings["wrapped"]))


def _frames(data: ReportData) -> dict[str, pl.DataFrame]:
    """The sheets' frames by name; parts that were not made have no sheet."""
    named = data.names
    always = {
        "Read me": pl.DataFrame(),
        "Summary": _summary(data),
        "Assessment": _assessment(data),
        "Applications": _applications(data),
        "Dependencies": _dependencies(data),
        "Group members": _group_members(data),
        "Findings": finding_groups(data.findings),
        "Quarantine": quarantine_reasons(data.quarantine),
        "Rows set aside": data.quarantine,
        "Sources": sources_used(data),
    }
    optional = {
        "Memberships": _memberships(data),
        "Structure": _with_name(data.structure.sort("asset_id"), named),
        "Move groups": data.move_groups.sort(["wave", "group_id"], nulls_last=True),
        "Waves": data.waves.sort("wave"),
        "Cut dependencies": _with_ends(data.cut_edges, named).sort(
            ["risk", "from_asset", "to_asset", "kind"], descending=[True, False, False, False], nulls_last=True
        ),
        "Sizing": _with_name(data.sizing.sort("asset_id", "provider"), named),
        "Questions": data.questions.sort(["value", "question_id"], descending=[True, False], nulls_last=True),
        "Narratives": data.narratives.sort("kind", "subject"),
    }
    return always | {name: frame for name, frame in optional.items() if len(frame)}


def _read_me(data: ReportData, described: Mapping[str, str], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Columns sheet, rows, says."""
    rows: list[tuple[str, int | None, str]] = [
        (name, None if name == "Read me" else len(frames[name]), says) for name, says in described.items()
    ]
    about = f"The data speaks of {data.analysis_summary['as_of']}. Prices are list prices of their date, per month."
    rows.append(("", None, f"{about} {data.software}".strip()))
    return pl.DataFrame(rows, schema={"sheet": pl.String(), "rows": pl.Int64(), "says": pl.String()}, orient="row")


def _with_name(frame: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The frame, the asset's name first and its id last."""
    joined = frame.join(named, on="asset_id", how="left", maintain_order="left")
    return joined.select("name", pl.exclude("name", "asset_id"), "asset_id")


def _with_ends(edges: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The frame, the names of both ends first and their ids last."""
    joined = edges.join(
        named.rename({"asset_id": "from_asset", "name": "dependent"}),
        on="from_asset",
        how="left",
        maintain_order="left",
    ).join(named.rename({"asset_id": "to_asset", "name": "provider"}), on="to_asset", how="left", maintain_order="left")
    ends = ("dependent", "provider", "from_asset", "to_asset")
    return joined.select(*ends[:2], pl.exclude(*ends), *ends[2:])


def _summary(data: ReportData) -> pl.DataFrame:
    """Columns what, value, count: the summaries' numbers, flat."""
    rows: list[tuple[str, str, float]] = []
    for section, document in (("", data.analysis_summary), ("dependencies: ", data.dependency_summary)):
        rows += _numbers(section, "", document)
    schema = {"what": pl.String(), "value": pl.String(), "count": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("what").str.replace_all("_", " "))


def _numbers(what: str, value: str, document: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """The numbers of a document, however deep: the first name is what is counted, the others are its value."""
    rows: list[tuple[str, str, float]] = []
    for name, entry in document.items():
        place = (f"{what}{name}", "") if not value and what in ("", "dependencies: ") else (what, f"{value}{name}")
        if isinstance(entry, Mapping):
            rows += _numbers(place[0], f"{place[1]} " if place[1] else "", entry)
        elif isinstance(entry, int | float) and not isinstance(entry, bool):
            rows.append((*place, float(entry)))
    return rows


def _assessment(data: ReportData) -> pl.DataFrame:
    """One row per living asset, the least ready first."""
    described = data.inventory.select(_DESCRIBING).with_columns(memory_gib=pl.col("memory_mib") / 1024)
    joined = data.assessed.drop("datacenter").join(
        described.drop("memory_mib"), on="asset_id", how="left", maintain_order="left"
    )
    first = (
        "name", "classified_type", "environment", "criticality", "application_name", "strategy", "confidence",
        "readiness", "wave", "reasons", "alternatives", "next_question",
    )  # fmt: skip
    last = ("facts", "rule", "asset_id")
    return joined.select(*first, pl.exclude(*first, *last), *last)


def _applications(data: ReportData) -> pl.DataFrame:
    """One row per application with the names of its members."""
    members = data.members.join(data.names, on="asset_id").group_by("application_id").agg(members=pl.col("name").sort())
    joined = application_table(data).join(members, on="application_id", how="left", maintain_order="left")
    return joined.select("name", pl.exclude("name", "application_id"), "application_id")


def _memberships(data: ReportData) -> pl.DataFrame:
    applications = data.names.rename({"asset_id": "application_id", "name": "application"})
    joined = data.memberships.join(applications, on="application_id", how="left")
    named = _with_name(joined.sort("application_id", "asset_id", "basis"), data.names)
    return named.select(
        "application", pl.exclude("application", "application_id", "asset_id"), "application_id", "asset_id"
    )


def _dependencies(data: ReportData) -> pl.DataFrame:
    edges = _with_ends(data.dependencies, data.names)
    shown = edges.with_columns(pl.coalesce("provider", "to_address").alias("provider")).drop("to_address")
    return shown.sort("from_asset", "to_asset", "kind", "provider")


def _group_members(data: ReportData) -> pl.DataFrame:
    """One row per asset of a move group."""
    exploded = data.move_groups.select("group_id", "wave", asset_id="members").explode("asset_id", empty_as_null=False)
    described = data.assessed.select("asset_id", "name", "classified_type", "environment", "strategy", "readiness")
    why = data.group_members.select("group_id", "asset_id", "reason").unique(
        ["group_id", "asset_id"], keep="first", maintain_order=True
    )
    joined = exploded.join(described, on="asset_id").join(why, on=["group_id", "asset_id"], how="left")
    ordered = joined.sort(["wave", "group_id", "name", "asset_id"], nulls_last=True)
    return ordered.select(
        "wave", "group_id", "name", "classified_type", "environment", "strategy", "readiness", "reason", "asset_id"
    )
