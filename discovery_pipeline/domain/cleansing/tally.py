"""Counting what the rules did to a column, and wording the findings of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.rules import Rule, Trouble
from discovery_pipeline.domain.handoffs import ColumnBinding, TableInfo, finding
from discovery_pipeline.domain.schema import PERSONAL

_SAMPLES = 3
_SAMPLE_CHARS = 60


@dataclass
class Tally:
    """The rules that fired on a column, the cells each changed, and the values behind each finding.

    `record` is the engine's callback.
    """

    binding: ColumnBinding
    fired: set[Rule] = default(default_factory=set)
    cells: Counter[str] = default(default_factory=Counter)
    troubles: dict[str, Trouble] = default(default_factory=dict)
    trouble_cells: Counter[str] = default(default_factory=Counter)
    samples: dict[str, Counter[str]] = default(default_factory=dict)

    def record(self, rule: Rule, changed: pl.DataFrame) -> None:
        """Count the changed cells; keep the most frequent values where the rule raises a finding."""
        once = changed.filter(pl.col("cell").is_first_distinct())
        cells = int(once.get_column("n").sum())
        self.fired.add(rule)
        self.cells[rule.name] += cells
        if rule.trouble is not None:
            self._note(rule.trouble, cells, once)

    def _note(self, trouble: Trouble, cells: int, once: pl.DataFrame) -> None:
        self.troubles.setdefault(trouble.code, trouble)
        self.trouble_cells[trouble.code] += cells
        kept = self.samples.setdefault(trouble.code, Counter())
        if self.binding.field in PERSONAL:
            return
        clipped = once.select(pl.col("raw").str.slice(0, _SAMPLE_CHARS), "n").group_by("raw").agg(pl.col("n").sum())
        for raw, count in clipped.sort(["n", "raw"], descending=[True, False]).head(50).iter_rows():
            kept[raw] += count

    def rule_counts(self, table_no: int) -> list[dict[str, Any]]:
        """Rows of RULE_COUNTS, by rule name."""
        place = {"table_no": table_no, "position": self.binding.position, "field": self.binding.field}
        return [{**place, "rule": rule, "cells": cells} for rule, cells in sorted(self.cells.items()) if cells]

    def findings(self, info: TableInfo) -> list[dict[str, Any]]:
        """One finding per code, with its count and the most frequent values."""
        return [self._finding(info, trouble) for _, trouble in sorted(self.troubles.items())]

    def _finding(self, info: TableInfo, trouble: Trouble) -> dict[str, Any]:
        cells = self.trouble_cells[trouble.code]
        ranked = sorted(self.samples[trouble.code].items(), key=lambda item: (-item[1], item[0]))[:_SAMPLES]
        shown = ", ".join(f'"{raw}" ({count})' for raw, count in ranked)
        count = f"{cells} cell{'' if cells == 1 else 's'}"
        what = f'{count} of column "{self.binding.header}" ({self.binding.field}): {trouble.detail}'
        detail = f"{what}; {shown}" if shown else what
        return finding(
            "cleansing", trouble.severity, trouble.code, detail, trouble.advice, info, position=self.binding.position
        )
