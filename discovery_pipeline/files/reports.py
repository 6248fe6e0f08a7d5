"""The assessment for people: one offline HTML page; the workbook is made in workbook.py.

The page needs no network and runs no script; every value from the data is escaped. Keep out: computing results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from discovery_pipeline.files.report_data import (
    ReportData,
    application_edges,
    finding_groups,
    gaps,
    largest_applications,
    most_used,
    quarantine_reasons,
    urgent,
)
from discovery_pipeline.files.workbook import write_workbook

__all__ = ["ReportData", "render_html", "write_workbook"]

# Rows of a list on the page; the workbook has the rest.
_ROWS = 25
_URGENT = 12
# Fixed colours, so that one meaning has one colour throughout; dark enough for white paper and colour-blind readers.
_COLOURS = {
    "rehost": "#2f6f9f", "replatform": "#2a9d8f", "refactor": "#8a6fb0", "rearchitect": "#b05f8a", "replace": "#d08c34",
    "retire": "#8d99ae", "retain": "#5b7553", "not_applicable": "#cbd2d9",
    "supported": "#2a9d8f", "ending": "#e0b13c", "extended": "#d08c34", "ended": "#c2453d", "unknown": "#b8c0c8",
    "ready": "#2a9d8f", "needs work": "#e0b13c", "blocked": "#c2453d",
}  # fmt: skip
_WORDS = {
    "not_applicable": "not migrated", "ended": "out of support", "extended": "paid support only",
    "ending": "ends within a year", "dr": "disaster recovery",
}  # fmt: skip


def _words(value: Any) -> str:
    """A code as people read it."""
    text = str(value)
    return _WORDS.get(text, text.replace("_", " "))


def _thousands(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}".replace(",", "\u2009")


def _bars(counts: Mapping[str, int], limit: int = 14) -> list[dict[str, Any]]:
    """The bars of a chart: label, count, share of the whole and of the longest; a tail beyond limit is summed up."""
    items = [(name, count) for name, count in counts.items() if count]
    tail = sum(count for _, count in items[limit:])
    shown = items[:limit] + ([(f"{len(items) - limit} others", tail)] if tail else [])
    total, longest = sum(counts.values()) or 1, max((count for _, count in shown), default=1)
    return [
        {
            "label": _words(name),
            "count": count,
            "percent": 100 * count / total,
            "width": 100 * count / longest,
            "colour": _COLOURS.get(name, "#2f6f9f"),
        }
        for name, count in shown
    ]


def _segments(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The segments of one stacked bar, with their starts, in percent of the whole."""
    total, start, segments = sum(counts.values()) or 1, 0.0, []
    for name, count in counts.items():
        share = 100 * count / total
        if count:
            segments.append(
                {
                    "label": _words(name),
                    "count": count,
                    "start": start,
                    "width": share,
                    "colour": _COLOURS.get(name, "#2f6f9f"),
                }
            )
        start += share
    return segments


def _sentences(summary: Mapping[str, Any], edges: Mapping[str, Any]) -> list[str]:
    """The few sentences that a manager reads."""
    strategies = summary["strategies"]
    moving = sum(strategies.get(s, 0) for s in ("rehost", "replatform", "refactor", "rearchitect", "replace"))
    support, servers = summary["os_support"], summary["servers"]
    late = support["ended"] + support["extended"]
    lines = [
        f"{_thousands(summary['assets'])} assets are known, {_thousands(servers)} of them servers, "
        f"serving {_thousands(summary['applications'])} applications.",
        f"{_thousands(moving)} are to be moved in {len(summary['waves'])} waves; "
        f"{_thousands(strategies.get('retire', 0))} can be retired and {_thousands(strategies.get('retain', 0))} stay.",
    ]
    if servers:
        lines.append(
            f"{_thousands(late)} servers ({100 * late / servers:.0f} %) run an operating system that has left its "
            f"vendor's regular support, {_thousands(support['ending'])} more leave it within a year."
        )
    believed, found = edges.get("believed", 0), edges.get("edges", 0)
    lines.append(
        f"{_thousands(believed)} dependencies are believed; {_thousands(found - believed)} more are leads to confirm."
    )
    return lines


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = _words
    environment.filters["thousands"] = _thousands
    return environment


def _content(data: ReportData) -> dict[str, Any]:
    summary, edges = data.analysis_summary, data.dependency_summary
    rows: dict[str, Iterable[Mapping[str, Any]]] = {
        "urgent": urgent(data, _URGENT).to_dicts(),
        "largest": largest_applications(data, _ROWS).to_dicts(),
        "used": most_used(data, 15).to_dicts(),
        "application_edges": application_edges(data, _ROWS).to_dicts(),
        "finding_groups": finding_groups(data.findings).to_dicts(),
        "quarantine_reasons": quarantine_reasons(data.quarantine).to_dicts(),
        "sources": data.sources.to_dicts(),
    }
    return {
        **rows,
        "tenant": data.tenant,
        "summary": summary,
        "edges": edges,
        "sentences": _sentences(summary, edges),
        "types": _bars(summary["types"]),
        "environments": _bars(summary["environments"]),
        "releases": _bars(summary["os_releases"]),
        "kinds": _bars(dict(sorted(edges.get("kinds", {}).items(), key=lambda item: (-item[1], item[0])))),
        "strategies": _bars(summary["strategies"]),
        "support": _segments(summary["os_support"]),
        "readiness": _segments(summary["readiness"]),
        "largest_wave": max((wave["assets"] for wave in summary["waves"]), default=1),
        "gaps": gaps(data),
        "rows_set_aside": len(data.quarantine),
    }


def render_html(report: ReportData) -> str:
    """The page as text; the same data gives the same bytes."""
    template = files(__package__).joinpath("report.html").read_text(encoding="utf-8")
    return _environment().from_string(template).render(_content(report))
