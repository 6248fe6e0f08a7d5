"""What there is: types, environments, sites, operating systems and when their support ends."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.charts.bars import bars, by_count, stacked
from discovery_pipeline.files.report.charts.columns import columns
from discovery_pipeline.files.report.data import SERVERS, ReportData

# The timeline shows these many years before and after the data's year; what lies outside is added to its ends.
_BEFORE, _AFTER = 4, 7


def content(data: ReportData) -> dict[str, Any]:
    """What templates/estate.html shows."""
    summary = data.analysis_summary
    return {
        "types": bars(by_count(summary["types"]), "Assets by type", limit=15),
        "environments": bars(by_count(summary["environments"]), "Servers by environment"),
        "sites": bars(_sites(data), "Servers by site", limit=8),
        "releases": bars(
            by_count(summary["os_releases"]), "Servers by operating system", limit=18, of=summary["servers"]
        ),
        "support": stacked(summary["os_support"], "Support of the servers' operating systems"),
        "timeline": _timeline(data),
        "vanished": summary["vanished"],
        "as_of": summary["as_of"],
        "table": summary["lifecycle_table"],
    }


def _sites(data: ReportData) -> dict[str, int]:
    """Data centre, else location -> servers; those without either at the end."""
    servers = data.inventory.filter(
        pl.col("classified_type").is_in(SERVERS), ~pl.col("vanished").fill_null(value=False)
    )
    sites = servers.select(site=pl.coalesce("datacenter", "location")).group_by("site").len()
    ordered = sites.sort([pl.col("site").is_null(), "len", "site"], descending=[False, True, False])
    return dict(ordered.with_columns(pl.col("site").fill_null("unknown")).iter_rows())


def _timeline(data: ReportData) -> str | None:
    """How many servers leave their vendor's regular support per year; None where the analysis doesn't say."""
    ends = data.analysis_summary.get("support_ends")
    if not ends:
        return None
    today = int(data.analysis_summary["as_of"][:4])
    numbers = {int(year): counts["servers"] for year, counts in ends.items() if counts.get("servers")}
    if not numbers:
        return None
    first, last = max(min(numbers), today - _BEFORE), min(max(numbers), today + _AFTER)
    return columns(numbers, today, "Servers whose regular support ends", min(first, today), max(last, today))
