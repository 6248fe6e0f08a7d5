"""Conditions and sentences of the rule files: single tests of facts, and both compiled to polars expressions.

Keep out: which facts there are (facts.py) and what the rules say (strategy.yaml, readiness.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from string import Formatter
from typing import Any

import polars as pl

_UNKNOWN = "unknown"
_COMPARISONS = ("above", "below", "matches", "not")


@dataclass(frozen=True)
class FactTest:
    """One test of one fact: is (one of the operand's values; None among them: or unknown), above, below, matches, not.

    An unknown fact passes none but `is` with None.
    """

    fact: str
    operator: str
    operand: Any

    @property
    def tells_unknown(self) -> bool:
        """Whether it makes a difference that the fact is known at all."""
        return (self.operator == "is" and None in self.operand) or (self.operator == "not" and self.operand is None)

    def expression(self) -> pl.Expr:
        """True or false for every row, never null."""
        fact = pl.col(self.fact)
        match self.operator:
            case "is":
                values = [value for value in self.operand if value is not None]
                passes = fact.is_in(values) if len(values) != 1 else fact == values[0]
                passes = passes.fill_null(value=False) if values else pl.lit(value=False)
                return passes | fact.is_null() if None in self.operand else passes
            case "above":
                passes = fact.gt(self.operand)
            case "below":
                passes = fact.lt(self.operand)
            case "matches":
                passes = fact.str.to_lowercase().str.contains(self.operand)
            case _:
                passes = fact.is_not_null() if self.operand is None else fact.ne(self.operand)
        return passes.fill_null(value=False)

    def passes(self, value: Any) -> bool:
        """The same for one value."""
        if value is None:
            return self.operator == "is" and None in self.operand
        match self.operator:
            case "is":
                return value in self.operand
            case "above":
                return bool(value > self.operand)
            case "below":
                return bool(value < self.operand)
            case "matches":
                return re.search(self.operand, value.lower()) is not None
            case _:
                return self.operand is None or bool(value != self.operand)


def fact_tests(when: Mapping[str, Any]) -> tuple[FactTest, ...]:
    """The single tests of a rule's conditions, all of which have to hold. Raises ValueError for unknown operators."""
    return tuple(test for name, wanted in when.items() for test in _tests(name, wanted))


def _tests(name: str, wanted: Any) -> list[FactTest]:
    if not isinstance(wanted, Mapping):
        return [FactTest(name, "is", tuple(wanted) if isinstance(wanted, list) else (wanted,))]
    for operator in wanted:
        if operator not in _COMPARISONS:
            raise ValueError(f"a rule compares by {operator!r}, which is not known")
    return [FactTest(name, operator, operand) for operator, operand in wanted.items()]


def condition(when: Mapping[str, Any]) -> pl.Expr:
    """All conditions of a rule; an unknown fact fulfils none but `null`. Raises ValueError for unknown operators."""
    return reduce(and_, [test.expression() for test in fact_tests(when)], pl.lit(value=True))


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


def shown_fact(name: str) -> pl.Expr:
    """A fact as people and programs read it again: name=value; null where it is not known."""
    return pl.concat_str([pl.lit(f"{name}="), pl.col(name).cast(pl.String)])


def read_fact(shown: str) -> tuple[str, Any]:
    """The inverse of shown_fact: (name, value), the value as truth, number, date or text."""
    name, _, text = shown.partition("=")
    if text in ("true", "false"):
        return name, text == "true"
    if re.fullmatch(r"-?\d+", text):
        return name, int(text)
    if re.fullmatch(r"-?\d+\.\d+(?:e[+-]?\d+)?", text):
        return name, float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return name, date.fromisoformat(text)
    return name, text
