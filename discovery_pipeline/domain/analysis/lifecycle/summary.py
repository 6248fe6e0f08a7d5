"""When support ends, in numbers: servers and databases by the year of the vendor's regular end."""

from __future__ import annotations

import polars as pl


def support_ends(facts: pl.DataFrame) -> dict[str, dict[str, int]]:
    """year -> servers, databases and middleware whose regular support ends in it, years in order.

    facts: of gather; assets that have vanished are left out.
    """
    living = facts.filter(~pl.col("vanished").fill_null(value=False))
    parts = {
        "servers": living.filter("runs_os")["os_end"],
        "databases": living.filter(pl.col("type") == "database")["db_end"],
        "middleware": living.filter("runs_os")["mw_end"],
    }
    ends: dict[str, dict[str, int]] = {}
    for name, days in parts.items():
        for year, count in days.drop_nulls().dt.year().value_counts().iter_rows():
            ends.setdefault(str(year), dict.fromkeys(parts, 0))[name] = count
    return dict(sorted(ends.items()))
