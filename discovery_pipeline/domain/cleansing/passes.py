"""One pass over a column: its values cleaned once for the counts, and an expression that cleans it again when written.

Cleaning a column of many distinct values twice costs less than holding it: the second time happens in the streaming
engine, batch by batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as default

import polars as pl

from discovery_pipeline.domain.cleansing.derived import PER_SOCKET
from discovery_pipeline.domain.cleansing.plan import ColumnPlan
from discovery_pipeline.domain.cleansing.rules import TEXT, values, values_frame
from discovery_pipeline.domain.cleansing.tally import Tally
from discovery_pipeline.domain.handoffs import ColumnBinding


@dataclass(frozen=True)
class CleanParams:
    """Limits on memory, not on results.

    distinct_limit: a column with more distinct values is cleaned in slices. slice_rows: rows of a slice.
    in_memory_rows: a table up to this size is read once instead of once a column.
    """

    distinct_limit: int = 100_000
    slice_rows: int = 500_000
    in_memory_rows: int = 100_000


@dataclass(frozen=True)
class RawColumns:
    """A table's raw columns, read one at a time. many: columns of more distinct values than are held."""

    frame: pl.LazyFrame
    rows: int
    many: frozenset[str]
    params: CleanParams
    _distinct: dict[str, pl.DataFrame] = default(default_factory=dict)

    @classmethod
    def over(cls, frame: pl.LazyFrame, columns: list[str], params: CleanParams) -> RawColumns:
        """Look at the size of the frame and of its columns."""
        rows = int(frame.select(pl.len()).collect().item())
        if rows <= params.in_memory_rows:
            held = frame.collect().lazy()
            distinct = pl.collect_all([_distinct(held, name) for name in columns])
            return cls(held, rows, frozenset(), params, dict(zip(columns, distinct, strict=True)))
        if not columns:
            return cls(frame, rows, frozenset(), params)
        sizes = frame.select(pl.col(columns).approx_n_unique()).collect(engine="streaming").row(0, named=True)
        many = (name for name, size in sizes.items() if size > params.distinct_limit)
        return cls(frame, rows, frozenset(many), params)

    def column(self, name: str) -> pl.Series:
        """Every cell, in row order."""
        return self.frame.select(name).collect().get_column(name)

    def values(self, binding: ColumnBinding) -> pl.DataFrame:
        """The column's distinct values with their counts, sorted; of a column of many values, every cell."""
        name = binding.column
        if name in self.many:
            return values_frame(self.column(name).drop_nulls())
        if name not in self._distinct:
            self._distinct[name] = _distinct(self.frame, name).collect()
        return self._distinct[name]

    def slices(self, name: str) -> Iterator[pl.Series]:
        """The cells of a column, slice by slice."""
        for offset in range(0, self.rows, self.params.slice_rows):
            part = self.frame.select(name).slice(offset, self.params.slice_rows)
            yield part.collect().get_column(name)


def _distinct(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
    counted = frame.select(pl.col(name).drop_nulls()).group_by(name).len("n")
    return counted.sort(name).select(values(pl.col(name), pl.col("n")))


_NO_CHANGES = pl.DataFrame(schema={"raw": pl.String, "text": pl.String})


@dataclass(frozen=True)
class CleanColumn:
    """A column's clean value as an expression over the raw frame. present: rows with a value, where that was asked."""

    plan: ColumnPlan
    binding: ColumnBinding
    tally: Tally
    value: pl.Expr
    present: pl.Series | None

    @property
    def target(self) -> str:
        """The column it is part of."""
        per_socket = self.binding.transform == "per_socket" and self.binding.field == "cpu_cores"
        return PER_SOCKET if per_socket else self.binding.field


def clean_column(
    plan: ColumnPlan, binding: ColumnBinding, raw: RawColumns, tally: Tally, keep_presence: bool
) -> CleanColumn:
    """Clean the column's values, counting into `tally`."""
    if binding.column in raw.many:
        changed, present = _in_slices(plan, binding, raw, tally)
    else:
        changed, present = _changed(plan.clean(raw.values(binding), tally.record), tally), None
    text = _replaced(plan.only(tally.fired), binding, changed)
    if keep_presence and present is None and changed is not None:
        cells = raw.column(binding.column)
        lost = changed.filter(pl.col("text").is_null()).get_column("raw")
        present = cells.is_not_null() & ~cells.is_in(lost.implode())
    return CleanColumn(plan, binding, tally, plan.typed(text), present if keep_presence else None)


def _changed(cleaned: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    if not tally.fired:
        return _NO_CHANGES
    return cleaned.filter(TEXT.ne_missing(pl.col("raw"))).select("raw", "text")


def _in_slices(
    plan: ColumnPlan, binding: ColumnBinding, raw: RawColumns, tally: Tally
) -> tuple[pl.DataFrame | None, pl.Series]:
    """The changes (None when they are too many to hold) and the rows with a value."""
    changes: pl.DataFrame | None = _NO_CHANGES
    present = []
    for cells in raw.slices(binding.column):
        cleaned = plan.clean(values_frame(cells), tally.record)
        present.append(cleaned.get_column("text").is_not_null())
        if changes is not None:
            changes = pl.concat([changes, _changed(cleaned, tally)]).unique("raw", maintain_order=True)
            changes = changes if changes.height <= raw.params.distinct_limit else None
    return changes, pl.concat(present)


def _replaced(plan: ColumnPlan, binding: ColumnBinding, changed: pl.DataFrame | None) -> pl.Expr:
    cell = pl.col(binding.column)
    if changed is None:
        return cell.map_batches(plan.clean_series, return_dtype=pl.String, is_elementwise=True)
    if changed.is_empty():
        return cell
    return cell.replace(changed.get_column("raw"), changed.get_column("text"))
