"""What a report is made of, gathered from the frames of one consistent run."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.files.report_data import ReportData
from discovery_pipeline.services.export.tables import findings, quarantine
from discovery_pipeline.services.run_frames import RunFrames


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
            schema=["source", "file", "table", "rows"],
            orient="row",
        ),
    )
