"""The questions whose answers would change most. Keep out: how they are found (domain.analysis.strategy)."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.data import ReportData


def questions(data: ReportData, limit: int) -> list[dict[str, Any]]:
    """question, count: the questions whose answers concern most assets."""
    asked = data.assessed.filter(pl.col("next_question").is_not_null()).group_by(question="next_question").len("count")
    return asked.sort(["count", "question"], descending=[True, False]).head(limit).to_dicts()
