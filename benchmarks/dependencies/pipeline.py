"""From files to dependencies and analysis in one process, as the assets call them. Keep out: scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.inventory.pipeline import Gold, Run, run
from discovery_pipeline.domain.dependencies.graph import DependencyOutcome, build

if TYPE_CHECKING:
    from discovery_pipeline.domain.analysis.assess import AnalysisOutcome


@dataclass(frozen=True)
class Made:
    """What the phases made of an estate; the analysis is made when it is asked for."""

    run: Run
    graph: DependencyOutcome

    @property
    def inventory(self) -> pl.DataFrame:
        return self.run.outcome.inventory

    @cached_property
    def analysis(self) -> AnalysisOutcome:
        return assessed(self.inventory, self.graph)

    def without(self, share: float, seed: int) -> Made:
        """The same without a random share of the connection rows."""
        tables = []
        for table in self.run.tables:
            if table.kind.record == "connection":
                kept = table.frame.collect().sample(fraction=1 - share, seed=seed)
                table = replace(table, frame=kept.sort("row").lazy())
            tables.append(table)
        return Made(self.run, build(self.inventory, tables))


def made(exports: Path, gold: Gold | None) -> Made:
    """Every file of a folder, connections too."""
    found = run(exports, gold, without=())
    return Made(found, build(found.outcome.inventory, found.tables))


def assessed(inventory: pl.DataFrame, graph: DependencyOutcome) -> AnalysisOutcome:
    """The analysis phase."""
    from discovery_pipeline.domain.analysis.assess import assess

    return assess(inventory, graph.dependencies, memberships=graph.memberships)
