"""Where each number comes from: the dates of the tables, the bounds, the words."""

from __future__ import annotations

from typing import Any

from discovery_pipeline.files.report.data import BELIEVED, ReportData
from discovery_pipeline.files.report.words import glossary


def content(data: ReportData) -> dict[str, Any]:
    """What templates/method.html shows."""
    return {
        "dates": _dates(data),
        "believed": BELIEVED,
        "software": data.software,
        "glossary": sorted(glossary().items()),
        "as_of": data.analysis_summary["as_of"],
    }


def _dates(data: ReportData) -> list[tuple[str, str, str]]:
    """(table, as of, source) of each table of reference data that the numbers rest on."""
    known = [
        ("Vendors' support dates", data.analysis_summary.get("lifecycle_table")),
        ("Ports and services", data.dependency_summary.get("port_registry")),
    ]
    rows = [(what, str(table["as_of"]), str(table["source"])) for what, table in known if table]
    prices = data.sizing.drop_nulls("price_date")
    days = prices.select("provider", "price_date").unique().sort("provider", "price_date")
    source = (data.analysis_summary.get("sizing") or {}).get("source")
    for provider, day in days.iter_rows():
        told = source.get(provider) if isinstance(source, dict) else source
        rows.append((f"Prices of {provider}", day.isoformat(), str(told or "the price catalogue")))
    return rows
