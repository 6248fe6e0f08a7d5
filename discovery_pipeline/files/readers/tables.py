"""What a reader hands over: tables, rows it set aside, findings, and the limits it keeps.

Keep out: how any format is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import Severity

REJECTED: dict[str, pl.DataType] = {
    "row": pl.Int64(), "line": pl.Int64(), "reason": pl.String(), "detail": pl.String(),
}  # fmt: skip

# Records with more cells than the table has columns; they stand among the rejected ones too.
OVERLONG: dict[str, pl.DataType] = {"row": pl.Int64(), "line": pl.Int64(), "cells": pl.List(pl.String())}

FindingFields = dict[str, Any]


@dataclass(frozen=True)
class ReadLimits:
    """What a reader refuses, so that one file can't exhaust the machine.

    max_cell_chars: UTF-8 bytes of one cell; a row with a longer one is rejected. max_columns: a wider table is
    unreadable (Excel's own limit). max_unpacked_bytes: what one archive may unpack to, nested archives included; it is
    held in memory. max_members: files of one archive. max_tables: sheets or arrays of one file. max_sheet_cells: of the
    rectangle that a sheet's cells span; it costs 24 bytes each, filled or not. max_parquet_values: cells of a Parquet
    file and elements of its lists, which a few bytes of it can stand for by the billion; None = any number, for they
    are read a part at a time.
    """

    max_cell_chars: int = 4 * 1024 * 1024
    max_columns: int = 16_384
    max_unpacked_bytes: int = 2 * 1024**3
    max_members: int = 1_000
    max_tables: int = 500
    max_sheet_cells: int = 60_000_000
    max_parquet_values: int | None = None


@dataclass(frozen=True)
class ReadTable:
    """One table of a file, all cells verbatim strings; or, without headers and rows, findings about a place in it.

    frame: row (Int64), line (Int64, null where the format has no lines), c0 ... cN (String, null where empty); rejected
    rows are not in it. rejected: REJECTED. overlong: OVERLONG. findings: keyword arguments of domain.handoffs.finding.
    rows: records after the header, rejected ones included. facts: how it was read (encoding, delimiter, header_line,
    title_rows), JSON.
    """

    file: str
    table: str
    headers: tuple[str, ...]
    frame: pl.DataFrame | pl.LazyFrame
    rejected: pl.DataFrame
    findings: tuple[FindingFields, ...]
    format: str
    rows: int
    facts: dict[str, Any] = field(default_factory=dict)
    overlong: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=OVERLONG))

    @property
    def is_table(self) -> bool:
        """False where only findings are handed over: an empty file or sheet, an unreadable member of an archive."""
        return bool(self.headers)


def finding_at(file: str, table: str | None, severity: Severity, code: str, detail: str, advice: str) -> FindingFields:
    """Keyword arguments of domain.handoffs.finding for a place in a file."""
    return {
        "phase": "validation",
        "severity": severity,
        "code": code,
        "detail": detail,
        "advice": advice,
        "file": file,
        "table": table,
    }


def no_table(file: str, table: str, format_: str, *findings: FindingFields) -> ReadTable:
    """Findings about a place that holds no table."""
    return ReadTable(
        file,
        table,
        (),
        pl.DataFrame(schema={"row": pl.Int64(), "line": pl.Int64()}),
        rejected_frame([]),
        findings,
        format_,
        0,
    )


def rejected_frame(rows: Sequence[tuple[int, int | None, str, str]]) -> pl.DataFrame:
    """REJECTED from (row, line, reason, detail)."""
    return pl.DataFrame(rows, schema=REJECTED, orient="row")


def stem(file: str) -> str:
    """A table's name where the format has none: the file's name without folders, archive and its last suffix.

    `dump.csv.gz` and `all.zip!/lists/dump.csv` both give `dump`.
    """
    name = PurePosixPath(file.rsplit("!/", 1)[-1].replace("\\", "/")).name
    name = name.removesuffix(".gz") if name.lower().endswith(".gz") else name
    return PurePosixPath(name).stem or name
