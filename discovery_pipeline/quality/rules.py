"""The vocabulary of quality rules: a rule's meaning, its polars violation count and its Great Expectations form.

Keep out: which rules an asset has (suites) and running them (run.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

RuleKind = Literal["not_null", "unique", "in_set", "between", "dated", "matches"]


@dataclass(frozen=True)
class Rule:
    """One expectation on one column; null cells only violate not_null.

    choices: for in_set. low / high: inclusive bounds for between, None = open; years for dated. pattern: RE2 syntax,
    for matches. items: the column holds lists, and the rule is one for their items.
    """

    kind: RuleKind
    column: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    items: bool = False

    @property
    def name(self) -> str:
        return f"{self.column}_{self.kind}"

    def violations(self) -> pl.Expr:
        """The number of cells that break the rule, as one aggregate expression named after the rule."""
        return self.violating().sum().cast(pl.Int64).alias(self.name)

    def violating(self) -> pl.Expr:
        """Whether a cell breaks the rule; null where only not_null would speak."""
        column = pl.col(self.column)
        match self.kind:
            case "not_null":
                return column.is_null()
            case "unique":
                return column.is_not_null() & column.is_duplicated()
            case "in_set":
                return ~column.is_in(list(self.choices))
            case "between":
                return (column < self.low if self.low is not None else pl.lit(False)) | (
                    column > self.high if self.high is not None else pl.lit(False)
                )
            case "dated":
                first, last = self._years()
                return ~column.is_between(first, last)
            case "matches" if self.items:
                return ~column.list.eval(pl.element().str.contains(self.pattern)).list.all()
            case "matches":
                return ~column.str.contains(self.pattern)

    def judged(self) -> pl.Expr:
        """The column as Great Expectations gets it: of a list one item, one that breaks the rule where there is any."""
        column = pl.col(self.column)
        if not self.items:
            return column
        broken = column.list.eval(pl.element().filter(~pl.element().str.contains(self.pattern)))
        return pl.coalesce(broken.list.first(), column.list.first()).alias(self.column)

    def _years(self) -> tuple[datetime, datetime]:
        first, last = int(self.low or 1), int(self.high or 9999)
        return datetime(first, 1, 1), datetime(last, 12, 31, 23, 59, 59, 999_999)

    def to_expectation(self) -> Expectation:
        """The same rule as a Great Expectations expectation on the column itself."""
        from great_expectations import expectations as gxe

        match self.kind:
            case "not_null":
                return gxe.ExpectColumnValuesToNotBeNull(column=self.column)
            case "unique":
                return gxe.ExpectColumnValuesToBeUnique(column=self.column)
            case "in_set":
                return gxe.ExpectColumnValuesToBeInSet(column=self.column, value_set=list(self.choices))
            case "between":
                return gxe.ExpectColumnValuesToBeBetween(column=self.column, min_value=self.low, max_value=self.high)
            case "dated":
                first, last = self._years()
                return gxe.ExpectColumnValuesToBeBetween(column=self.column, min_value=first, max_value=last)
            case "matches":
                return gxe.ExpectColumnValuesToMatchRegex(column=self.column, regex=self.pattern)


def no_violations(rule: Rule) -> Expectation:
    """The rule judged on a one-row frame of violation counts, for frames too large to hand to Great Expectations."""
    from great_expectations import expectations as gxe

    return gxe.ExpectColumnValuesToBeBetween(column=rule.name, min_value=0, max_value=0)
