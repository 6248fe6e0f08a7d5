"""The day that an estate's data speaks of. Keep out: what is judged on it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable, lifecycle

# Dates of so few assets may be those of wrong clocks; so may those that lie so far behind all others.
_WRONG, _APART = 0.01, timedelta(days=366)


def data_date(inventory: pl.DataFrame, table: LifecycleTable | None = None) -> date:
    """The last day on which the assets were seen, but for the latest hundredth and for dates a year after all others:
    a machine with a wrong clock must not move it. Without dates, the day of the table of support dates.
    """
    seen = inventory["last_seen"].drop_nulls().sort()
    if not len(seen):
        return (table or lifecycle()).as_of
    last = len(seen) - 1 - int(_WRONG * len(seen))
    while last > 1 and seen[last] - seen[last - 1] > _APART:
        last -= 1
    latest: date = seen[last].date()
    return latest
