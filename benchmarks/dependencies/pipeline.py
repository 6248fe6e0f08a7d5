"""From files to dependencies and analysis in one process, as the assets call them. Keep out: scores."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.inventory.pipeline import Gold, Run, run
from discovery_pipeline.domain.analysis.assess import AnalysisOutcome, assess
from discovery_pipeline.domain.dependencies.graph import DependencyOutcome, build
from discovery_pipeline.domain.handoffs import CleanTable


@dataclass(frozen=True)
class Made:
    """What the phases made of an estate."""

    run: Run
    graph: DependencyOutcome
    analysis: AnalysisOutcome

    @property
    def inventory(self) -> pl.DataFrame:
        return self.run.outcome.inventory


def made(exports: Path, gold: Gold | None) -> Made:
    """Every file of a folder, connections too."""
    found = run(exports, gold, without=())
    graph, analysis = phases(found.outcome.inventory, found.tables)
    return Made(found, graph, analysis)


def phases(inventory: pl.DataFrame, tables: Sequence[CleanTable]) -> tuple[DependencyOutcome, AnalysisOutcome]:
    """Dependencies and analysis."""
    graph = build(inventory, tables)
    more: dict[str, Any] = {}
    if "memberships" in inspect.signature(assess).parameters:
        more = {"memberships": graph.memberships}
    return graph, assess(inventory, graph.dependencies, **more)
