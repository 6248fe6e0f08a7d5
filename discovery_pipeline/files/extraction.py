"""From the files of a tenant to its raw tables: every table of every file, numbered, written, nothing renamed.

Cells are as they stand in the file but for rows that slipped: theirs stand in the columns where they belong.

A file that cannot be read is a finding and a quarantined row without number; the other files go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.domain.handoffs import (
    QUARANTINE,
    Disposition,
    TableInfo,
    finding,
    findings_frame,
)  # fmt: skip
from discovery_pipeline.files.frames import StagedFrame
from discovery_pipeline.files.readers import ReadTable, read_file


@dataclass(frozen=True)
class LandedFile:
    """A file that counts. path: its content in the landing zone. as_of: None when the user stated no date."""

    source: str
    file: str
    path: Path
    as_of: datetime | None


@dataclass
class Extraction:
    """What was read. rejected_rows: rows that a reader set aside, by table number."""

    tables: list[TableInfo] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    rejected_rows: int = 0
    written_rows: int = 0
    _quarantine: list[pl.DataFrame] = field(default_factory=list)
    _findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(t.rows for t in self.tables)

    @property
    def quarantine(self) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=QUARANTINE), *self._quarantine])

    @property
    def findings(self) -> pl.DataFrame:
        return findings_frame(self._findings)


def part_name(table_no: int) -> str:
    """The frame part that holds a table."""
    return f"t{table_no:04d}"


def extract(files: Iterable[LandedFile], staged: StagedFrame) -> Extraction:
    """Read the files in the given order and write each table as a part of the staged frame."""
    result = Extraction()
    for landed in files:
        try:
            for table in read_file(landed.path, landed.file):
                if table.is_table:
                    _add_table(result, landed, table, staged)
                else:
                    _add_place(result, landed, table)
        except UnreadableFile as error:
            _add_unreadable(result, landed, error)
    staged.write("quarantine", result.quarantine)
    staged.write("findings", result.findings)
    return result


def _add_table(result: Extraction, landed: LandedFile, read: ReadTable, staged: StagedFrame) -> None:
    info = TableInfo(
        table_no=len(result.tables), source=landed.source, file=read.file, table=read.table,
        headers=tuple(read.headers), rows=read.rows, format=read.format, as_of=landed.as_of,
    )  # fmt: skip
    result.tables.append(info)
    result.written_rows += staged.write(part_name(info.table_no), read.frame)
    result.rejected_rows += len(read.rejected)
    if len(read.rejected):
        result._quarantine.append(_quarantined(read.rejected, info, "quarantined"))
    result._findings += [finding(info=info, **found) for found in read.findings]


def _add_place(result: Extraction, landed: LandedFile, read: ReadTable) -> None:
    """What a reader says of a place without a table: empty ones, and members or sheets that could not be read."""
    for found in read.findings:
        result._findings.append(finding(source=landed.source, **found))
        if found["severity"] == "error":
            result.unreadable.append(read.file)
            row = {"source": landed.source, "file": read.file, "table": read.table or None, "reason": found["code"],
                   "detail": found["detail"], "disposition": "quarantined"}  # fmt: skip
            result._quarantine.append(pl.DataFrame([row], schema=QUARANTINE))


def _quarantined(rejected: pl.DataFrame, info: TableInfo, disposition: Disposition) -> pl.DataFrame:
    return rejected.with_columns(
        source=pl.lit(info.source), file=pl.lit(info.file), table=pl.lit(info.table), disposition=pl.lit(disposition)
    ).select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE.items())


def _add_unreadable(result: Extraction, landed: LandedFile, error: UnreadableFile) -> None:
    result.unreadable.append(landed.file)
    place: dict[str, Any] = {"source": landed.source, "file": landed.file}
    result._findings.append(
        finding(
            "validation", "error", "unreadable_file", error.message, error.advice or "export the file again", **place
        )
    )
    row = {**place, "reason": "unreadable_file", "detail": error.message, "disposition": "quarantined"}
    result._quarantine.append(pl.DataFrame([row], schema=QUARANTINE))
