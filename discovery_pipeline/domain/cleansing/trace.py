"""How one raw cell became its clean value: the very rules of the phase, run on the one value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.cleansing.columns import Reading, plan_column
from discovery_pipeline.domain.cleansing.dates import DateEvidence, DateOrder, date_evidence, date_order
from discovery_pipeline.domain.cleansing.mangled import restored_width
from discovery_pipeline.domain.cleansing.numbers import (
    ColumnUnit,
    NumberStyle,
    SeparatorEvidence,
    number_style,
    separator_evidence,
)
from discovery_pipeline.domain.cleansing.rules import SEPARATOR, Rule, values_frame
from discovery_pipeline.domain.cleansing.units import Unit, rule_suffix, unit_named, units_of
from discovery_pipeline.domain.cleansing.value_rules import corrections
from discovery_pipeline.domain.handoffs import ColumnBinding
from discovery_pipeline.domain.learning.rules import ValueRule
from discovery_pipeline.domain.schema import RECORD_KINDS, Field, fields


@dataclass(frozen=True)
class Step:
    """One rule's change to the value. after: None when nothing was left of it. by: the correction that it rests on."""

    rule: str
    before: str
    after: str | None
    by: str | None = None


def trace(
    raw: str,
    field: str,
    binding: ColumnBinding | None,
    applied: Collection[str] | None = None,
    said: Sequence[ValueRule] = (),
) -> list[Step]:
    """The steps from a raw cell to its clean value, in order; none when the cell was clean.

    applied: the names of the rules counted for the cell's column (RULE_COUNTS). They say what was read from the whole
    column (order of dates, decimal mark, inferred unit); with None the value is read on its own.
    said: the value rules that concern the cell's table (value_rules.concerning), so that a corrected cell shows it.
    Raises KeyError when no record kind has the field.
    """
    known = _field(field)
    bound = binding or ColumnBinding(field, field, 0, field, None, None, 1.0, "accepted")
    values = values_frame(pl.Series([raw]))
    steps: list[Step] = []

    def record(rule: Rule, changed: pl.DataFrame) -> None:
        told = changed.get_column("told") if "told" in changed.columns else [None] * changed.height
        rows = zip(changed.get_column("text"), changed.get_column("after"), told, strict=True)
        steps.extend(Step(rule.name, _shown(before) or "", _shown(after), by) for before, after, by in rows)

    plan_column(known, bound, _reading(known, bound, values, applied), corrections(known, said)).clean(values, record)
    return steps


def _field(name: str) -> Field:
    return {n: field for kind in reversed(RECORD_KINDS) for n, field in fields(kind).items()}[name]


def _shown(text: str | None) -> str | None:
    return None if text is None else text.replace(SEPARATOR, "; ")


def _reading(field: Field, binding: ColumnBinding, values: pl.DataFrame, applied: Collection[str] | None) -> Reading:
    if applied is None:
        style = number_style(field, separator_evidence(values), SeparatorEvidence(), binding.unit)
        return Reading(style, _unit(field, binding, ()), date_order(date_evidence(values), DateEvidence()))
    style = NumberStyle("decimal_comma_by_column" in applied, "thousands_dot_by_column" in applied)
    return Reading(style, _unit(field, binding, applied), _order(applied), restored_width(applied))


def _unit(field: Field, binding: ColumnBinding, applied: Collection[str]) -> ColumnUnit | None:
    target = field.unit or ""
    named = unit_named(target, binding.unit)
    smaller, inferred = (_applied_unit(target, how, applied) for how in ("mixed", "inferred"))
    if smaller is not None:
        # The larger numbers of a mixed column are in the schema's unit where no rule of theirs was counted.
        own = unit_named(target, target)
        return ColumnUnit(inferred or own or smaller, inferred=True, declared=named, smaller=smaller)
    if inferred is not None:
        return ColumnUnit(inferred, inferred=True)
    return ColumnUnit(named, inferred=False) if named else None


def _applied_unit(target: str, how: str, applied: Collection[str]) -> Unit | None:
    return next((u for u in units_of(target) if f"unit_{how}_{rule_suffix(u, target)}" in applied), None)


def _order(applied: Collection[str]) -> DateOrder:
    return DateOrder("date_month_first_by_column" not in applied, assumed="date_day_first_assumed" in applied)
