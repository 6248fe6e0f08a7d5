"""What a run publishes for the analysis page, so that opening it reads what was made once. Keep out: its frames."""

from __future__ import annotations

from datetime import date

import polars as pl

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.services.assessment_views.board import board_parts
from discovery_pipeline.services.assessment_views.estate import assessed_frames


def view_parts(
    inventory: pl.DataFrame, outcome: AnalysisOutcome, day: date, dates: LifecycleTable
) -> dict[str, pl.DataFrame]:
    """Part of the analysis -> its frame. inventory: INVENTORY. day, dates: of support."""
    assessed = assessed_frames(inventory.lazy(), outcome.analysis, outcome.sizing, day, dates)
    return {**assessed.parts(), **board_parts(outcome.kept, outcome.move_groups, outcome.cut_edges, assessed)}
