"""The assessment as a workbook, for people who filter and sort. Keep out: what the page shows (reports.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import polars as pl
import xlsxwriter

from discovery_pipeline.files.report_data import (
    ReportData,
    assessment,
    finding_groups,
    names,
    quarantine_reasons,
)

# A spreadsheet of more rows is of no use to a person; the export has all of them.
MAX_ROWS = 1_000
# What a spreadsheet may take for a formula at the start of a cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Excel's limit for a cell is 32,767 characters.
_MAX_CELL = 32_000
_WIDTHS = {"reasons": 90, "detail": 70, "advice": 50, "evidence": 50, "members": 60, "name": 28, "asset_id": 26}


def neutralised(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run, cut to what a cell holds."""
    shown = text[:_MAX_CELL]
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown


def _cell(value: Any) -> str | float | None:
    """A value as it is written: text, number or nothing."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return neutralised("; ".join(str(item) for item in value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return neutralised(str(value))


def _add_sheet(book: Any, heading: Any, name: str, frame: pl.DataFrame) -> None:
    """One sheet: bold header, filter, frozen first row; rows in order, as constant memory asks."""
    sheet = book.add_worksheet(name)
    for position, column in enumerate(frame.columns):
        sheet.set_column(position, position, _WIDTHS.get(column, 18))
        sheet.write_string(0, position, column.replace("_", " ").capitalize(), heading)
    shown = frame.head(MAX_ROWS)
    for number, row in enumerate(shown.iter_rows(), start=1):
        for position, cell in enumerate(map(_cell, row)):
            if isinstance(cell, str):
                sheet.write_string(number, position, cell)
            elif cell is not None:
                sheet.write_number(number, position, cell)
    if len(frame) > len(shown):
        sheet.write_string(len(shown) + 1, 0, f"{len(frame) - len(shown)} more rows are in the export")
    sheet.freeze_panes(1, 0)
    if len(shown):
        sheet.autofilter(0, 0, len(shown), len(frame.columns) - 1)


def _summary(data: ReportData) -> pl.DataFrame:
    """Columns what, value, count: the summary's numbers, flat."""
    rows: list[tuple[str, str, float]] = []
    for section, document in (("", data.analysis_summary), ("dependencies: ", data.dependency_summary)):
        for what, value in document.items():
            if isinstance(value, Mapping):
                rows.extend((section + what, str(k), v) for k, v in value.items() if isinstance(v, int | float))
            elif isinstance(value, int | float):
                rows.append((section + what, "", value))
    schema = {"what": pl.String(), "value": pl.String(), "count": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("what").str.replace_all("_", " "))


def _dependencies(data: ReportData) -> pl.DataFrame:
    who = names(data.inventory)
    edges = data.dependencies.join(
        who.rename({"asset_id": "from_asset", "name": "dependent"}), on="from_asset", how="left", maintain_order="left"
    ).join(who.rename({"asset_id": "to_asset", "name": "provider"}), on="to_asset", how="left", maintain_order="left")
    return edges.select(
        "dependent",
        pl.coalesce("provider", "to_address").alias("provider"),
        "kind",
        "confidence",
        "observations",
        "ports",
        "evidence",
        "first_seen",
        "last_seen",
        "from_asset",
        "to_asset",
    )


def _waves(data: ReportData) -> pl.DataFrame:
    """One row per asset of a move group: wave, group, name, strategy, readiness."""
    members = data.move_groups.explode("members", empty_as_null=False).rename({"members": "asset_id"})
    described = assessment(data).select("asset_id", "name", "classified_type", "environment", "strategy", "readiness")
    return (
        members.join(described, on="asset_id")
        .select("wave", "group_id", "name", "classified_type", "environment", "strategy", "readiness", "asset_id")
        .sort("wave", "group_id", "name", "asset_id")
    )


def _applications(data: ReportData) -> pl.DataFrame:
    who = names(data.inventory).rename({"asset_id": "members", "name": "member"})
    listed = data.applications.explode("members", empty_as_null=True).join(
        who, on="members", how="left", maintain_order="left"
    )
    grouped = listed.group_by("application_id", "name", maintain_order=True).agg(
        pl.col("member").drop_nulls().sort().alias("members")
    )
    return grouped.select(
        "name", count=pl.col("members").list.len(), members="members", application_id="application_id"
    )


def _sheets(data: ReportData) -> list[tuple[str, pl.DataFrame]]:
    return [
        ("Summary", _summary(data)),
        ("Assessment", assessment(data).select(pl.exclude("asset_id"), "asset_id")),
        ("Waves", _waves(data)),
        ("Applications", _applications(data)),
        ("Dependencies", _dependencies(data)),
        ("Findings", finding_groups(data.findings)),
        ("Quarantine", quarantine_reasons(data.quarantine)),
        ("Rows set aside", data.quarantine),
        ("Sources", data.sources),
    ]


def write_workbook(report: ReportData, target: Path | str | IO[bytes]) -> None:
    """Write the workbook to a path or a binary buffer; the same data gives the same bytes.

    A sheet holds at most MAX_ROWS rows and says how many more there are.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), options)
    day = date.fromisoformat(report.analysis_summary["as_of"])
    book.set_properties(
        {"title": f"Discovery report: {report.tenant}", "created": datetime(day.year, day.month, day.day)}
    )
    heading = book.add_format({"bold": True, "bg_color": "#e8eef3", "bottom": 1})
    for name, frame in _sheets(report):
        _add_sheet(book, heading, name, frame)
    book.close()
