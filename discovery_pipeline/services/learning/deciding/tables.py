"""The tables of a run that decisions about rows name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from discovery_pipeline.domain.handoffs import TableInfo
from discovery_pipeline.services.learning.deciding.decisions import RowValueDecision, SplitDecision
from discovery_pipeline.services.learning.deciding.drafts import problem
from discovery_pipeline.services.mapping.decisions import Problem

RowDecision: TypeAlias = SplitDecision | RowValueDecision


def tables_named(decision: RowDecision, tables: Sequence[TableInfo]) -> list[TableInfo]:
    """The tables that a decision names, of every source that has one."""
    return [
        table
        for table in tables
        if (table.file, table.table) == (decision.file, decision.table) and decision.source in (None, table.source)
    ]


def no_table(decision: RowDecision, named: Sequence[TableInfo]) -> Problem:
    """Why no single table is named. named: those that are."""
    table = f"table {decision.table!r} in a file {decision.file!r}"
    sources = sorted(info.source for info in named)
    if sources:
        what = f"{len(sources)} sources have a {table}"
        return problem(decision, "ambiguous_file", what, f"name one as source: {', '.join(sources)}")
    return problem(decision, "unknown_table", f"the run read no {table}", "discovery explain names an asset's rows")
