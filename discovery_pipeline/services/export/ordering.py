"""Reads a lazy frame in the order of its keys, a batch at a time: a frame larger than memory can be exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

# 50,000 wide inventory rows take some 100 MB; Parquet statistics make each range a partial read of a sorted frame.
BATCH_ROWS = 50_000


def in_key_order(frame: pl.LazyFrame, keys: Sequence[str], batch_rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """The frame's rows by `keys` (nulls first), equal keys in the frame's order.

    A batch holds whole values of the first key: about `batch_rows` rows where that key has many values.
    """
    first = pl.col(keys[0])
    for within in ranges(frame.select(first).collect().to_series(), batch_rows):
        yield frame.filter(within).collect().sort(keys, maintain_order=True)


def ranges(values: pl.Series, batch_rows: int = BATCH_ROWS) -> list[pl.Expr]:
    """Filters that cut a frame by this column's values into ascending ranges of about `batch_rows` rows."""
    column = pl.col(values.name)
    known = values.drop_nulls().sort()
    cuts = known.gather_every(batch_rows).unique(maintain_order=True)[1:].to_list()
    bounds = zip([None, *cuts], [*cuts, None], strict=True) if len(known) else iter(())
    nulls = [column.is_null()] if len(known) < len(values) else []
    return nulls + [_between(column, low, high) for low, high in bounds]


def _between(column: pl.Expr, low: str | None, high: str | None) -> pl.Expr:
    condition = column.is_not_null()
    if low is not None:
        condition &= column >= low
    if high is not None:
        condition &= column < high
    return condition
