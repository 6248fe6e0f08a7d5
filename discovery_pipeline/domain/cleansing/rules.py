"""What a cleansing rule is, and the one engine that runs rules: over a column's values, and over one value for `trace`.

A rule turns text into text where it matches; null means that nothing is left of the value. The typed value is made from
the canonical text at the very end. Stays out: every rule itself, and what is read from a whole column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import Severity

TEXT = pl.col("text")
# Between the items of a list: control characters are removed from cells before, so it is never part of an item.
SEPARATOR = "\x1f"
# Up to this many rows a query costs more than what it computes: every condition is asked in one. Above, one by one, so
# that what an early rule has cleaned is not asked again.
_FEW_ROWS = 1_000


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
    """Rules applied one after the other, to a value only as long as `needed` holds for it.

    `needed` is one cheap pattern that spares clean values the cost of the rules, and leaves a value alone as soon as a
    rule has made it clean: the commonest repair comes first.
    """

    needed: pl.Expr
    rules: tuple[Rule, ...]

    def only(self, fired: Collection[Rule]) -> Stage:
        """The stage with these rules of its own."""
        return Stage(self.needed, tuple(rule for rule in self.rules if rule in fired))


# Called with a rule and the rows it changed: columns cell, raw, n, text (before), after.
Record = Callable[[Rule, pl.DataFrame], None]


def nothing_recorded(rule: Rule, changed: pl.DataFrame) -> None:
    """A Record that keeps nothing."""


def values(raw: pl.Expr, n: pl.Expr) -> list[pl.Expr]:
    """The columns the engine works on: cell (index), raw, n (cells holding the value), text (state of the value)."""
    return [
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("cell"),
        raw.alias("raw"),
        n.cast(pl.Int64).alias("n"),
        raw.alias("text"),
    ]


def values_frame(raw: pl.Series) -> pl.DataFrame:
    """The frame the engine works on, one row per cell (`values`)."""
    return pl.DataFrame({"raw": raw}).select(values(pl.col("raw"), pl.lit(1)))


def run(frame: pl.DataFrame, stages: Sequence[Stage], record: Record) -> pl.DataFrame:
    """Apply the stages to `text`; rows and order stay."""
    ahead = 0
    while found := _first_holding(frame, [stage.needed for stage in stages[ahead:]]):
        index, needed = found
        frame = _staged(frame, needed, stages[ahead + index], record)
        ahead += index + 1
    return frame


def _staged(frame: pl.DataFrame, needed: pl.Series, stage: Stage, record: Record) -> pl.DataFrame:
    todo = _rows(frame.with_row_index("at"), needed)
    done: list[pl.DataFrame] = []
    ahead = 0
    while found := _first_holding(todo, [rule.matches for rule in stage.rules[ahead:]]):
        index, matches = found
        todo, changed = _apply(todo, matches, stage.rules[ahead + index], record)
        ahead += index + 1
        if changed is not None:
            done.append(changed)
            todo = pl.concat([todo, changed.filter(stage.needed)])
    # A value that several rules changed stands in `done` once per rule: the last one holds.
    return _patched(frame, pl.concat(done).unique("at", keep="last", maintain_order=True)) if done else frame


def _first_holding(frame: pl.DataFrame, conditions: Sequence[pl.Expr]) -> tuple[int, pl.Series] | None:
    """The first condition that holds for some row: its index, and for which rows."""
    if frame.is_empty():
        return None
    at_once = max(1, len(conditions)) if frame.height <= _FEW_ROWS else 1
    for start in range(0, len(conditions), at_once):
        for index, mask in enumerate(_masks(frame, conditions[start : start + at_once]), start):
            if mask.any():
                return index, mask.fill_null(False)
    return None


def _apply(
    frame: pl.DataFrame, matches: pl.Series, rule: Rule, record: Record
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The rows the rule left as they are, and those it changed, with their new text."""
    hits = _rows(frame, matches).with_columns(rule.result.alias("after"))
    differs = hits.get_column("text").ne_missing(hits.get_column("after"))
    if not differs.any():
        return frame, None
    changed = _rows(hits, differs)
    record(rule, changed)
    rest = pl.concat([_rows(frame, ~matches), _rows(hits, ~differs).drop("after")])
    return rest, changed.drop("text").rename({"after": "text"}).select(frame.columns)


def _masks(frame: pl.DataFrame, conditions: Sequence[pl.Expr]) -> list[pl.Series]:
    # Beside a column, a condition that is true of every row is answered for each of them.
    named = [holds.alias(str(index)) for index, holds in enumerate(conditions)]
    return frame.select(TEXT, *named).get_columns()[1:]


def _rows(frame: pl.DataFrame, mask: pl.Series) -> pl.DataFrame:
    return frame[mask.arg_true()]


def _patched(frame: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """The frame with the text of the changed rows, which name their place in `at`."""
    height = frame.height
    replacing = pl.int_range(height, height + changed.height, eager=True)
    source = pl.int_range(height, eager=True).scatter(changed.get_column("at"), replacing)
    both = pl.concat([frame.get_column("text"), changed.get_column("text")])
    return frame.with_columns(both.gather(source))


def run_items(frame: pl.DataFrame, each_item: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Clean each item of the lists in `text` (items between SEPARATOR); an emptied list becomes null.

    each_item: cleans a frame with an item in `text`; rows and order stay.
    """
    listed = frame.get_column("text").str.contains(SEPARATOR, literal=True).fill_null(False)
    if not listed.any():
        return each_item(frame)
    single = each_item(frame.filter(~listed))
    parts = each_item(frame.filter(listed).with_columns(TEXT.str.split(SEPARATOR)).explode("text", empty_as_null=True))
    joined = parts.group_by("cell", maintain_order=True).agg("raw", "n", TEXT.drop_nulls().str.join(SEPARATOR))
    lists = joined.select("cell", pl.col("raw", "n").list.first(), pl.when(TEXT != "").then(TEXT))
    return pl.concat([single, lists]).sort("cell")


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
