"""The questions whose answers would change most. Keep out: how they are found (domain.analysis.strategy)."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.files.report.data import ReportData

# So many more names are listed beside the one that stands in the question.
_ALSO = 4
# The most questions of one owner that the page shows; the workbook has all.
_EACH = 2
_NAME = "\u0000"


def questions(data: ReportData, limit: int) -> list[dict[str, Any]]:
    """question, count, also: those that are asked of most assets, then those where the decision is least sure.

    Questions that differ by nothing but the asset's name are one, asked of the first by name.
    """
    asked = data.assessed.filter(pl.col("next_question").is_not_null())
    alike = pl.col("next_question").str.split(pl.col("name")).list.join(_NAME)
    grouped = (
        asked.select("name", "confidence", question=alike)
        .sort("question", "name", "confidence")
        .group_by("question", maintain_order=True)
        .agg(
            pl.col("name").first(),
            pl.col("confidence").mean(),
            count=pl.len(),
            also=pl.col("name").unique(maintain_order=True).slice(1, _ALSO),
        )
    )
    first = grouped.sort(["count", "confidence", "question"], descending=[True, False, False]).head(limit)
    return [{**row, "question": row["question"].replace(_NAME, row["name"])} for row in first.to_dicts()]


def questions_by_owner(data: ReportData, limit: int) -> list[dict[str, Any]]:
    """owner, question, worded (or None), model, outcomes, assets, monthly_cost, currency, waves: whom to ask what next.

    The first questions of the owners whose answers are worth most.
    """
    worded = data.narratives.filter(pl.col("kind") == "question", pl.col("model").is_not_null()).select(
        "model", question_id="subject", worded="text"
    )
    first = data.questions.filter(pl.col("rank") <= _EACH).sort(
        ["value", "question_id"], descending=[True, False], nulls_last=True
    )
    return first.head(limit).join(worded, on="question_id", how="left", maintain_order="left").to_dicts()
