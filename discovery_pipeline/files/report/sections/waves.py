"""When what moves, why then, how sure and how risky, and what is cut on the way."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.charts.gantt import Bar, gantt
from discovery_pipeline.files.report.data import ReportData

_ROWS, _CUT = 40, 15
_PLAN = ("crossing_chance", "expected_crossings", "undiscovered_needs", "method")


def content(data: ReportData) -> dict[str, Any]:
    """What templates/waves.html shows; `rows` is empty where nothing moves."""
    rows = _rows(data)
    plan = data.analysis_summary.get("wave_plan") or {}
    return {
        "rows": rows[:_ROWS],
        "more": max(len(rows) - _ROWS, 0),
        "explained": not data.waves.is_empty(),
        "gantt": gantt(
            [Bar(r["wave"], r["starts"], r["ends"], r["assets"], r["risk"], bool(r["pilot"])) for r in rows], "Waves"
        ) if rows else None,
        "cut": _cut(data).head(_CUT).to_dicts(),
        "cut_count": len(data.cut_edges),
        "plan": {name: plan.get(name) for name in _PLAN},
        "groups": data.analysis_summary.get("groups"),
    }  # fmt: skip


def _rows(data: ReportData) -> list[dict[str, Any]]:
    """WAVES in order, each with the counts of the summary; before there is that frame, those counts alone."""
    counts = {wave["wave"]: wave for wave in data.analysis_summary["waves"]}
    planned = {row["wave"]: row for row in data.waves.to_dicts()}
    empty = dict.fromkeys(data.waves.columns)
    rows = []
    for number in sorted({*counts, *planned}):
        row = {**empty, "production": None, "readiness": None, **counts.get(number, {})}
        row |= {name: value for name, value in planned.get(number, {}).items() if value is not None}
        rows.append({**row, "wave": number, "reasons": row["reasons"] or [], "assets": row["assets"] or 0})
    return rows


def _cut(data: ReportData) -> pl.DataFrame:
    """CUT_EDGES with the names of both ends, the riskiest first."""
    named = data.cut_edges.join(
        data.names.rename({"asset_id": "from_asset", "name": "dependent"}), on="from_asset"
    ).join(data.names.rename({"asset_id": "to_asset", "name": "provider"}), on="to_asset")  # fmt: skip
    return named.sort(
        ["risk", "dependent", "provider", "kind"], descending=[True, False, False, False], nulls_last=True
    )
