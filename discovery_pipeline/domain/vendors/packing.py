"""Rows as lines of CSV (RFC 4180), and how they are parted so that each file stays within a vendor's limits.

Keep out: which rows there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

_QUOTED = r'[",\r\n]|^\s|\s$'


@dataclass(frozen=True)
class VendorFile:
    """One file: its name, its data rows and all of its bytes (UTF-8, no mark before them, lines end in \\n)."""

    name: str
    rows: int
    content: bytes


def header(columns: Sequence[str]) -> str:
    """The header's line."""
    return pl.DataFrame({"text": columns}).select(_cell("text").str.join(",")).item()  # type: ignore[no-any-return]


def lines(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """A line per row, without its end; columns that the rows lack are empty."""
    cells = [_cell(name) if name in rows.columns else pl.lit("") for name in columns]
    return rows.select(line=pl.concat_str(cells, separator=",")).get_column("line")


def _cell(name: str) -> pl.Expr:
    text = pl.col(name).fill_null("")
    quoted = pl.concat_str(pl.lit('"'), text.str.replace_all('"', '""', literal=True), pl.lit('"'))
    return pl.when(text.str.contains(_QUOTED)).then(quoted).otherwise(text)


def written(name: str, columns: Sequence[str], data: pl.Series) -> VendorFile:
    """A file of these lines."""
    text = "\n".join([header(columns), *data.to_list()]) + "\n"
    return VendorFile(name, len(data), text.encode())


def parted(sizes: pl.Series, most_rows: int | None, most_bytes: int | None, overhead: int) -> pl.Series:
    """The number of the file, from 1, that each unit goes to, in their order.

    sizes: bytes of a unit (a row with its details, line ends included). overhead: bytes of the headers. A unit that is
    larger than a file stands alone.
    """
    total = len(sizes)
    ends = np.concatenate([[0], np.cumsum(sizes.cast(pl.Int64).to_numpy())])
    room = max(most_bytes - overhead, 1) if most_bytes is not None else None
    numbers = np.empty(total, dtype=np.int64)
    start, number = 0, 0
    while start < total:
        stop = total if room is None else int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
        stop = min(max(stop, start + 1), total, start + (most_rows or total))
        number += 1
        numbers[start:stop] = number
        start = stop
    return pl.Series("file", numbers, dtype=pl.Int64)
