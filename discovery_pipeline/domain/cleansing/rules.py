"""What a cleansing rule is, and the one engine that runs rules: over a column's values, and over one value for `trace`.

A rule turns text into text where it matches; null means that nothing is left of the value. The typed value is made from
the canonical text at the very end. Stays out: every rule itself, and what is read from a whole column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import Severity

TEXT = pl.col("text")
# Between the items of a list: control characters are removed from cells before, so it is never part of an item.
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Trouble:
    """The finding a rule raises for the cells it changes. detail: a clause after "<count> cells of column ...: "."""

    code: str
    severity: Severity
    detail: str
    advice: str


@dataclass(frozen=True, eq=False)
class Rule:
    """One named change: where `matches` (over TEXT), the text becomes `result` (over TEXT)."""

    name: str
    matches: pl.Expr
    result: pl.Expr
    trouble: Trouble | None = None


@dataclass(frozen=True, eq=False)
class Stage:
    """Rules applied one after the other to the values for which `needed` holds; the others need none of them.

    `needed` is one cheap pattern that spares values already clean the cost of every rule.
    """

    needed: pl.Expr
    rules: tuple[Rule, ...]


# Called with a rule and the rows it changed: columns cell, raw, n, text (before), after.
Record = Callable[[Rule, pl.DataFrame], None]


def nothing_recorded(rule: Rule, changed: pl.DataFrame) -> None:
    """A Record that keeps nothing."""


def values_frame(raw: pl.Series, counts: pl.Series | None = None) -> pl.DataFrame:
    """The frame the engine works on: cell (index), raw, n (cells holding the value), text (state of the value)."""
    number = pl.lit(1, pl.Int64) if counts is None else counts.cast(pl.Int64)
    return pl.DataFrame({"raw": raw}).select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("cell"), "raw", number.alias("n"), pl.col("raw").alias("text")
    )


def run(frame: pl.DataFrame, stages: Sequence[Stage], record: Record) -> pl.DataFrame:
    """Apply the stages to `text`; rows and order stay."""
    for stage in stages:
        todo = frame.with_row_index("at").filter(stage.needed)
        if todo.is_empty():
            continue
        done = todo
        for rule in stage.rules:
            done = _apply(done, rule, record)
        if done is not todo:
            frame = _patched(frame, done.get_column("at"), done.get_column("text"))
    return frame


def _apply(frame: pl.DataFrame, rule: Rule, record: Record) -> pl.DataFrame:
    hits = frame.with_row_index("hit").filter(rule.matches)
    if hits.is_empty():
        return frame
    changed = hits.with_columns(rule.result.alias("after")).filter(TEXT.ne_missing(pl.col("after")))
    if changed.is_empty():
        return frame
    record(rule, changed)
    return _patched(frame, changed.get_column("hit"), changed.get_column("after"))


def _patched(frame: pl.DataFrame, at: pl.Series, text: pl.Series) -> pl.DataFrame:
    """The frame with `text` in the rows `at`."""
    height = frame.height
    source = pl.int_range(height, eager=True).scatter(at, pl.int_range(height, height + len(text), eager=True))
    both = pl.concat([frame.get_column("text"), text.rename("text")])
    return frame.with_columns(both.gather(source))


def run_items(frame: pl.DataFrame, stages: Sequence[Stage], record: Record) -> pl.DataFrame:
    """Apply the stages to each item of the lists in `text` (items between SEPARATOR); an emptied list becomes null."""
    items = frame.with_columns(TEXT.str.split(SEPARATOR)).explode("text")
    cleaned = run(items, stages, record)
    joined = cleaned.group_by("cell", maintain_order=True).agg(TEXT.drop_nulls().str.join(SEPARATOR))
    return frame.with_columns(pl.when(joined.get_column("text") != "").then(joined.get_column("text")).alias("text"))


def replaced(name: str, pattern: str, by: str, trouble: Trouble | None = None) -> Rule:
    """A rule that replaces every match of a pattern; an emptied text becomes null."""
    result = TEXT.str.replace_all(pattern, by)
    return Rule(name, TEXT.str.contains(pattern), pl.when(result != "").then(result), trouble)


def nulled(name: str, matches: pl.Expr, trouble: Trouble | None = None) -> Rule:
    """A rule that leaves nothing of the values it matches."""
    return Rule(name, matches, pl.lit(None, pl.String), trouble)


def each(function: Callable[[str], str | None]) -> pl.Expr:
    """TEXT through a Python function: for the few values that no expression can handle."""

    def over(values: pl.Series) -> pl.Series:
        return pl.Series(values.name, [None if v is None else function(v) for v in values], dtype=pl.String)

    return TEXT.map_batches(over, return_dtype=pl.String, is_elementwise=True)
