"""Sentences of the assessment, each with the facts that it rests on and the model that worded it, if one did."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.data import ReportData


def told(data: ReportData, kind: str) -> dict[str, dict[str, Any]]:
    """By subject the rows of NARRATIVES of a kind. Whatever a model wrote is text, and is escaped as all data is."""
    rows = data.narratives.filter(pl.col("kind") == kind).iter_rows(named=True)
    return {row["subject"]: row for row in rows}
