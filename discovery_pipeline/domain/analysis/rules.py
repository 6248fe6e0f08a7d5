"""Conditions and sentences of the rule files, compiled to polars expressions over the facts.

Keep out: which facts there are (facts.py) and what the rules say (strategy.yaml, readiness.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_
from string import Formatter
from typing import Any

import polars as pl

_UNKNOWN = "unknown"


def _comparison(fact: pl.Expr, operator: str, operand: Any) -> pl.Expr:
    match operator:
        case "above":
            return fact.gt(operand)
        case "below":
            return fact.lt(operand)
        case "matches":
            return fact.str.to_lowercase().str.contains(operand)
        case "not":
            return fact.is_not_null() if operand is None else fact.ne(operand)
        case _:
            raise ValueError(f"a rule compares by {operator!r}, which is not known")


def _condition(name: str, wanted: Any) -> pl.Expr:
    fact = pl.col(name)
    if wanted is None:
        return fact.is_null()
    if isinstance(wanted, Mapping):
        return reduce(and_, [_comparison(fact, operator, operand) for operator, operand in wanted.items()])
    return fact.is_in(wanted) if isinstance(wanted, list) else fact == wanted


def condition(when: Mapping[str, Any]) -> pl.Expr:
    """All conditions of a rule; an unknown fact fulfils none but `null`. Raises ValueError for unknown operators."""
    parts = [_condition(name, wanted).fill_null(value=False) for name, wanted in when.items()]
    return reduce(and_, parts, pl.lit(value=True))


def sentence(template: str) -> pl.Expr:
    """A reason with its facts filled in; a fact that is not known reads "unknown"."""
    parts: list[pl.Expr] = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            parts.append(pl.lit(text))
        if name:
            parts.append(pl.col(name).cast(pl.String).fill_null(_UNKNOWN))
    return pl.concat_str(parts)


def facts_named(template: str) -> list[str]:
    """The facts that a template fills in, in order."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def first_match(conditions: list[pl.Expr]) -> pl.Expr:
    """The number of the first condition that holds (Int32), null when none does."""
    number = pl.lit(None, dtype=pl.Int32)
    for index in range(len(conditions) - 1, -1, -1):
        number = pl.when(conditions[index]).then(pl.lit(index, dtype=pl.Int32)).otherwise(number)
    return number
