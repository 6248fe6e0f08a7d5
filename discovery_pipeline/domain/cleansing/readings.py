"""What the columns of a table say about how to read them: decimal mark, order of dates, unit of bare numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.columns import Reading, tidied
from discovery_pipeline.domain.cleansing.dates import DateEvidence, date_evidence, date_order
from discovery_pipeline.domain.cleansing.mangled import FIXED_WIDTH, width_lost
from discovery_pipeline.domain.cleansing.numbers import (
    ColumnUnit,
    NumberStyle,
    SeparatorEvidence,
    column_unit,
    number_style,
    separator_evidence,
)  # fmt: skip
from discovery_pipeline.domain.cleansing.plausible import split_limit
from discovery_pipeline.domain.handoffs import ColumnBinding, TableInfo, finding
from discovery_pipeline.domain.schema import Field

# A column's values as rules.values_frame gives them: raw, n, text.
Values = Callable[[ColumnBinding], pl.DataFrame]


@dataclass(frozen=True)
class TableReading:
    """Evidence of one table. columns: by column name; what a column does not say itself, its table may."""

    separators: dict[str, SeparatorEvidence]
    dates: dict[str, DateEvidence]

    def of(self, field: Field, binding: ColumnBinding, values: Values) -> Reading:
        """The reading of one column."""
        if binding.column in self.dates:
            whole = reduce(add, self.dates.values(), DateEvidence())
            return Reading(order=date_order(self.dates[binding.column], whole))
        if field.name in FIXED_WIDTH:
            return Reading(width=width_lost(values(binding)))
        if binding.column not in self.separators:
            return Reading()
        style = number_style(
            field,
            self.separators[binding.column],
            reduce(add, self.separators.values(), SeparatorEvidence()),
            binding.unit,
        )
        return Reading(style=style, unit=_unit(field, binding, style, values))


def read_table(bound: Sequence[tuple[Field, ColumnBinding]], values: Values) -> TableReading:
    """Gather the evidence of every number and date column."""
    separators, dates = {}, {}
    for field, binding in bound:
        if field.base in ("integer", "number"):
            separators[binding.column] = separator_evidence(values(binding))
        elif field.base == "datetime":
            dates[binding.column] = date_evidence(values(binding))
    return TableReading(separators, dates)


def _unit(field: Field, binding: ColumnBinding, style: NumberStyle, values: Values) -> ColumnUnit | None:
    if field.unit is None:
        return None
    return column_unit(field, binding.unit, style, lambda: tidied(field, values(binding)))


def reading_findings(
    info: TableInfo, field: Field, binding: ColumnBinding, reading: Reading, dates: DateEvidence | None
) -> list[dict[str, Any]]:
    """Findings about a column as a whole: a unit that was inferred or contradicts its header, two orders of dates."""
    found = []
    if reading.unit is not None and reading.unit.inferred:
        found.append(_unit_finding(info, field, binding, reading.unit))
    if dates is not None and dates.day_first and dates.month_first:
        found.append(_mixed_finding(info, binding, dates))
    return found


def _unit_finding(info: TableInfo, field: Field, binding: ColumnBinding, unit: ColumnUnit) -> dict[str, Any]:
    column = f'column "{binding.header}" ({field.name})'
    read = unit.unit.label
    if unit.smaller is not None:
        return finding(
            "cleansing", "warning", "mixed_units",
            f"{column} mixes units: numbers below {split_limit(field.unit or ''):g} were read as {unit.smaller.label}, "
            f"others as {read}", "write one unit in the source, or the unit into each cell", info,
            position=binding.position,
        )  # fmt: skip
    if unit.declared is not None:
        return finding(
            "cleansing", "warning", "unit_contradicts_values",
            f"{column} says {unit.declared.label}, but its numbers only make sense as {read}, and were read so",
            "look at a value you know; a mapping correction can state the unit", info, position=binding.position,
        )  # fmt: skip
    return finding(
        "cleansing", "info", "unit_inferred", f"{column} names no unit; from the size of its numbers they are {read}",
        "look at a value you know; a unit in the header settles it", info, position=binding.position,
    )  # fmt: skip


def _mixed_finding(info: TableInfo, binding: ColumnBinding, dates: DateEvidence) -> dict[str, Any]:
    return finding(
        "cleansing", "warning", "mixed_date_order",
        f'column "{binding.header}" holds dates in both orders: {dates.day_first} cells can only be day first, '
        f"{dates.month_first} only month first; the {dates.open} that could be either follow the majority",
        "write the dates as YYYY-MM-DD in the source", info, position=binding.position,
    )  # fmt: skip
