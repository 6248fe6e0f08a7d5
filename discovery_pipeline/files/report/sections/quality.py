"""How good the data is: where every row went, what is known, what was found."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.data import ReportData
from discovery_pipeline.files.report.sections.unknown import gaps

SEVERITIES = ("error", "warning", "info")
_SOURCES, _FINDINGS = 40, 40


def content(data: ReportData) -> dict[str, Any]:
    """What templates/quality.html shows."""
    sources, found = sources_used(data), finding_groups(data.findings)
    return {
        "gaps": gaps(data),
        "reasons": quarantine_reasons(data.quarantine).to_dicts(),
        "rows_read": int(data.sources["rows"].sum() or 0),
        "set_aside": len(data.quarantine),
        "sources": sources.head(_SOURCES).to_dicts(),
        "more_sources": max(len(sources) - _SOURCES, 0),
        "findings": found.head(_FINDINGS).to_dicts(),
        "more_findings": max(len(found) - _FINDINGS, 0),
        "checks": [dict(check) for check in data.checks],
        "checks_passed": sum(bool(check["passed"]) for check in data.checks),
    }


def sources_used(data: ReportData) -> pl.DataFrame:
    """Columns source, file, table, rows, set_aside: the tables that were read."""
    aside = data.quarantine.group_by("source", "file", "table").agg(set_aside=pl.len())
    joined = data.sources.join(
        aside, on=["source", "file", "table"], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.with_columns(pl.col("set_aside").fill_null(0))


def finding_groups(findings: pl.DataFrame) -> pl.DataFrame:
    """Columns phase, severity, code, count, detail, advice: one row per code, errors first."""
    order = pl.col("severity").replace_strict(SEVERITIES, range(3), default=3, return_dtype=pl.Int8)
    grouped = findings.group_by("phase", "severity", "code").agg(
        count=pl.len(), detail=pl.col("detail").sort().first(), advice=pl.col("advice").sort().first()
    )
    return grouped.sort([order, pl.col("count"), pl.col("code")], descending=[False, True, False])


def quarantine_reasons(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Columns reason, disposition, rows, files: most rows first."""
    grouped = quarantine.group_by("reason", "disposition").agg(rows=pl.len(), files=pl.col("file").n_unique())
    return grouped.sort(["rows", "reason", "disposition"], descending=[True, False, False])
