"""The law of conservation: every input row stands in exactly one place.

Rows of a table are numbered 0 ... rows-1, so counting how often each number occurs proves it in linear time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Accounting:
    """unaccounted: rows in no place. counted_twice: rows in more than one, or in one more than once."""

    rows: int
    unaccounted: int
    counted_twice: int

    def __add__(self, other: Accounting) -> Accounting:
        return Accounting(
            self.rows + other.rows,
            self.unaccounted + other.unaccounted,
            self.counted_twice + other.counted_twice,
        )


def account_table(rows: int, places: Sequence[pl.Series]) -> Accounting:
    """Account for the rows 0 ... rows-1 of one table. places: the row numbers (Int64) that stand in each place.

    A number outside the range counts as counted twice: it is a row that the table does not have.
    """
    seen = np.zeros(rows, dtype=np.int64)
    strays = 0
    for place in places:
        numbers = place.to_numpy()
        inside = numbers[(numbers >= 0) & (numbers < rows)]
        strays += len(numbers) - len(inside)
        seen += np.bincount(inside, minlength=rows)
    return Accounting(rows, int((seen == 0).sum()), int((seen > 1).sum()) + strays)


def account(rows: Mapping[int, int], *places: pl.LazyFrame) -> Accounting:
    """Account for the rows of several tables. rows: table_no -> rows. places: frames with table_no and row."""
    total = Accounting(0, 0, 0)
    collected = [place.select("table_no", "row").collect().partition_by("table_no", as_dict=True) for place in places]
    none = pl.Series("row", [], dtype=pl.Int64)
    for table_no, count in rows.items():
        total += account_table(count, [p[(table_no,)]["row"] if (table_no,) in p else none for p in collected])
    strays = sum(len(f) for p in collected for (table_no,), f in p.items() if table_no not in rows)
    return total + Accounting(0, 0, strays)
