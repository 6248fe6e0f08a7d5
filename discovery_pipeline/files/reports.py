"""The report as the composition roots know it: its data, the page and the workbook. Keep out: everything else."""

from __future__ import annotations

from discovery_pipeline.files.report.data import ReportData
from discovery_pipeline.files.report.page import render_html
from discovery_pipeline.files.report.workbook import write_workbook

__all__ = ["ReportData", "render_html", "write_workbook"]
