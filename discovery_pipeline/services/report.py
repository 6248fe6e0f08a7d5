"""What a report is made of, gathered from the frames of one consistent run."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import polars as pl

from discovery_pipeline.files.report.data import COLUMNS, ReportData, conformed
from discovery_pipeline.services.export.tables import findings, quarantine
from discovery_pipeline.services.run_frames import ASSETS, RunFrames

_PACKAGE = "discovery-pipeline"
# Where the parts that earlier versions of the software did not make stand.
_NEWER = {
    "memberships": "dependencies", "group_members": "analysis", "structure": "analysis", "sizing": "analysis",
    "waves": "analysis", "cut_edges": "analysis", "questions": "analysis", "narratives": "analysis",
}  # fmt: skip


def report_data(run: RunFrames) -> ReportData:
    """The frames and summaries that the report shows. Raises MissingFrame when a phase has not run yet."""
    return ReportData(
        tenant=run.tenant,
        analysis_summary=run.meta("analysis")["summary"],
        dependency_summary=run.meta("dependencies")["summary"],
        inventory=run.scan("inventory", "inventory").collect(),
        analysis=run.scan("analysis", "analysis").collect(),
        applications=run.scan("analysis", "applications").collect(),
        move_groups=run.scan("analysis", "move_groups").collect(),
        dependencies=run.scan("dependencies", "dependencies").collect(),
        quarantine=quarantine(run).collect(),
        findings=findings(run).collect(),
        sources=pl.DataFrame(
            [(table.source, table.file, table.table, table.rows) for table in run.tables()],
            schema={"source": pl.String(), "file": pl.String(), "table": pl.String(), "rows": pl.Int64()},
            orient="row",
        ),
        **{part: _newer(run, asset, part) for part, asset in _NEWER.items()},
        checks=_checks(run),
        software=f"{_PACKAGE} {version(_PACKAGE)}",
    )


def _newer(run: RunFrames, asset: str, part: str) -> Any:
    if run.has(asset, part):
        return run.scan(asset, part).collect()
    return conformed(pl.DataFrame(schema=COLUMNS[part]), part)


def _checks(run: RunFrames) -> list[dict[str, Any]]:
    """The checks of each asset as its document tells them: check, passed, detail."""
    documents = ((asset, run.meta(asset).get("checks", ())) for asset in ASSETS if run.has(asset))
    return [{"asset": asset, **check} for asset, checks in documents for check in checks]
