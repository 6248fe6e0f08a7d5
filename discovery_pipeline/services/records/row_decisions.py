"""Decisions about cells of single rows, and where those rows stand in the newest run, if they are there at all.

A row is found again by what it holds, wherever a delivery has moved it. Keep out: how (domain/cleansing/
row_corrections), deciding (services/learning/deciding).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.cleansing.row_corrections import meant_rows, row_rules
from discovery_pipeline.domain.handoffs import CanonicalTable
from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.domain.learning.rules import Told, ValueRule
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.learning.rules import value_rule
from discovery_pipeline.services.records.pages import SourceRow
from discovery_pipeline.services.run_frames import RunFrames
from discovery_pipeline.store.correction_log import LogQuery, logged, search_log
from discovery_pipeline.store.session import Database

_MOST = 1_000


@dataclass(frozen=True)
class RowDecision:
    """rows: that it holds for in the newest run; none where no row says any more what it was decided about."""

    correction: Correction
    rows: tuple[SourceRow, ...]


def row_decisions(database: Database, run: RunFrames) -> tuple[RowDecision, ...]:
    """Those that stand, the newest first, at most a thousand. Raises MissingFrame before a run has read any rows."""
    log = search_log(database, run.tenant, LogQuery(kinds=("value",), states=("standing",)), 0, _MOST)
    return _with_rows(run, [each.correction for each in log])


def row_decision(database: Database, run: RunFrames, number: int) -> RowDecision | None:
    """One of them; None for a correction that does not stand, or of something else. Raises what row_decisions does."""
    found = logged(database, run.tenant, number)
    stands = found is not None and found.state == "standing"
    return next(iter(_with_rows(run, [found.correction])), None) if found and stands else None


def _with_rows(run: RunFrames, corrections: Sequence[Correction]) -> tuple[RowDecision, ...]:
    """Those of them that are about cells of single rows."""
    decided = [each for each in corrections if each.what.kind == "value" and "cells" in each.what.target]
    rules = [_rule(correction) for correction in decided]
    found: dict[int, list[SourceRow]] = {}
    for number, row in _found(run, rules) if rules else ():
        found.setdefault(number, []).append(row)
    return tuple(RowDecision(correction, tuple(found.get(correction.number, ()))) for correction in decided)


def _rule(correction: Correction) -> ValueRule:
    what = correction.what
    return value_rule(what.target, what.said, Told((correction.number,), what.author, 1.0))


def _found(run: RunFrames, rules: Sequence[ValueRule]) -> Iterator[tuple[int, SourceRow]]:
    """Numbers of corrections with a row of each."""
    kinds = run.kinds()
    for info in run.tables():
        if info.table_no not in kinds or not run.has("canonical_records", part_name(info.table_no)):
            continue
        frame = run.scan("canonical_records", part_name(info.table_no))
        table = CanonicalTable(info, kinds[info.table_no], frame, run.bindings(info.table_no))
        own = row_rules(rules, table)
        meant = meant_rows(table, own) if own else None
        if meant is None or meant.is_empty():
            continue
        lines = table.frame.select("row", "line").filter(pl.col("row").is_in(meant["row"].implode())).collect()
        placed = meant.join(lines, on="row").sort("rule", "row").select("rule", "row", "line")
        for rule, row, line in placed.iter_rows():
            yield own[rule].told.newest, SourceRow(info.file, info.table, row, line)
